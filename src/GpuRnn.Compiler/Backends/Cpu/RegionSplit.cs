using GpuRnn.Compiler.Backends.Cpu.Interleaving;
using GpuRnn.Compiler.Ir;
using GpuRnn.Compiler.Passes;

namespace GpuRnn.Compiler.Backends.Cpu;

/// <summary>Cuts a kernel at its barriers into regions that each run for one work-item after the other.</summary>
/// <remarks>
/// <para>
/// A region begins at the kernel's entry or behind a barrier and holds every block that is reached from there without passing another
/// barrier. A loop with a barrier in it therefore lies in several regions: what follows the barrier, the jump back, the test and what comes
/// before the barrier make one region, and which region follows is what the region's work-items return. The condition is evaluated by
/// each work-item; that it is the same in all of them is what the uniformity pass has demanded.
/// </para>
/// <para>
/// A collective of the warp is a barrier of the warp: every lane puts its value into an array over the work-items, and a region of its own reads
/// the array. Regions of such kernels run warp by warp.
/// </para>
/// <para>
/// A value that is needed behind a barrier is kept in one of three ways: computed again when that is cheap, kept once when it is the same in
/// all work-items of a kernel without collectives, kept in an array over the work-items otherwise.
/// </para>
/// </remarks>
internal sealed class RegionSplit
{
    private readonly IrFunction _function;
    private readonly bool _isInterleaved;
    private readonly HashSet<IrBlock> _atAccess = [];
    private readonly HashSet<IrBlock> _resumed = [];
    private readonly HashSet<IrBlock> _behindGroupBarrier = [];
    private readonly HashSet<IrValue> _offered = [];
    private readonly Dictionary<IrValue, int> _spilled = [];
    private readonly Dictionary<IrValue, int> _uniform = [];
    private readonly Dictionary<IrInstruction, long> _memory = [];

    /// <summary>Cuts the blocks in place.</summary>
    /// <param name="function">Behind all passes.</param>
    /// <param name="isInterleaved">
    /// True to cut before every access to global memory as well, and to keep all values for each work-item: work-items may then be at different
    /// places.
    /// </param>
    internal RegionSplit(IrFunction function, bool isInterleaved = false)
    {
        _function = function;
        _isInterleaved = isInterleaved;
        CutBlocks();
        Flow = new ControlFlow(function);
        Liveness liveness = new(function, Flow);
        (HashSet<IrValue> varying, _) = Uniformity.Analyse(function, one => Uniformity.IsSource(one, false) || one.Opcode == IrOpcode.LocalArray);
        Varying = varying;
        List<IrBlock> entries = [function.Entry, .. Flow.Blocks.Where(_resumed.Contains)];
        Regions = [.. entries.Select((entry, i) => new KernelRegion(i, entry, BlocksFrom(entry), _behindGroupBarrier.Contains(entry), _atAccess.Contains(entry)))];
        foreach (KernelRegion region in Regions.Skip(1))
        {
            ILookup<bool, IrValue> live = liveness.LiveInto(region.Entry).ToLookup(value => !_offered.Contains(value) && Rematerialisation.IsCheap(value));
            region.Recomputed.AddRange(Rematerialisation.Order(live[true]));
            foreach (IrValue value in live[false])
            {
                // A warp, or a work-item, that has gone ahead must not change what the others still read.
                bool isOwn = isInterleaved || HasWarps || varying.Contains(value) || _offered.Contains(value);
                if (isOwn && _spilled.TryAdd(value, SpilledCount))
                {
                    SpilledCount += SlotsOf(value);
                }
                else if (!isOwn && _uniform.TryAdd(value, UniformCount))
                {
                    UniformCount += SlotsOf(value);
                }

                region.Kept.Add(value);
            }
        }

        PlaceMemory();
    }

    internal ControlFlow Flow { get; }

    /// <summary>The regions; the first begins with the kernel.</summary>
    internal IReadOnlyList<KernelRegion> Regions { get; }

    /// <summary>The values that may differ between the work-items of a group.</summary>
    internal IReadOnlySet<IrValue> Varying { get; }

    /// <summary>True when the kernel has collectives, so that its regions run warp by warp.</summary>
    internal bool HasWarps { get; private set; }

    /// <summary>Places of 8 bytes kept for each work-item.</summary>
    internal int SpilledCount { get; private set; }

    /// <summary>Places of 8 bytes kept once a group.</summary>
    internal int UniformCount { get; private set; }

    /// <summary>Bytes of a group's shared arrays.</summary>
    internal long SharedBytes { get; private set; }

    /// <summary>Bytes of a work-item's private arrays.</summary>
    internal long LocalBytes { get; private set; }

    /// <summary>The region that an edge begins because it crosses a barrier; null for an edge inside a region.</summary>
    internal KernelRegion? Crossing(IrEdge edge) => _resumed.Contains(edge.Target) ? Regions.First(region => region.Entry == edge.Target) : null;

    internal bool IsSpilled(IrValue value) => _spilled.ContainsKey(value);

    /// <summary>The number of the first place of the value's array over the work-items, or of those kept once.</summary>
    internal int SlotOf(IrValue value) => _spilled.TryGetValue(value, out int slot) ? slot : _uniform[value];

    /// <summary>Where an array begins: in the group's shared memory, or among the bytes of one work-item.</summary>
    internal long OffsetOf(IrInstruction array) => _memory[array];

    private static int SlotsOf(IrValue value) => Math.Max(1, value.Type.SizeInBytes / sizeof(long));

    private void CutBlocks()
    {
        for (int number = 0; number < _function.Blocks.Count; number++)
        {
            IrBlock block = _function.Blocks[number];
            int cut = block.Instructions.FindIndex(_atAccess.Contains(block) ? 1 : 0, one => one.IsMeeting || (_isInterleaved && AccessHooks.IsAccess(one)));
            if (cut < 0)
            {
                continue;
            }

            IrInstruction meeting = block.Instructions[cut];
            if (!meeting.IsMeeting)
            {
                _atAccess.Add(Behind(block, cut));
                continue;
            }

            IrBlock rest = Behind(block, cut + 1);
            block.Instructions.RemoveAt(cut);
            HasWarps |= meeting.Opcode != IrOpcode.Barrier;
            if (meeting.Opcode == IrOpcode.Barrier)
            {
                _behindGroupBarrier.Add(rest);
            }
            else if (meeting.Opcode == IrOpcode.WarpShuffle)
            {
                CutShuffle(meeting, block, rest);
                number++;
            }
        }
    }

    // A region alone reads what the lanes offer, so that none overwrites it for the next collective before all have read.
    private void CutShuffle(IrInstruction shuffle, IrBlock block, IrBlock rest)
    {
        if (shuffle.Operands[0] is IrConstant or IrParameter)
        {
            _function.Replace(new Dictionary<IrValue, IrValue> { [shuffle] = shuffle.Operands[0] });
            return;
        }

        IrBlock exchange = new(_function.NextId());
        exchange.Append(shuffle);
        exchange.SetJump(new IrEdge(rest));
        block.SetJump(new IrEdge(exchange));
        _function.Blocks.Insert(_function.Blocks.IndexOf(rest), exchange);
        _resumed.Add(exchange);
        _offered.Add(shuffle.Operands[0]);
    }

    private IrBlock Behind(IrBlock block, int first)
    {
        IrBlock rest = new(_function.NextId());
        block.Instructions.Skip(first).ToList().ForEach(rest.Append);
        rest.Condition = block.Condition;
        rest.Edges.AddRange(block.Edges);
        block.Instructions.RemoveRange(first, block.Instructions.Count - first);
        block.SetJump(new IrEdge(rest));
        _function.Blocks.Insert(_function.Blocks.IndexOf(block) + 1, rest);
        _resumed.Add(rest);
        return rest;
    }

    private List<IrBlock> BlocksFrom(IrBlock entry)
    {
        HashSet<IrBlock> inside = [];
        Stack<IrBlock> open = new([entry]);
        while (open.TryPop(out IrBlock? block))
        {
            if (inside.Add(block))
            {
                block.Edges.FindAll(edge => !_resumed.Contains(edge.Target)).ForEach(edge => open.Push(edge.Target));
            }
        }

        // The block behind a barrier comes first, also where a loop makes it follow others of its region.
        return [entry, .. Flow.Blocks.Where(block => block != entry && inside.Contains(block))];
    }

    private void PlaceMemory()
    {
        const int Alignment = 64;
        foreach (IrInstruction array in _function.Instructions.Where(one => one.Opcode is IrOpcode.SharedArray or IrOpcode.LocalArray))
        {
            bool isShared = array.Opcode == IrOpcode.SharedArray;
            long begin = isShared ? SharedBytes : LocalBytes;
            long bytes = ScalarCode.ArrayBytes(array);
            long end = (begin + bytes + Alignment - 1) / Alignment * Alignment;
            _memory[array] = begin;
            SharedBytes = isShared ? end : SharedBytes;
            LocalBytes = isShared ? LocalBytes : end;
        }
    }
}
