namespace GpuRnn.Bench;

/// <summary>An LSTM as a competent user writes it by hand: arrays, one thread, loops over plain numbers; forward, backward through time and Adam.</summary>
/// <remarks>
/// The formula stands on <see cref="Kernels.Cells.LstmNode"/>; one bias vector. Everything is allocated when it is made. Inner loops walk arrays from start to
/// end through spans of known length, so that the compiler drops the bounds checks; it does not make vectors of them.
/// </remarks>
internal sealed class PlainLstm
{
    private const float Beta1 = 0.9f;
    private const float Beta2 = 0.999f;

    private readonly int _timeSteps;
    private readonly int _batchSize;
    private readonly int _inputSize;
    private readonly int _hiddenSize;
    private readonly float[][] _parameters;
    private readonly float[][] _gradients;
    private readonly float[][] _firstMoments;
    private readonly float[][] _secondMoments;
    private readonly float[] _gates;
    private readonly float[] _cells;
    private readonly float[] _squashed;
    private readonly float[] _gateGradients;
    private readonly float[] _hiddenGradients;
    private readonly float[] _cellGradients;
    private int _steps;

    /// <summary>Takes weights [4·H, I] and [4·H, H] and one bias [4·H], the gates in the order i, f, g, o.</summary>
    public PlainLstm(int timeSteps, int batchSize, int inputSize, int hiddenSize, float[] inputWeights, float[] hiddenWeights, float[] bias)
    {
        (_timeSteps, _batchSize, _inputSize, _hiddenSize) = (timeSteps, batchSize, inputSize, hiddenSize);
        _parameters = [inputWeights, hiddenWeights, bias];
        _gradients = [.. _parameters.Select(parameter => new float[parameter.Length])];
        _firstMoments = [.. _parameters.Select(parameter => new float[parameter.Length])];
        _secondMoments = [.. _parameters.Select(parameter => new float[parameter.Length])];
        int rows = timeSteps * batchSize;
        Outputs = new float[rows * hiddenSize];
        _gates = new float[rows * 4 * hiddenSize];
        _cells = new float[rows * hiddenSize];
        _squashed = new float[rows * hiddenSize];
        _gateGradients = new float[4 * hiddenSize];
        _hiddenGradients = new float[batchSize * hiddenSize];
        _cellGradients = new float[batchSize * hiddenSize];
    }

    /// <summary>h of every step, [T, B, H].</summary>
    public float[] Outputs { get; }

    /// <summary>Gradients of the two weights and the bias.</summary>
    public IReadOnlyList<float[]> Gradients => _gradients;

    /// <summary>All steps from states of zero.</summary>
    public void Forward(float[] input)
    {
        (int h, int i) = (_hiddenSize, _inputSize);
        for (int row = 0; row < _timeSteps * _batchSize; row++)
        {
            ReadOnlySpan<float> x = input.AsSpan(row * i, i);
            int previous = row - _batchSize;
            Span<float> gates = _gates.AsSpan(row * 4 * h, 4 * h);
            for (int gate = 0; gate < gates.Length; gate++)
            {
                float sum = _parameters[2][gate] + Dot(_parameters[0].AsSpan(gate * i, i), x);
                gates[gate] = previous < 0 ? sum : sum + Dot(_parameters[1].AsSpan(gate * h, h), Outputs.AsSpan(previous * h, h));
            }

            for (int unit = 0; unit < h; unit++)
            {
                float input1 = gates[unit] = Sigmoid(gates[unit]);
                float forget = gates[h + unit] = Sigmoid(gates[h + unit]);
                float candidate = gates[(2 * h) + unit] = MathF.Tanh(gates[(2 * h) + unit]);
                float output = gates[(3 * h) + unit] = Sigmoid(gates[(3 * h) + unit]);
                float cell = (previous < 0 ? 0.0f : forget * _cells[(previous * h) + unit]) + (input1 * candidate);
                int element = (row * h) + unit;
                _cells[element] = cell;
                _squashed[element] = MathF.Tanh(cell);
                Outputs[element] = output * _squashed[element];
            }
        }
    }

    /// <summary>Forward, the mean of the squared outputs, backward through time, and a step of Adam.</summary>
    public void Train(float[] input, float learningRate)
    {
        Forward(input);
        Backward(input);
        Update(learningRate);
    }

    /// <summary>The gradients of the mean of the squared outputs; follows <see cref="Forward"/>.</summary>
    public void Backward(float[] input)
    {
        (int h, int i) = (_hiddenSize, _inputSize);
        Array.ForEach(_gradients, Array.Clear);
        Array.Clear(_hiddenGradients);
        Array.Clear(_cellGradients);
        float factor = 2.0f / Outputs.Length;
        for (int row = (_timeSteps * _batchSize) - 1; row >= 0; row--)
        {
            int previous = row - _batchSize;
            int b = row % _batchSize * h;
            ReadOnlySpan<float> gates = _gates.AsSpan(row * 4 * h, 4 * h);
            for (int unit = 0; unit < h; unit++)
            {
                int element = (row * h) + unit;
                (float input1, float forget, float candidate, float output) = (gates[unit], gates[h + unit], gates[(2 * h) + unit], gates[(3 * h) + unit]);
                float dh = _hiddenGradients[b + unit] + (factor * Outputs[element]);
                float dc = _cellGradients[b + unit] + (dh * output * (1.0f - (_squashed[element] * _squashed[element])));
                _gateGradients[unit] = dc * candidate * input1 * (1.0f - input1);
                _gateGradients[h + unit] = previous < 0 ? 0.0f : dc * _cells[(previous * h) + unit] * forget * (1.0f - forget);
                _gateGradients[(2 * h) + unit] = dc * input1 * (1.0f - (candidate * candidate));
                _gateGradients[(3 * h) + unit] = dh * _squashed[element] * output * (1.0f - output);
                _cellGradients[b + unit] = dc * forget;
            }

            Span<float> hiddenGradient = _hiddenGradients.AsSpan(b, h);
            hiddenGradient.Clear();
            for (int gate = 0; gate < 4 * h; gate++)
            {
                float gradient = _gateGradients[gate];
                _gradients[2][gate] += gradient;
                AddScaled(gradient, input.AsSpan(row * i, i), _gradients[0].AsSpan(gate * i, i));
                if (previous >= 0)
                {
                    AddScaled(gradient, Outputs.AsSpan(previous * h, h), _gradients[1].AsSpan(gate * h, h));
                    AddScaled(gradient, _parameters[1].AsSpan(gate * h, h), hiddenGradient);
                }
            }
        }
    }

    private static float Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        float sum = 0.0f;
        for (int k = 0; k < left.Length && k < right.Length; k++)
        {
            sum += left[k] * right[k];
        }

        return sum;
    }

    private static void AddScaled(float factor, ReadOnlySpan<float> source, Span<float> target)
    {
        for (int k = 0; k < source.Length && k < target.Length; k++)
        {
            target[k] += factor * source[k];
        }
    }

    private static float Sigmoid(float value) => 1.0f / (1.0f + MathF.Exp(-value));

    private void Update(float learningRate)
    {
        _steps++;
        float stepSize = learningRate / (1.0f - MathF.Pow(Beta1, _steps));
        float correction = MathF.Sqrt(1.0f - MathF.Pow(Beta2, _steps));
        for (int parameter = 0; parameter < _parameters.Length; parameter++)
        {
            (float[] values, float[] gradients, float[] first, float[] second) =
                (_parameters[parameter], _gradients[parameter], _firstMoments[parameter], _secondMoments[parameter]);
            for (int k = 0; k < values.Length; k++)
            {
                first[k] = (Beta1 * first[k]) + ((1.0f - Beta1) * gradients[k]);
                second[k] = (Beta2 * second[k]) + ((1.0f - Beta2) * gradients[k] * gradients[k]);
                values[k] -= stepSize * first[k] / ((MathF.Sqrt(second[k]) / correction) + 1e-8f);
            }
        }
    }
}
