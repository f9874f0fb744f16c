using System.Reflection;
using GpuRnn.Compiler;
using GpuRnn.Compiler.Diagnostics;
using GpuRnn.Compiler.Frontend;
using GpuRnn.KernelModel;

namespace GpuRnn.Cli.Commands;

/// <summary>The kernels with their shapes: for each its name, how it is launched, and what it takes.</summary>
internal static class KernelList
{
    /// <summary>Writes three lines for each kernel.</summary>
    public static void Write(TextWriter output, IReadOnlyList<MethodInfo> kernels)
    {
        foreach (KernelFacts facts in KernelCompiler.DescribeEach(kernels))
        {
            output.WriteLine(facts.Entry.Name);
            output.WriteLine($"    {Launch(facts.Entry)}, {Counted(facts.BarrierCount)}, {SharedMemory(facts)}");
            output.WriteLine($"    ({string.Join(", ", facts.Entry.Parameters.Select(parameter => $"{ShapeOf(parameter.Type)} {parameter.Name}"))})");
        }
    }

    private static string Launch(KernelEntry entry) => entry.Grouping == KernelGrouping.Explicit
        ? entry.IsCooperative ? "groups of the launch, which wait for each other" : "groups of the launch"
        : $"a work-item for each {entry.IndexType}";

    private static string Counted(int barriers) => barriers switch
    {
        0 => "no barrier",
        1 => "1 barrier",
        _ => $"{barriers} barriers",
    };

    private static string SharedMemory(KernelFacts facts) => facts switch
    {
        { UsesDynamicSharedMemory: true, SharedMemoryBytes: 0 } => "shared memory of the launch's size",
        { UsesDynamicSharedMemory: true } => $"{facts.SharedMemoryBytes} B of shared memory and what the launch asks for",
        { SharedMemoryBytes: 0 } => "no shared memory",
        _ => $"{facts.SharedMemoryBytes} B of shared memory",
    };

    // A view of dense memory reads like the array that it shows.
    private static string ShapeOf(Type type)
    {
        Type[] arguments = type.IsGenericType ? type.GetGenericArguments() : [];
        Type? definition = type.IsGenericType ? type.GetGenericTypeDefinition() : null;
        bool isDense = definition == typeof(ArrayView<>) || (definition == typeof(ArrayView1D<,>) && arguments[1] == typeof(Stride1D.Dense));
        return isDense ? $"{TypeName.Of(arguments[0])}[]" : TypeName.Of(type);
    }
}
