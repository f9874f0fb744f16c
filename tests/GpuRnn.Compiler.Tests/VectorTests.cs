using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using GpuRnn.Compiler.Backends.OpenCl;
using GpuRnn.Compiler.Diagnostics;
using GpuRnn.Compiler.Frontend;
using GpuRnn.Compiler.Ir;
using GpuRnn.Compiler.Passes;
using GpuRnn.Compiler.Tests.Native;
using GpuRnn.KernelModel;
using GpuRnn.Kernels.Linear;

namespace GpuRnn.Compiler.Tests;

/// <summary>Vectors in registers: the same bits as plain C# on OpenCL, as vectors and taken apart into numbers.</summary>
public sealed class VectorTests
{
    private const int Length = 101;

    /// <summary>Every group of operations in every width.</summary>
    public static TheoryData<string, Type> Cases()
    {
        TheoryData<string, Type> cases = [];
        foreach (Type count in new[] { typeof(Lanes4), typeof(Lanes8), typeof(Lanes16) })
        {
            foreach (string name in new[] { "Arithmetic", "Integers", "Elements", "Arrays", "Functions" })
            {
                cases.Add(name, count);
            }
        }

        return cases;
    }

    [OpenClTheory]
    [MemberData(nameof(Cases))]
    public void Vectors_OnOpenCl_HaveTheBitsOfPlainCSharp(string name, Type count) =>
        Compare(name, count, function => Assert.Contains(function.Instructions, instruction => instruction.Type.IsVector));

    [OpenClTheory]
    [MemberData(nameof(Cases))]
    public void VectorsTakenApart_OnOpenCl_HaveTheBitsOfPlainCSharp(string name, Type count) => Compare(name, count, function =>
    {
        VectorsToScalars.Run(function);
        IrVerifier.Verify(function, "vectors to scalars");
        Assert.DoesNotContain(function.Instructions, instruction => instruction.Type.Lanes > 1);
    });

    /// <summary>The width changes no bit, so a vector's functions are those of one number.</summary>
    [Theory]
    [InlineData(typeof(Lanes4))]
    [InlineData(typeof(Lanes8))]
    [InlineData(typeof(Lanes16))]
    public void Functions_OfAVector_HaveTheBitsOfOneNumber(Type count)
    {
        float[] numbers = Numbers(1);
        float[] expected = new float[Length];
        float[] got = new float[Length];
        RunPlain(typeof(VectorKernels).GetMethod("ScalarFunctions")!, Length, [numbers, expected]);
        RunPlain(Method("Functions", count), Groups(count), [numbers, got, Length]);

        KernelComparison.SameBits("Functions", expected, got);
    }

    [Fact]
    public void Kernel_ThatTakesAViewOfVectors_IsRefused()
    {
        MethodInfo method = typeof(VectorKernels).GetMethod(nameof(VectorKernels.TakesVectors))!;

        KernelNotSupportedException error = Assert.Throws<KernelNotSupportedException>(() => KernelCompiler.ToOpenCl(method));

        Assert.Equal("GK0006", error.Id);
    }

    [Fact]
    public void LongKernelName_IsCut_AndStaysItsOwn()
    {
        string[] names = [.. MatMulPanels.ClosedForms().Select(method => Regex.Match(KernelCompiler.ToOpenCl(method), @"void (\w+)\(").Groups[1].Value)];

        Assert.All(names, name => Assert.InRange(name.Length, 80, 100));
        Assert.Equal(3, names.Distinct().Count());
    }

    private static void Compare(string name, Type count, Action<IrFunction> prepare)
    {
        object[] arguments = name switch
        {
            "Arithmetic" => [Numbers(1), Numbers(2), new float[Length], Length],
            "Integers" => [Numbers(1), new float[Length], Length, 5],
            _ => [Numbers(1), new float[Length], Length],
        };
        object[] plain = Array.ConvertAll(arguments, argument => argument is Array array ? array.Clone() : argument);
        MethodInfo method = Method(name, count);
        RunPlain(method, Groups(count), plain);

        IrFunction function = CompiledKernels.Compile(method);
        prepare(function);
        object[] flat = [.. arguments.SelectMany(argument => argument is Array array ? new object[] { array, 0L, (long)array.Length } : [argument])];
        int groups = Groups(count);
        OpenClDevice.First.Run(OpenClLowering.Write([(KernelEntry.Read(method), function)]).Text, [.. flat, groups], [groups], [1]);

        int result = Array.FindLastIndex(arguments, argument => argument is float[]);
        KernelComparison.SameBits(name, (float[])plain[result], (float[])arguments[result]);
    }

    private static int Groups(Type count)
    {
        int lanes = (int)count.GetProperty("Count")!.GetValue(null)!;
        return (Length + lanes - 1) / lanes;
    }

    private static MethodInfo Method(string name, Type count) => typeof(VectorKernels).GetMethod(name)!.MakeGenericMethod(count);

    private static unsafe void RunPlain(MethodInfo method, int extent, object[] arguments)
    {
        List<GCHandle> pinned = [];
        object View(float[] values)
        {
            GCHandle handle = GCHandle.Alloc(values, GCHandleType.Pinned);
            pinned.Add(handle);
            return new ArrayView<float>(values, (float*)handle.AddrOfPinnedObject(), values.Length);
        }

        object[] views = Array.ConvertAll(arguments, argument => argument is float[] floats ? View(floats) : argument);
        for (int index = 0; index < extent; index++)
        {
            method.Invoke(null, [new Index1D(index), .. views]);
        }

        pinned.ForEach(handle => handle.Free());
    }

    private static float[] Numbers(int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, Length).Select(_ => (float)((random.NextDouble() * 8.0) - 4.0))];
    }
}
