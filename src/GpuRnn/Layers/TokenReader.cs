using GpuRnn.Tensors;

namespace GpuRnn.Layers;

/// <summary>Reads tokens, which travel as floats, and checks every one of them.</summary>
internal static class TokenReader
{
    /// <summary>Writes each token as a number; −1 for those at absent steps, which are not looked at.</summary>
    /// <param name="input">Whole numbers, 0 to <paramref name="count"/> − 1.</param>
    /// <param name="mask">Which steps of [T, B, …] are there; null for all.</param>
    /// <param name="count">Numbers there are.</param>
    /// <param name="values">Receives the input's elements; of its length.</param>
    /// <param name="numbers">Receives the numbers; of the input's length.</param>
    /// <param name="where">What the error begins with.</param>
    /// <exception cref="ArgumentOutOfRangeException">A token is no such number.</exception>
    /// <exception cref="Devices.ShapeException">The mask is of another T or B.</exception>
    public static void Read(Tensor input, SequenceMask? mask, int count, Span<float> values, Span<int> numbers, string where)
    {
        mask?.Require(input, where);
        input.CopyTo(values);
        int columns = mask is null ? 1 : input.Shape[1];
        int width = mask is null ? 1 : Math.Max(1, values.Length / Math.Max(1, input.Shape[0] * columns));
        for (int i = 0; i < values.Length; i++)
        {
            if (mask is not null && !mask.IsPresent(i / width / columns, i / width % columns))
            {
                numbers[i] = -1;
                continue;
            }

            float value = values[i];
            int number = (int)value;
            if (number != value || (uint)number >= (uint)count)
            {
                Refuse(input, i, value, count, where);
            }

            numbers[i] = number;
        }
    }

    private static void Refuse(Tensor input, int index, float value, int count, string where)
    {
        int[] place = new int[input.Rank];
        int rest = index;
        for (int axis = place.Length - 1; axis >= 0; axis--)
        {
            place[axis] = rest % input.Shape[axis];
            rest /= input.Shape[axis];
        }

        throw new ArgumentOutOfRangeException(
            nameof(input),
            FormattableString.Invariant(
                $"{where}: token [{string.Join(", ", place)}] of {Tensor.Describe(input.Shape)} is {value}, but must be a whole number from 0 to {count - 1}. Number the symbols from 0, or build the layer with a larger vocabularySize."));
    }
}
