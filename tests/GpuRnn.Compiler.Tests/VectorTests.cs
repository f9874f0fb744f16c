using System.Reflection;
using System.Text.RegularExpressions;
using GpuRnn.Compiler.Backends.OpenCl;
using GpuRnn.Compiler.Diagnostics;
using GpuRnn.Compiler.Frontend;
using GpuRnn.Compiler.Ir;
using GpuRnn.Compiler.Passes;
using GpuRnn.KernelModel;
using GpuRnn.Kernels.Linear;
using GpuRnn.Testing;
using static GpuRnn.Compiler.Tests.KernelInputs;

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

    [Theory]
    [MemberData(nameof(Cases))]
    public void Vectors_OnTheProcessor_HaveTheBitsOfPlainCSharp(string name, Type count)
    {
        MethodInfo method = Method(name, count);
        object[] arguments = Arguments(name);
        object[] plain = GroupComparison.Copy(arguments);
        KernelComparison.RunPlain(method, Groups(count), plain);

        CpuComparison.Indices(method, Groups(count), arguments, plain);
    }

    /// <summary>The width changes no bit, so a vector's functions are those of one number.</summary>
    [Theory]
    [InlineData(typeof(Lanes4))]
    [InlineData(typeof(Lanes8))]
    [InlineData(typeof(Lanes16))]
    public void Functions_OfAVector_HaveTheBitsOfOneNumber(Type count)
    {
        float[] numbers = Numbers(Length, 1, 4.0);
        float[] expected = new float[Length];
        float[] got = new float[Length];
        KernelComparison.RunPlain(typeof(VectorKernels).GetMethod("ScalarFunctions")!, Length, [numbers, expected]);
        KernelComparison.RunPlain(Method("Functions", count), Groups(count), [numbers, got, Length]);

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

    private static object[] Arguments(string name) => name switch
    {
        "Arithmetic" => [Numbers(Length, 1, 4.0), Numbers(Length, 2, 4.0), new float[Length], Length],
        "Integers" => [Numbers(Length, 1, 4.0), new float[Length], Length, 5],
        _ => [Numbers(Length, 1, 4.0), new float[Length], Length],
    };

    private static void Compare(string name, Type count, Action<IrFunction> prepare)
    {
        object[] arguments = Arguments(name);
        object[] plain = GroupComparison.Copy(arguments);
        MethodInfo method = Method(name, count);
        KernelComparison.RunPlain(method, Groups(count), plain);

        IrFunction function = CompiledKernels.Compile(method);
        prepare(function);
        int groups = Groups(count);
        KernelComparison.RunOpenCl(OpenClLowering.Write([(KernelEntry.Read(method), function)]), method, [groups], [1], arguments, groups);

        int result = Array.FindLastIndex(arguments, argument => argument is float[]);
        KernelComparison.SameBits(name, (float[])plain[result], (float[])arguments[result]);
    }

    private static int Groups(Type count)
    {
        int lanes = (int)count.GetProperty("Count")!.GetValue(null)!;
        return (Length + lanes - 1) / lanes;
    }

    private static MethodInfo Method(string name, Type count) => typeof(VectorKernels).GetMethod(name)!.MakeGenericMethod(count);
}
