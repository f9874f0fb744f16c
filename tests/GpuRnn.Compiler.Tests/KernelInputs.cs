using GpuRnn.Kernels.Recurrent;

namespace GpuRnn.Compiler.Tests;

/// <summary>Arguments that several comparisons give to the same kernels.</summary>
internal static class KernelInputs
{
    /// <summary>Numbers between <c>-bound</c> and <paramref name="bound"/>.</summary>
    internal static float[] Numbers(int count, int seed, double bound = 2.0)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)((random.NextDouble() * 2.0 * bound) - bound))];
    }

    /// <summary>Zeros, infinities, NaN, ties, the smallest and the largest numbers and the edges of integers, and ordinary numbers behind them.</summary>
    internal static float[] Specials(int count)
    {
        float[] numbers = Numbers(count, 5, 60.0);
        float[] specials =
        [
            0f, -0f, float.PositiveInfinity, float.NegativeInfinity, float.NaN, float.Epsilon, -float.Epsilon, 104f, -104f, float.MaxValue,
            2147483648f, -2147483648f, -2147483904f, 4294967296f, 4294967040f, 9.223372e18f, -9.223372e18f, 1.8446744e19f, 0.5f, 1.5f, 2.5f, -0.5f,
        ];
        specials.CopyTo(numbers, 0);
        return numbers;
    }

    /// <summary>What <c>StepNodeForward</c> takes for one LSTM step of [rows, width].</summary>
    internal static object[] LstmStep(int rows, int width)
    {
        int all = rows * width;
        StepSlot[] gates = [.. Enumerable.Range(0, 4).Select(gate => new StepSlot(gate * width, 4 * width))];
        StepSlot[] states = [.. Enumerable.Range(0, 2).Select(state => new StepSlot(state * all * 2, width))];
        int[] table = StepSlotTable.Build(new Dictionary<StepSlotKind, IReadOnlyList<StepSlot>>
        {
            [StepSlotKind.Input] = gates,
            [StepSlotKind.Product] = gates,
            [StepSlotKind.Value] = gates,
            [StepSlotKind.PreviousState] = states,
            [StepSlotKind.NextState] = states,
        });
        return
        [
            Numbers(4 * all, 1), Numbers(4 * all, 2), Numbers(4 * all, 3), new float[4 * all], new float[1], table, width, 0, 0, rows, 0,
        ];
    }
}
