using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Recurrent;

/// <summary>A normalisation of one step of a loop: over the units of each row, or over the rows at each unit.</summary>
/// <remarks>
/// <para>
/// Formula: the library's <c>ReferenceNormalisation</c>. One thread, one vector of elements that share a mean and a variance: a row, or a
/// unit of all rows. Both are the same kernel; the distances from vector to vector and from element to element tell them apart. In every array the
/// place of element e of vector v is at + v·vectorStride + e·elementStride. The sums ascend, the variance from the differences to the
/// mean, so that nothing cancels. Deterministic.
/// </para>
/// <para>
/// Aliasing: target may be source, and gradients may be results' gradients, element on element. Parameters and their gradients have a
/// vector stride and an element stride of their own: one of them is 0 where vectors or elements share a gain.
/// </para>
/// </remarks>
public static class Normalise
{
    /// <summary>No running statistics.</summary>
    public const int NoStatistics = 0;

    /// <summary>The running statistics move towards those of the batch.</summary>
    public const int MovingStatistics = 1;

    /// <summary>The running statistics take the place of those of the batch.</summary>
    public const int FrozenStatistics = 2;

    /// <summary>target = gain · (source − mean) / √(variance + ε) + shift, and what the backward pass needs.</summary>
    /// <remarks>Threads: one a vector, extent the number of vectors.</remarks>
    public static void Forward(
        Index1D index,
        ArrayView1D<float, Stride1D.Dense> source,
        ArrayView1D<float, Stride1D.Dense> target,      // set
        ArrayView1D<float, Stride1D.Dense> parameters,  // gains and shifts
        ArrayView1D<float, Stride1D.Dense> normalised,  // [vectors, length] without gaps in the order of this kernel; set
        ArrayView1D<float, Stride1D.Dense> factors,     // [vectors]: 1/√(variance + ε); set
        ArrayView1D<float, Stride1D.Dense> means,       // running; read and set by mode
        ArrayView1D<float, Stride1D.Dense> variances,
        int length,                                     // elements of a vector
        int sourceAt,
        int sourceVector,
        int sourceElement,
        int targetAt,
        int targetVector,
        int targetElement,
        int gainAt,
        int shiftAt,                                    // −1 for no shift
        int parameterVector,
        int parameterElement,
        int normalisedAt,
        int factorAt,
        int statisticAt,                                // of vector 0
        int mode,                                       // one of the constants
        float epsilon,
        float momentum)
    {
        int vector = index;
        int from = sourceAt + (vector * sourceVector);
        float mean;
        float variance;
        if (mode == FrozenStatistics)
        {
            mean = means[statisticAt + vector];
            variance = variances[statisticAt + vector];
        }
        else
        {
            float sum = 0f;
            for (int e = 0; e < length; e++)
            {
                sum += source[from + (e * sourceElement)];
            }

            mean = sum / length;
            float squares = 0f;
            for (int e = 0; e < length; e++)
            {
                float difference = source[from + (e * sourceElement)] - mean;
                squares += difference * difference;
            }

            variance = squares / length;
        }

        if (mode == MovingStatistics)
        {
            means[statisticAt + vector] += momentum * (mean - means[statisticAt + vector]);
            variances[statisticAt + vector] += momentum * (variance - variances[statisticAt + vector]);
        }

        float factor = (F32.One / F32.Sqrt(new F32(variance + epsilon))).Value;
        factors[factorAt + vector] = factor;
        int parameter = vector * parameterVector;
        for (int e = 0; e < length; e++)
        {
            float value = (source[from + (e * sourceElement)] - mean) * factor;
            normalised[normalisedAt + (vector * length) + e] = value;
            float result = parameters[gainAt + parameter + (e * parameterElement)] * value;
            if (shiftAt >= 0)
            {
                result += parameters[shiftAt + parameter + (e * parameterElement)];
            }

            target[targetAt + (vector * targetVector) + (e * targetElement)] = result;
        }
    }

    /// <summary>The gradient of the source from that of the target; those of gains and shifts are added to.</summary>
    /// <remarks>Threads: one a vector, extent the number of vectors.</remarks>
    public static void Backward(
        Index1D index,
        ArrayView1D<float, Stride1D.Dense> results,             // gradients of the target
        ArrayView1D<float, Stride1D.Dense> gradients,           // of the source; set, or added to if isAdded
        ArrayView1D<float, Stride1D.Dense> parameters,          // gains
        ArrayView1D<float, Stride1D.Dense> parameterGradients,  // added to
        ArrayView1D<float, Stride1D.Dense> normalised,          // as the forward pass left it
        ArrayView1D<float, Stride1D.Dense> factors,             // as the forward pass left it
        int length,
        int resultAt,
        int resultVector,
        int resultElement,
        int gradientAt,
        int gradientVector,
        int gradientElement,
        int gainAt,
        int parameterVector,
        int parameterElement,
        int gainGradientAt,
        int shiftGradientAt,                                    // −1 for no shift
        int parameterGradientVector,
        int parameterGradientElement,
        int normalisedAt,
        int factorAt,
        int mode,
        int isAdded)                                            // 1 to add to the gradients, 0 to set them
    {
        int vector = index;
        int from = resultAt + (vector * resultVector);
        int saved = normalisedAt + (vector * length);
        int parameter = gainAt + (vector * parameterVector);
        float sum = 0f;
        float products = 0f;
        for (int e = 0; e < length; e++)
        {
            float y = results[from + (e * resultElement)];
            float x = normalised[saved + e];
            float g = y * parameters[parameter + (e * parameterElement)];
            sum += g;
            products += g * x;
            int at = (vector * parameterGradientVector) + (e * parameterGradientElement);
            parameterGradients[gainGradientAt + at] += y * x;
            if (shiftGradientAt >= 0)
            {
                parameterGradients[shiftGradientAt + at] += y;
            }
        }

        float mean = mode == FrozenStatistics ? 0f : sum / length;
        float product = mode == FrozenStatistics ? 0f : products / length;
        float factor = factors[factorAt + vector];
        for (int e = 0; e < length; e++)
        {
            float g = results[from + (e * resultElement)] * parameters[parameter + (e * parameterElement)];
            float gradient = (g - mean - (normalised[saved + e] * product)) * factor;
            int at = gradientAt + (vector * gradientVector) + (e * gradientElement);
            gradients[at] = isAdded != 0 ? gradients[at] + gradient : gradient;
        }
    }
}
