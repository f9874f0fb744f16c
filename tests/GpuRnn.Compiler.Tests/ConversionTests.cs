using System.Reflection;
using GpuRnn.Compiler.Tests.Language;
using GpuRnn.Testing;

namespace GpuRnn.Compiler.Tests;

/// <summary>Conversions as generated OpenCL against plain C#, at the limits of every type.</summary>
public sealed class ConversionTests
{
    private static readonly long[] s_integers =
    [
        0, 1, -1, 127, 128, 255, 256, -128, -129, 32767, 32768, 65535, 65536, -32769, 16777217, 33554433, int.MaxValue, int.MinValue, uint.MaxValue,
        1L << 32, (1L << 53) + 1, (1L << 62) + (1L << 38), long.MaxValue, long.MinValue, -2, 123456789, -987654321,
    ];

    private static readonly double[] s_floats =
    [
        0.0, -0.0, 0.4, 0.5, 0.75, -0.5, -0.99, 1.0, -1.0, 1.5, 2.5, 127.9, 2147483520.0, 2147483647.0, 2147483648.0, -2147483648.0, -2147483649.0,
        4294967040.0, 4294967295.0, 4294967296.0, 9.2e18, 9223372036854775808.0, -9223372036854775808.0, 1.8e19, 18446744073709551616.0, 1e30, -1e30,
        65504.0, 65519.99, 65520.0, 6e-8, 2.9e-8, 1e-45, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0.1, 1.0 / 3.0,
    ];

    [OpenClTheory]
    [InlineData(nameof(ConversionKernels.FromInteger), true)]
    [InlineData(nameof(ConversionKernels.FromInteger), false)]
    [InlineData(nameof(ConversionKernels.FromUnsigned), true)]
    [InlineData(nameof(ConversionKernels.FromUnsigned), false)]
    [InlineData(nameof(ConversionKernels.FromLong), true)]
    [InlineData(nameof(ConversionKernels.FromLong), false)]
    public void Integers_BecomeEveryOtherType(string kernel, bool isOptimised) => Compare(kernel, isOptimised, s_integers);

    [OpenClTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void Floats_BecomeEveryOtherType(bool isOptimised) =>
        Compare(nameof(ConversionKernels.FromFloat), isOptimised, Array.ConvertAll(s_floats, number => (float)number));

    [OpenClTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void Doubles_BecomeEveryOtherType(bool isOptimised) => Compare(nameof(ConversionKernels.FromDouble), isOptimised, s_floats);

    [OpenClTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void EveryHalf_KeepsItsValue(bool isOptimised) => KernelComparison.Run(
        CompiledKernels.Method(typeof(ConversionKernels), nameof(ConversionKernels.Halves), isOptimised), 65536, new Half[65536], new float[65536]);

    [OpenClTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void EveryBFloat16_KeepsItsValueAndRounds(bool isOptimised)
    {
        MethodInfo method = CompiledKernels.Method(typeof(ConversionKernels), nameof(ConversionKernels.BFloats), isOptimised);
        Array numbers = Array.CreateInstance(method.GetParameters()[1].ParameterType.GetGenericArguments()[0], 65536);
        KernelComparison.Run(method, numbers.Length, numbers, new float[numbers.Length]);
    }

    [OpenClTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void NarrowStorage_WrapsAsInCSharp(bool isOptimised) => KernelComparison.Run(
        CompiledKernels.Method(typeof(ConversionKernels), nameof(ConversionKernels.Storage), isOptimised), 99,
        Numbers(i => (byte)i), Numbers(i => (sbyte)i), Numbers(i => (short)(i * 331)), Numbers(i => (ushort)(i * 977)), Numbers(i => i % 2 == 0));

    private static T[] Numbers<T>(Func<int, T> number) => [.. Enumerable.Range(0, 99).Select(number)];

    private static void Compare(string kernel, bool isOptimised, Array source) => KernelComparison.Run(
        CompiledKernels.Method(typeof(ConversionKernels), kernel, isOptimised), source.Length, source, new double[source.Length * 16]);
}
