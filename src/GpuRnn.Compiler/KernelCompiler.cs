using System.Reflection;
using GpuRnn.Compiler.Backends.Cpu;
using GpuRnn.Compiler.Backends.OpenCl;
using GpuRnn.Compiler.Backends.Ptx;
using GpuRnn.Compiler.Caching;
using GpuRnn.Compiler.Diagnostics;
using GpuRnn.Compiler.Frontend;
using GpuRnn.Compiler.Ir;
using GpuRnn.Compiler.Passes;

namespace GpuRnn.Compiler;

/// <summary>Compiles a kernel's C# method to text for a device, or to the intermediate representation for people.</summary>
/// <remarks>Every call is inlined. The meaning is C#'s: products and sums are not contracted, integers wrap, shifts use their low bits.</remarks>
public static class KernelCompiler
{
    /// <summary>The kernel as one OpenCL C 1.2 program.</summary>
    /// <param name="method">A closed kernel method; see <see cref="KernelEntry.Read"/>.</param>
    /// <param name="cache">Where to look first, and to keep the result; null to compile in any case.</param>
    /// <returns>
    /// A program with one kernel. Its parameters are the scalars of the method's, in order: of a view the buffer, the element of
    /// the buffer at which the view begins, the number of elements and the number of positions; then the launch extent on each axis of an index parameter, as 32-bit numbers.
    /// </returns>
    /// <exception cref="KernelNotSupportedException">The kernel breaks a rule of the kernel language.</exception>
    public static string ToOpenCl(MethodInfo method, KernelCache? cache = null) => ToOpenCl([method], cache).Text;

    /// <summary>Several kernels as one OpenCL C 1.2 program, which builds faster than one program for each.</summary>
    /// <param name="methods">Closed kernel methods, each once.</param>
    /// <param name="cache">Where to look first, and to keep the result; null to compile in any case.</param>
    /// <returns>The program; its kernels stand in the order of <paramref name="methods"/>, with parameters as for one.</returns>
    /// <exception cref="KernelNotSupportedException">A kernel breaks a rule of the kernel language.</exception>
    public static OpenClProgram ToOpenCl(IReadOnlyList<MethodInfo> methods, KernelCache? cache = null) => ToOpenCl(Entries(methods), cache);

    /// <summary>As for methods, with the constants of the entries built in.</summary>
    /// <param name="entries">The kernels.</param>
    /// <param name="cache">As for methods.</param>
    /// <returns>The program; a built-in value keeps its parameter, which is not read.</returns>
    /// <exception cref="KernelNotSupportedException">A kernel breaks a rule of the kernel language.</exception>
    public static OpenClProgram ToOpenCl(IReadOnlyList<KernelEntry> entries, KernelCache? cache = null)
    {
        ArgumentNullException.ThrowIfNull(entries);
        MethodInfo[] methods = [.. entries.Select(entry => entry.Method)];
        CompilationTarget<OpenClProgram> target = new(
            "OpenCL C 1.2",
            functions => OpenClLowering.Write([.. entries.Zip(functions)]),
            OpenClProgramContent.Write,
            content => OpenClProgramContent.Read(content, entries));
        return CompilationCache.Get(cache, target, methods, Constants(entries), () => InParallel.Select(entries, entry => Compile(entry)));
    }

    /// <summary>Each kernel as an OpenCL C 1.2 program of its own, compiled on all processors.</summary>
    /// <param name="methods">Closed kernel methods.</param>
    /// <param name="cache">As for one kernel.</param>
    /// <returns>The programs, in the order of <paramref name="methods"/>.</returns>
    /// <exception cref="KernelNotSupportedException">A kernel breaks a rule of the kernel language; of several the first.</exception>
    public static IReadOnlyList<string> ToOpenClEach(IReadOnlyList<MethodInfo> methods, KernelCache? cache = null)
    {
        ArgumentNullException.ThrowIfNull(methods);
        return InParallel.Select(methods, method => ToOpenCl(method, cache));
    }

    /// <summary>The kernel as a PTX program with one entry.</summary>
    /// <param name="method">A closed kernel method.</param>
    /// <param name="architecture">The oldest architecture that shall run it: <c>sm_70</c> to <c>sm_90</c>.</param>
    /// <param name="cache">Where to look first, and to keep the result; null to compile in any case.</param>
    /// <returns>
    /// The entry's parameters are the scalars of the method's, in order: of a view the address of its first element, the number of elements
    /// and the number of positions; then the launch extent on each axis of an index parameter, as 32-bit numbers.
    /// </returns>
    /// <exception cref="KernelNotSupportedException">The kernel breaks a rule of the kernel language, or GK0020.</exception>
    /// <exception cref="ArgumentException">The architecture is not known.</exception>
    public static string ToPtx(MethodInfo method, string architecture, KernelCache? cache = null) => ToPtx([method], architecture, cache).Text;

    /// <summary>Several kernels as one PTX program with an entry each.</summary>
    /// <param name="methods">Closed kernel methods, each once.</param>
    /// <param name="architecture">As for one kernel.</param>
    /// <param name="cache">As for one kernel.</param>
    /// <returns>The program; its kernels stand in the order of <paramref name="methods"/>, with parameters as for one.</returns>
    /// <exception cref="KernelNotSupportedException">A kernel breaks a rule of the kernel language, or GK0020.</exception>
    /// <exception cref="ArgumentException">The architecture is not known.</exception>
    public static PtxProgram ToPtx(IReadOnlyList<MethodInfo> methods, string architecture, KernelCache? cache = null) =>
        ToPtx(Entries(methods), architecture, cache);

    /// <summary>As for methods, with the constants of the entries built in.</summary>
    /// <param name="entries">The kernels.</param>
    /// <param name="architecture">As for methods.</param>
    /// <param name="cache">As for methods.</param>
    /// <returns>The program; a built-in value keeps its parameter, which is not read.</returns>
    /// <exception cref="KernelNotSupportedException">A kernel breaks a rule of the kernel language, or GK0020.</exception>
    /// <exception cref="ArgumentException">The architecture is not known.</exception>
    public static PtxProgram ToPtx(IReadOnlyList<KernelEntry> entries, string architecture, KernelCache? cache = null)
    {
        ArgumentNullException.ThrowIfNull(entries);
        MethodInfo[] methods = [.. entries.Select(entry => entry.Method)];
        PtxTarget machine = PtxTarget.Parse(architecture);
        CompilationTarget<PtxProgram> target = new(
            $"PTX {machine.Name}",
            functions => PtxWriter.Write([.. entries.Zip(functions)], machine),
            PtxProgramContent.Write,
            content => PtxProgramContent.Read(content, machine.Name, entries));
        return CompilationCache.Get(cache, target, methods, Constants(entries), () => InParallel.Select(entries, CompileForPtx));
    }

    /// <summary>Why a kernel cannot become PTX for an architecture.</summary>
    /// <param name="method">A closed kernel method.</param>
    /// <param name="architecture">As for <see cref="ToPtx(MethodInfo, string, KernelCache?)"/>.</param>
    /// <param name="cache">As there.</param>
    /// <returns>The refusal with its id; null when it can.</returns>
    /// <exception cref="ArgumentException">The architecture is not known.</exception>
    public static string? RefusalAsPtx(MethodInfo method, string architecture, KernelCache? cache = null)
    {
        try
        {
            ToPtx(method, architecture, cache);
            return null;
        }
        catch (KernelNotSupportedException refusal)
        {
            return refusal.Message;
        }
    }

    /// <summary>The newest architecture that PTX is written for and a GPU is not older than; its driver takes that text to its own.</summary>
    /// <param name="major">The first part of the GPU's compute capability.</param>
    /// <param name="minor">The second part.</param>
    /// <exception cref="ArgumentException">The GPU is older than every architecture.</exception>
    public static string ArchitectureFor(int major, int minor) => PtxTarget.For(major, minor);

    /// <summary>The kernel's intermediate representation behind all passes, one instruction a line.</summary>
    /// <param name="method">A closed kernel method.</param>
    /// <exception cref="KernelNotSupportedException">The kernel breaks a rule of the kernel language.</exception>
    public static string ToIntermediateText(MethodInfo method) => IrPrinter.Print(Compile(method));

    /// <summary>
    /// The kernel as the processor runs it: its regions between barriers, what is kept from one to the next, which of them run in vectors and
    /// why the others do not, and the instructions.
    /// </summary>
    /// <param name="method">A closed kernel method.</param>
    /// <exception cref="KernelNotSupportedException">The kernel breaks a rule of the kernel language.</exception>
    public static string ToCpuText(MethodInfo method) => CpuText.Write(KernelEntry.Read(method));

    /// <summary>What each kernel is made of, found on all processors.</summary>
    /// <param name="methods">Closed kernel methods.</param>
    /// <returns>In the order of <paramref name="methods"/>.</returns>
    /// <exception cref="KernelNotSupportedException">A kernel breaks a rule of the kernel language; of several the first.</exception>
    public static IReadOnlyList<KernelFacts> DescribeEach(IReadOnlyList<MethodInfo> methods)
    {
        ArgumentNullException.ThrowIfNull(methods);
        return InParallel.Select(methods, Describe);
    }

    /// <summary>What the kernel is made of.</summary>
    /// <param name="method">A closed kernel method.</param>
    /// <exception cref="KernelNotSupportedException">The kernel breaks a rule of the kernel language.</exception>
    public static KernelFacts Describe(MethodInfo method)
    {
        IrFunction function = Compile(method);
        int Count(Func<IrInstruction, bool> isCounted) => function.Instructions.Count(isCounted);
        long Bytes(IrOpcode array) => function.Instructions
            .Where(one => one.Opcode == array)
            .Sum(one => ((IrConstant)one.Operands[0]).Bits * Math.Max(1, new IrType(one.Type.Element).SizeInBytes));
        return new KernelFacts(
            KernelEntry.Read(method),
            Count(_ => true),
            Count(one => one.Opcode == IrOpcode.Barrier),
            Count(one => one.Opcode is IrOpcode.WarpBarrier or IrOpcode.WarpShuffle),
            Bytes(IrOpcode.SharedArray),
            Count(one => one.Opcode == IrOpcode.DynamicSharedArray) > 0,
            Bytes(IrOpcode.LocalArray));
    }

    internal static IrFunction Compile(MethodInfo method, DeviceWords? words = null) => Compile(KernelEntry.Read(method), words);

    internal static IrFunction Compile(KernelEntry entry, DeviceWords? words = null)
    {
        IrFunction function = KernelTranslator.Translate(entry, words);
        PassPipeline.Run(function);
        return function;
    }

    // A thread of a GPU has 255 registers for all its numbers.
    private static IrFunction CompileForPtx(KernelEntry entry)
    {
        const int MaximumLanes = 8;
        IrFunction function = Compile(entry, DeviceWords.Ptx);
        int lanes = function.Instructions.Select(one => one.Type).Where(type => type.IsVector).Select(type => type.Lanes).DefaultIfEmpty(1).Max();
        if (lanes > MaximumLanes)
        {
            throw Refusal.Lanes(entry.Name, lanes, MaximumLanes);
        }

        VectorsToScalars.Run(function);
        VectorAccesses.Run(function);
        return function;
    }

    /// <summary>For backends that take numbers one by one.</summary>
    internal static IrFunction CompileScalar(KernelEntry entry)
    {
        IrFunction function = Compile(entry);
        VectorsToScalars.Run(function);
        return function;
    }

    private static KernelEntry[] Entries(IReadOnlyList<MethodInfo> methods)
    {
        ArgumentNullException.ThrowIfNull(methods);
        return [.. methods.Select(KernelEntry.Read)];
    }

    private static string[] Constants(IReadOnlyList<KernelEntry> entries) => [.. entries.Select(entry => entry.ConstantsText)];
}
