using GpuRnn.Testing;

namespace GpuRnn.Compiler.Tests;

/// <summary>Each part of the language as generated OpenCL against plain C#.</summary>
public sealed class LanguageTests
{
    private const int Length = 67;
    private const int Count = 19;

    [OpenClFact]
    public void VariablesThatChangePlaces_KeepTheirValues() => Compare(nameof(LanguageKernels.Rotate));

    [OpenClFact]
    public void FloatsBeyondTheIntegers_Saturate() => Compare(nameof(LanguageKernels.ToInteger));

    [OpenClFact]
    public void SwitchContinueAndReturnFromLoops_LeadToTheSamePlace() => Compare(nameof(LanguageKernels.Jumps));

    [OpenClFact]
    public void FunctionsOfConstants_OfNaNToo_AreFolded() => Compare(nameof(LanguageKernels.FunctionsOfConstants));

    [OpenClFact]
    public void ArithmeticWithNaN_IsNaN_AndNotWhatTheDriverMakesOfIt() => Compare(nameof(LanguageKernels.ArithmeticWithNaN));

    [Fact]
    public void ArithmeticWithNaN_LeavesNoRemainderAndShowsNoConstantNaN()
    {
        string text = KernelCompiler.ToOpenCl(CompiledKernels.Method(typeof(LanguageKernels), nameof(LanguageKernels.ArithmeticWithNaN)));

        Assert.DoesNotContain("fmod", text, StringComparison.Ordinal);
        Assert.Contains("as_float(0xffc00000u | (uint)(target_offset >> 63))", text, StringComparison.Ordinal);
        Assert.DoesNotContain("as_float(0xffc00000u)", text, StringComparison.Ordinal);
    }

    [OpenClFact]
    public void ComparisonsThatMeetNumbers_AreNumbers() => Compare(nameof(LanguageKernels.FlagsAmongNumbers));

    [OpenClFact]
    public void IntegersWrapAndShiftByTheirLowBits() => Compare(nameof(LanguageKernels.Integers));

    [OpenClFact]
    public void ReferencesToVariables_WriteThem() => Compare(nameof(LanguageKernels.References));

    private static void Compare(string kernel)
    {
        Random random = new(11);
        float[] source = [.. Enumerable.Range(0, Length).Select(_ => (float)((random.NextDouble() * 4.0) - 2.0))];
        float[] specials = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, 3e9f, -3e9f, -0.5f, 1.5f];
        specials.CopyTo(source, 0);
        KernelComparison.Run(CompiledKernels.Method(typeof(LanguageKernels), kernel), Length, source, new int[Length], Count);
    }
}
