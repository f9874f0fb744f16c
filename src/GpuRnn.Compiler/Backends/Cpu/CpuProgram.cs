using System.Reflection;
using GpuRnn.Compiler.Diagnostics;
using GpuRnn.Compiler.Frontend;
using GpuRnn.KernelModel;

namespace GpuRnn.Compiler.Backends.Cpu;

/// <summary>A kernel compiled to machine code of this process: loops over work-items, cut at the barriers.</summary>
/// <remarks>
/// Nothing checks an access to memory, and a work-item is no thread: to step through a kernel, or to find an index out of bounds, run it as
/// plain C#. Safe from several threads, each with a <see cref="CpuWorkspace"/> of its own.
/// </remarks>
public sealed unsafe class CpuProgram
{
    private readonly CpuCode _code;
    private readonly CpuCode? _rows;
    private readonly ArgumentPacker _packer;

    private CpuProgram(KernelEntry entry, Func<Type, MethodInfo?> unboxer)
    {
        Entry = entry;
        (_code, _rows) = CpuCode.Compile(entry);
        LeafCount = _code.Function.Parameters.Count;
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
    public static CpuProgram Compile(MethodInfo method, Func<Type, MethodInfo?> unboxer) => Compile(KernelEntry.Read(method), unboxer);

    /// <summary>Compiles a kernel with the constants of its entry built in.</summary>
    /// <param name="entry">The kernel.</param>
    /// <param name="unboxer">As for a method.</param>
    /// <exception cref="KernelNotSupportedException">The kernel breaks a rule of the kernel language.</exception>
    public static CpuProgram Compile(KernelEntry entry, Func<Type, MethodInfo?> unboxer)
    {
        ArgumentNullException.ThrowIfNull(unboxer);
        return new CpuProgram(entry, unboxer);
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
        CpuFrame* frame = workspace.Frame;
        CpuCode code = _code;
        frame->RowWidth = 0;
        if (_rows is not null && (int)leaves[_rows.Width] >= VectorWidth.Widest.Lanes)
        {
            code = _rows;
            frame->RowWidth = (int)leaves[_rows.Width];
            extent = new Index3D(frame->RowWidth, int.MaxValue, 1);
        }

        workspace.Reserve(code.Split, 1, 0);
        CpuRegion kernel = code.Regions[0];
        fixed (long* arguments = leaves)
        {
            while (start < end)
            {
                start += Place(frame, extent, start, end);
                kernel(arguments, frame);
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
        workspace.Reserve(_code.Split, config.GroupDim.Size, config.SharedMemoryConfig.ArraySize);
        CpuFrame* frame = workspace.Frame;
        frame->RowWidth = 0;
        (frame->GroupExtentX, frame->GroupExtentY, frame->GroupExtentZ) = (config.GroupDim.X, config.GroupDim.Y, config.GroupDim.Z);
        (frame->GridExtentX, frame->GridExtentY, frame->GridExtentZ) = (config.GridDim.X, config.GridDim.Y, config.GridDim.Z);
        fixed (long* arguments = leaves)
        {
            for (long group = start; group < end; group++)
            {
                frame->GridIndexX = (int)(group % config.GridDim.X);
                frame->GridIndexY = (int)(group / config.GridDim.X % config.GridDim.Y);
                frame->GridIndexZ = (int)(group / config.GridDim.X / config.GridDim.Y);
                RunGroup(arguments, frame, config.GroupDim);
            }
        }
    }

    // Warps run one after the other, each until it waits for the group; then all go on.
    private void RunGroup(long* arguments, CpuFrame* frame, Index3D extent)
    {
        int share = _code.Split.HasWarps ? WarpLanes.Count : frame->GroupSize;
        Span<int> next = stackalloc int[(frame->GroupSize + share - 1) / share];
        next.Clear();
        while (next[0] >= 0)
        {
            for (int part = 0; part < next.Length; part++)
            {
                next[part] = RunPart(arguments, frame, extent, next[part], part * share, Math.Min(frame->GroupSize, (part + 1) * share));
            }

            if (next.ContainsAnyExcept(next[0]))
            {
                throw Disagreement();
            }
        }
    }

    private int RunPart(long* arguments, CpuFrame* frame, Index3D extent, int region, int start, int end)
    {
        do
        {
            int next = int.MinValue;
            frame->Disagreement = 0;
            for (long item = start; item < end;)
            {
                item += Place(frame, extent, item, end);
                int following = _code.Regions[region](arguments, frame);
                if (frame->Disagreement != 0 || (next != int.MinValue && next != following))
                {
                    throw Disagreement();
                }

                next = following;
            }

            region = next;
        }
        while (region >= 0 && !_code.Split.Regions[region].WaitsForGroup);
        return region;
    }

    private InvalidOperationException Disagreement() => new(
        $"{Entry.Name}: work-items of a group reached different barriers, but all must reach the same. Move the barrier out of the branch.");

    /// <summary>Sets the frame to the largest box of whole rows from <paramref name="start"/> on, or to what is left of a row.</summary>
    /// <returns>The work-items in the box.</returns>
    private static long Place(CpuFrame* frame, Index3D extent, long start, long end)
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
            return length;
        }

        long rows = Math.Min((end - start) / extent.X, extent.Y - frame->StartY);
        frame->EndX = extent.X;
        frame->EndY = frame->StartY + (int)rows;
        return rows * extent.X;
    }
}
