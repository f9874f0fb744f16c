using System.Reflection;
using GpuRnn.Compiler.Diagnostics;
using GpuRnn.Compiler.Frontend;
using GpuRnn.Compiler.Ir;
using GpuRnn.KernelModel;

namespace GpuRnn.Compiler.Backends.Cpu;

/// <summary>A kernel compiled to machine code of this process: loops over work-items, cut at the barriers.</summary>
/// <remarks>
/// Nothing checks an access to memory, and a work-item is no thread: to step through a kernel, or to find an index out of bounds, run it as
/// plain C#. Safe from several threads, each with a <see cref="CpuWorkspace"/> of its own.
/// </remarks>
public sealed unsafe class CpuProgram
{
    private readonly RegionSplit _split;
    private readonly CpuRegion[] _regions;
    private readonly ArgumentPacker _packer;

    private CpuProgram(KernelEntry entry, IrFunction function, Func<Type, MethodInfo?> unboxer)
    {
        Entry = entry;
        LeafCount = function.Parameters.Count;
        _split = new RegionSplit(function);
        _regions = [.. _split.Regions.Select(region => RegionMethod.Compile(function, _split, region))];
        _packer = ArgumentPackers.Emit(entry, unboxer);
    }

    /// <summary>The kernel.</summary>
    public KernelEntry Entry { get; }

    /// <summary>The numbers that <see cref="Pack"/> writes.</summary>
    public int LeafCount { get; }

    /// <summary>Compiles a kernel.</summary>
    /// <param name="method">A closed kernel method.</param>
    /// <param name="unboxer">The static method that turns a boxed argument into a parameter's type; null when unboxing does.</param>
    /// <exception cref="KernelNotSupportedException">The kernel breaks a rule of the kernel language.</exception>
    public static CpuProgram Compile(MethodInfo method, Func<Type, MethodInfo?> unboxer)
    {
        ArgumentNullException.ThrowIfNull(unboxer);
        IrFunction function = KernelCompiler.CompileScalar(method);
        return new CpuProgram(KernelEntry.Read(method), function, unboxer);
    }

    /// <summary>Takes boxed arguments apart; whoever launches keeps their memory alive until the kernel has ended.</summary>
    /// <param name="arguments">A value for each parameter, without the index.</param>
    /// <param name="target">Room for <see cref="LeafCount"/> numbers.</param>
    public void Pack(object[] arguments, Span<long> target)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentOutOfRangeException.ThrowIfLessThan(target.Length, LeafCount);
        fixed (long* first = target)
        {
            _packer(arguments, first);
        }
    }

    /// <summary>Runs a kernel with an index for the linear indices from <paramref name="start"/> to below <paramref name="end"/>.</summary>
    /// <param name="leaves">The packed arguments.</param>
    /// <param name="workspace">The calling thread's memory.</param>
    /// <param name="extent">The launch's extent; X varies fastest.</param>
    /// <param name="start">The first linear index.</param>
    /// <param name="end">The linear index after the last.</param>
    public void RunIndices(ReadOnlySpan<long> leaves, CpuWorkspace workspace, Index3D extent, long start, long end)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        workspace.Reserve(_split, 1);
        fixed (long* arguments = leaves)
        {
            while (start < end)
            {
                start += RunBox(arguments, workspace.Frame, extent, start, end);
            }
        }
    }

    /// <summary>Runs groups of a kernel that reads <c>Grid</c> and <c>Group</c>.</summary>
    /// <param name="leaves">The packed arguments.</param>
    /// <param name="workspace">The calling thread's memory.</param>
    /// <param name="config">The launch.</param>
    /// <param name="start">The number of the first group; X varies fastest.</param>
    /// <param name="end">The number after the last.</param>
    /// <exception cref="InvalidOperationException">Work-items of a group reached different barriers.</exception>
    public void RunGroups(ReadOnlySpan<long> leaves, CpuWorkspace workspace, KernelConfig config, long start, long end)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        workspace.Reserve(_split, config.GroupDim.Size);
        CpuFrame* frame = workspace.Frame;
        (frame->StartX, frame->StartY, frame->StartZ) = (0, 0, 0);
        (frame->EndX, frame->EndY, frame->EndZ) = (config.GroupDim.X, config.GroupDim.Y, config.GroupDim.Z);
        (frame->GroupExtentX, frame->GroupExtentY, frame->GroupExtentZ) = (frame->EndX, frame->EndY, frame->EndZ);
        (frame->GridExtentX, frame->GridExtentY, frame->GridExtentZ) = (config.GridDim.X, config.GridDim.Y, config.GridDim.Z);
        fixed (long* arguments = leaves)
        {
            for (long group = start; group < end; group++)
            {
                frame->GridIndexX = (int)(group % config.GridDim.X);
                frame->GridIndexY = (int)(group / config.GridDim.X % config.GridDim.Y);
                frame->GridIndexZ = (int)(group / config.GridDim.X / config.GridDim.Y);
                RunGroup(arguments, frame);
            }
        }
    }

    private void RunGroup(long* arguments, CpuFrame* frame)
    {
        int region = 0;
        while (region >= 0)
        {
            frame->Disagreement = 0;
            region = _regions[region](arguments, frame);
            if (frame->Disagreement != 0)
            {
                throw new InvalidOperationException(
                    $"{Entry.Name}: work-items of a group reached different barriers, but all must reach the same. Move the barrier out of the branch.");
            }
        }
    }

    // The largest box of whole rows from start on, or what is left of a row.
    private long RunBox(long* arguments, CpuFrame* frame, Index3D extent, long start, long end)
    {
        long row = start / extent.X;
        frame->StartX = (int)(start % extent.X);
        frame->StartY = (int)(row % extent.Y);
        frame->StartZ = (int)(row / extent.Y);
        frame->EndZ = frame->StartZ + 1;
        long length = Math.Min(end - start, extent.X - frame->StartX);
        if (length < extent.X)
        {
            frame->EndX = frame->StartX + (int)length;
            frame->EndY = frame->StartY + 1;
        }
        else
        {
            long rows = Math.Min((end - start) / extent.X, extent.Y - frame->StartY);
            frame->EndX = extent.X;
            frame->EndY = frame->StartY + (int)rows;
            length = rows * extent.X;
        }

        _regions[0](arguments, frame);
        return length;
    }
}
