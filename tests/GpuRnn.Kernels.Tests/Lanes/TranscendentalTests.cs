using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Kernels.Tests.Lanes;

public sealed class TranscendentalTests
{
    private const uint Stride = 4093;
    private const double SmallestNormal = 1.1754943508222875e-38;

    // Beyond this a result rounds to infinity.
    private const double Overflow = 3.4028235677973366e38;

    [Fact]
    public void Exp_EverySampledFloat_IsWithinTheStatedError() => CheckAll(x => F32.Exp(new F32(x)).Value, Math.Exp, 0.914);

    [Fact]
    public void Tanh_EverySampledFloat_IsWithinTheStatedError() => CheckAll(x => F32.Tanh(new F32(x)).Value, Math.Tanh, 2.533);

    [Fact]
    public void Log_EverySampledFloat_IsWithinTheStatedError() => CheckAll(x => F32.Log(new F32(x)).Value, Math.Log, 0.883);

    [Fact]
    public void Sigmoid_EverySampledFloat_IsWithinTheStatedError() =>
        CheckAll(x => F32.Sigmoid(new F32(x)).Value, x => x > 0 ? 1.0 / (1.0 + Math.Exp(-x)) : Math.Exp(x) / (1.0 + Math.Exp(x)), 2.481);

    [Theory]
    [InlineData(59.301666f)]
    [InlineData(-87.68044f)]
    [InlineData(88.72283f)]
    public void Exp_WorstArguments_AreWithinTheStatedError(float x) => Check(F32.Exp(new F32(x)).Value, Math.Exp(x), 0.914, x);

    [Theory]
    [InlineData(0.062474377f)]
    [InlineData(-0.062474377f)]
    public void Tanh_WorstArguments_AreWithinTheStatedError(float x) => Check(F32.Tanh(new F32(x)).Value, Math.Tanh(x), 2.533, x);

    [Theory]
    [InlineData(-16.635704f)]
    [InlineData(-87.34199f)]
    public void Sigmoid_WorstArguments_AreWithinTheStatedError(float x) =>
        Check(F32.Sigmoid(new F32(x)).Value, Math.Exp(x) / (1.0 + Math.Exp(x)), 2.481, x);

    [Theory]
    [InlineData(float.NaN, float.NaN)]
    [InlineData(float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity, 0f)]
    [InlineData(88.72284f, float.PositiveInfinity)]
    [InlineData(-104f, 0f)]
    [InlineData(-103.27893f, 1.4e-45f)]
    [InlineData(0f, 1f)]
    [InlineData(float.MaxValue, float.PositiveInfinity)]
    [InlineData(float.MinValue, 0f)]
    [InlineData(float.Epsilon, 1f)]
    public void Exp_SpecialValues_GiveTheExactResult(float x, float expected) => Assert.Equal(expected, F32.Exp(new F32(x)).Value);

    [Theory]
    [InlineData(float.NaN, float.NaN)]
    [InlineData(float.PositiveInfinity, 1f)]
    [InlineData(float.NegativeInfinity, -1f)]
    [InlineData(9.1f, 1f)]
    [InlineData(float.MinValue, -1f)]
    [InlineData(0f, 0f)]
    [InlineData(float.Epsilon, float.Epsilon)]
    [InlineData(-float.Epsilon, -float.Epsilon)]
    [InlineData(1e-20f, 1e-20f)]
    public void Tanh_SpecialValues_GiveTheSameBits(float x, float expected) =>
        Assert.Equal(BitConverter.SingleToInt32Bits(expected), BitConverter.SingleToInt32Bits(F32.Tanh(new F32(x)).Value));

    [Theory]
    [InlineData(float.NaN, float.NaN)]
    [InlineData(float.PositiveInfinity, 1f)]
    [InlineData(float.NegativeInfinity, 0f)]
    [InlineData(float.MinValue, 0f)]
    [InlineData(-104.5f, 0f)]
    [InlineData(0f, 0.5f)]
    [InlineData(20f, 1f)]
    public void Sigmoid_SpecialValues_GiveTheExactResult(float x, float expected) => Assert.Equal(expected, F32.Sigmoid(new F32(x)).Value);

    [Theory]
    [InlineData(float.NaN, float.NaN)]
    [InlineData(float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity, float.NaN)]
    [InlineData(0f, float.NegativeInfinity)]
    [InlineData(-float.Epsilon, float.NaN)]
    [InlineData(-1f, float.NaN)]
    [InlineData(1f, 0f)]
    public void Log_SpecialValues_GiveTheExactResult(float x, float expected) => Assert.Equal(expected, F32.Log(new F32(x)).Value);

    [Fact]
    public void EveryFunction_NegativeZero_GivesTheExactResult()
    {
        F32 zero = new(-0f);
        Assert.Equal(1f, F32.Exp(zero).Value);
        Assert.Equal(0.5f, F32.Sigmoid(zero).Value);
        Assert.Equal(float.NegativeInfinity, F32.Log(zero).Value);
        Assert.Equal(BitConverter.SingleToInt32Bits(-0f), BitConverter.SingleToInt32Bits(F32.Tanh(zero).Value));
    }

    [Theory]
    [InlineData(-745.0)]
    [InlineData(-50.0)]
    [InlineData(0.3)]
    [InlineData(50.0)]
    public void Sigmoid_Double_KeepsRelativePrecisionBelowZero(double x)
    {
        double expected = x < -40.0 ? Math.Exp(x) : 1.0 / (1.0 + Math.Exp(-x));
        Assert.InRange(F64.Sigmoid(new F64(x)).Value, expected * (1.0 - 1e-15), expected * (1.0 + 1e-15));
    }

    [Fact]
    public void MaxAndMin_NaN_GiveTheSecondOperand()
    {
        Assert.Equal(2f, F32.Max(new F32(float.NaN), new F32(2f)).Value);
        Assert.Equal(float.NaN, F32.Max(new F32(2f), new F32(float.NaN)).Value);
        Assert.Equal(2f, F32.Min(new F32(float.NaN), new F32(2f)).Value);
        Assert.Equal(float.NaN, F32.Min(new F32(2f), new F32(float.NaN)).Value);
        Assert.Equal(2.0, F64.Max(new F64(double.NaN), new F64(2.0)).Value);
        Assert.Equal(double.NaN, F64.Min(new F64(2.0), new F64(double.NaN)).Value);
    }

    [Theory]
    [InlineData(1.1754944e-38f)]
    [InlineData(0.66666657f)]
    [InlineData(0.6666667f)]
    [InlineData(1.3333333f)]
    [InlineData(1.3333334f)]
    [InlineData(1f)]
    [InlineData(3.4028235E+38f)]
    public void SplitExponent_NormalNumber_GivesMantissaAroundOne(float value)
    {
        float exponent = F32.SplitExponent(new F32(value), out F32 mantissa).Value;
        Assert.InRange(mantissa.Value, 0.6666666f, 1.3333334f);
        Assert.Equal((double)value, Math.ScaleB(mantissa.Value, (int)exponent));
    }

    private static void CheckAll(Func<float, float> function, Func<double, double> reference, double allowed)
    {
        for (ulong bits = 0; bits <= uint.MaxValue; bits += Stride)
        {
            float x = BitConverter.UInt32BitsToSingle((uint)bits);
            Check(function(x), reference(x), allowed, x);
        }
    }

    private static void Check(float actual, double expected, double allowed, float x)
    {
        if (double.IsNaN(expected) || Math.Abs(expected) > Overflow)
        {
            Assert.True(((float)expected).Equals(actual), $"at {x:R}: expected {expected:R}, got {actual:R}");
            return;
        }

        double magnitude = Math.Max(Math.Abs(expected), SmallestNormal);
        double error = Math.Abs(actual - expected) / Math.ScaleB(1.0, Math.ILogB(magnitude) - 23);
        Assert.True(error <= allowed, $"at {x:R}: expected {expected:R}, got {actual:R}, error {error:F4} ULP, allowed {allowed} ULP");
    }
}
