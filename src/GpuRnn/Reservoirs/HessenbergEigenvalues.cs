namespace GpuRnn.Reservoirs;

/// <summary>The largest modulus of the eigenvalues of a real upper Hessenberg matrix, by QR iteration with double shifts.</summary>
/// <remarks>
/// Francis (1961, 1962), "The QR transformation"; the steps and exceptional shifts are those of EISPACK's HQR (Martin, Peters and Wilkinson 1970,
/// "The QR algorithm for real Hessenberg matrices"). Backward stable: the eigenvalues are those of a matrix within a few ULP of the norm.
/// </remarks>
internal sealed class HessenbergEigenvalues
{
    private const int MostIterations = 300;
    private const double Epsilon = 1.0 / (1L << 52);

    private readonly double[] _h;
    private readonly int _size;
    private double _norm;
    private double _shift;

    // The end of the block at work, and the reflection at work.
    private int _last;
    private double _p;
    private double _q;
    private double _r;
    private double _x;
    private double _y;
    private double _w;

    private HessenbergEigenvalues(double[] hessenberg, int size)
    {
        (_h, _size) = (hessenberg, size);
    }

    private ref double this[int row, int column] => ref _h[(row * _size) + column];

    /// <summary>Finds the largest modulus.</summary>
    /// <param name="hessenberg">[size, size], zero below the first subdiagonal; overwritten.</param>
    /// <param name="size">Rows, at least 1.</param>
    /// <exception cref="ArithmeticException">The iteration does not converge, which only infinite or NaN elements have been seen to cause.</exception>
    public static double LargestModulus(double[] hessenberg, int size)
    {
        return new HessenbergEigenvalues(hessenberg, size).Find();
    }

    private double Find()
    {
        foreach (double value in _h)
        {
            _norm += Math.Abs(value);
        }

        double largest = 0.0;
        int iterations = 0;
        _last = _size - 1;
        while (_last >= 0)
        {
            int first = BlockStart();
            if (first == _last)
            {
                largest = Math.Max(largest, Math.Abs(this[_last, _last] + _shift));
                (_last, iterations) = (_last - 1, 0);
            }
            else if (first == _last - 1)
            {
                largest = Math.Max(largest, ModulusOfPair());
                (_last, iterations) = (_last - 2, 0);
            }
            else if (iterations == MostIterations || !double.IsFinite(_norm))
            {
                throw new ArithmeticException(
                    $"SpectralRadius: {iterations} iterations on a block of {_last - first + 1} rows did not converge, but its elements must be finite numbers "
                    + "for which they do. Draw the weights with another seed.");
            }
            else
            {
                ChooseShifts(iterations++);
                Sweep(first, SweepStart(first));
            }
        }

        return largest;
    }

    // The first row of the unreduced block that ends at the last row.
    private int BlockStart()
    {
        int row = _last;
        while (row > 0)
        {
            double scale = Math.Abs(this[row - 1, row - 1]) + Math.Abs(this[row, row]);
            if (Math.Abs(this[row, row - 1]) <= Epsilon * (scale == 0.0 ? _norm : scale))
            {
                break;
            }

            row--;
        }

        return row;
    }

    private double ModulusOfPair()
    {
        double product = this[_last, _last - 1] * this[_last - 1, _last];
        double half = (this[_last - 1, _last - 1] - this[_last, _last]) / 2.0;
        double discriminant = (half * half) + product;
        double end = this[_last, _last] + _shift;
        double root = Math.Sqrt(Math.Abs(discriminant));
        if (discriminant < 0.0)
        {
            return double.Hypot(end + half, root);
        }

        // Of the two real roots the one whose terms have one sign is found first, the other from the product, so that nothing cancels.
        double sum = half >= 0.0 ? half + root : half - root;
        double other = sum == 0.0 ? end : end - (product / sum);
        return Math.Max(Math.Abs(end + sum), Math.Abs(other));
    }

    private void ChooseShifts(int iteration)
    {
        _x = this[_last, _last];
        _y = this[_last - 1, _last - 1];
        _w = this[_last, _last - 1] * this[_last - 1, _last];
        if (iteration % 10 != 9)
        {
            return;
        }

        // Now and then another shift, for matrices on which the usual ones go round in a circle.
        _shift += _x;
        for (int i = 0; i <= _last; i++)
        {
            this[i, i] -= _x;
        }

        double size = Math.Abs(this[_last, _last - 1]) + Math.Abs(this[_last - 1, _last - 2]);
        (_x, _y, _w) = (0.75 * size, 0.75 * size, -0.4375 * size * size);
    }

    // The row at which the sweep may begin because two subdiagonal elements in a row are small; sets the first reflection.
    private int SweepStart(int first)
    {
        for (int m = _last - 2; ; m--)
        {
            double z = this[m, m];
            double r = _x - z;
            double s = _y - z;
            _p = (((r * s) - _w) / this[m + 1, m]) + this[m, m + 1];
            _q = this[m + 1, m + 1] - z - r - s;
            _r = this[m + 2, m + 1];
            double scale = Math.Abs(_p) + Math.Abs(_q) + Math.Abs(_r);
            (_p, _q, _r) = (_p / scale, _q / scale, _r / scale);
            if (m == first)
            {
                return m;
            }

            double neighbours = Math.Abs(this[m - 1, m - 1]) + Math.Abs(z) + Math.Abs(this[m + 1, m + 1]);
            if (Math.Abs(this[m, m - 1]) * (Math.Abs(_q) + Math.Abs(_r)) <= Epsilon * Math.Abs(_p) * neighbours)
            {
                return m;
            }
        }
    }

    private void Sweep(int first, int start)
    {
        for (int i = start + 2; i <= _last; i++)
        {
            this[i, i - 2] = 0.0;
            if (i > start + 2)
            {
                this[i, i - 3] = 0.0;
            }
        }

        for (int k = start; k < _last; k++)
        {
            bool hasThird = k < _last - 1;
            double scale = 1.0;
            if (k > start)
            {
                (_p, _q, _r) = (this[k, k - 1], this[k + 1, k - 1], hasThird ? this[k + 2, k - 1] : 0.0);
                scale = Math.Abs(_p) + Math.Abs(_q) + Math.Abs(_r);
                if (scale == 0.0)
                {
                    continue;
                }

                (_p, _q, _r) = (_p / scale, _q / scale, _r / scale);
            }

            double length = Math.CopySign(Math.Sqrt((_p * _p) + (_q * _q) + (_r * _r)), _p);
            if (k > start)
            {
                this[k, k - 1] = -length * scale;
            }
            else if (first != start)
            {
                this[k, k - 1] = -this[k, k - 1];
            }

            Reflect(k, first, hasThird, length);
        }
    }

    // Applies I − v vᵀ·2/(vᵀv) with v along (p + length, q, r) to rows and columns k, k+1, k+2.
    private void Reflect(int k, int first, bool hasThird, double length)
    {
        double p = _p + length;
        double x = p / length;
        double y = _q / length;
        double z = _r / length;
        double q = _q / p;
        double r = _r / p;
        for (int j = k; j <= _last; j++)
        {
            double sum = this[k, j] + (q * this[k + 1, j]);
            if (hasThird)
            {
                sum += r * this[k + 2, j];
                this[k + 2, j] -= sum * z;
            }

            this[k, j] -= sum * x;
            this[k + 1, j] -= sum * y;
        }

        for (int i = first; i <= Math.Min(_last, k + 3); i++)
        {
            double sum = (x * this[i, k]) + (y * this[i, k + 1]);
            if (hasThird)
            {
                sum += z * this[i, k + 2];
                this[i, k + 2] -= sum * r;
            }

            this[i, k] -= sum;
            this[i, k + 1] -= sum * q;
        }
    }
}
