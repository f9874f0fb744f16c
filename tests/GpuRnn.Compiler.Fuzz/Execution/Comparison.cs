using System.Globalization;
using GpuRnn.Compiler.Fuzz.Syntax;

namespace GpuRnn.Compiler.Fuzz.Execution;

/// <summary>Says where two runs of a kernel differ by more than they may.</summary>
internal static class Comparison
{
    /// <summary>The first difference with both values, or null. All bits count, but not those of NaN; approximate results have their own bound.</summary>
    internal static string? FirstDifference(FuzzKernel kernel, FuzzMemory expected, FuzzMemory got)
    {
        for (int view = 0; view < expected.Outputs.Length; view++)
        {
            string? input = FirstDifference(FuzzKernel.Views[view].Input, expected.Inputs[view], got.Inputs[view]);
            string? output = FirstDifference(FuzzKernel.Views[view].Output, expected.Outputs[view], got.Outputs[view]);
            if ((input ?? output) is { } difference)
            {
                return difference;
            }
        }

        for (int i = 0; i < expected.Approximate.Length; i++)
        {
            int allowed = kernel.AllowedUlp[i % FuzzLayout.Slots];
            long error = Distance(expected.Approximate[i], got.Approximate[i]);
            if (error > allowed)
            {
                return Describe("approximate", i, expected.Approximate[i], got.Approximate[i], $", error {error} ULP, allowed {allowed}");
            }
        }

        return null;
    }

    /// <summary>How many floats lie between two; 0 for two NaN, very many for one.</summary>
    internal static long Distance(float first, float second) => float.IsNaN(first) || float.IsNaN(second)
        ? float.IsNaN(first) == float.IsNaN(second) ? 0 : long.MaxValue
        : Math.Abs(Ordinal(first) - Ordinal(second));

    private static long Ordinal(float value)
    {
        int bits = BitConverter.SingleToInt32Bits(value);
        return bits >= 0 ? bits : int.MinValue - (long)bits;
    }

    private static string? FirstDifference(string name, Array expected, Array got)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            object first = expected.GetValue(i)!;
            object second = got.GetValue(i)!;
            if (!IsSame(first, second))
            {
                return Describe(name, i, first, second, string.Empty);
            }
        }

        return null;
    }

    // Equals holds for two NaN, but also for the two zeros.
    private static bool IsSame(object first, object second) => first switch
    {
        float number => number.Equals((float)second) && float.IsNegative(number) == float.IsNegative((float)second) | float.IsNaN(number),
        double number => number.Equals((double)second) && double.IsNegative(number) == double.IsNegative((double)second) | double.IsNaN(number),
        _ => first.Equals(second),
    };

    private static string Describe(string name, int index, object expected, object got, string more) => string.Create(
        CultureInfo.InvariantCulture,
        $"{name}[{index}] (work-item {index / FuzzLayout.Slots}): expected {expected}, got {got}{more}");
}
