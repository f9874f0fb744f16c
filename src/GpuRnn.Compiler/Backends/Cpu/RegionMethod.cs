using System.Reflection;
using System.Reflection.Emit;
using GpuRnn.Compiler.Backends.Cpu.Interleaving;
using GpuRnn.Compiler.Diagnostics;
using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Backends.Cpu;

/// <summary>The method of one region: loops over the frame's box around the region's code for one work-item.</summary>
internal sealed class RegionMethod
{
    private readonly IrFunction _function;
    private readonly RegionSplit _split;
    private readonly KernelRegion _region;
    private readonly VectorPlan? _plan;
    private readonly DynamicMethod _method;
    private readonly Dictionary<IrParameter, LocalBuilder> _parameters = [];
    private readonly Dictionary<IrValue, LocalBuilder> _keptOnce = [];
    private readonly LocalBuilder[] _place;
    private readonly LocalBuilder _item;
    private readonly LocalBuilder _next;
    private readonly LocalBuilder _firstNext;
    private readonly LocalBuilder? _scratch;

    private RegionMethod(IrFunction function, RegionSplit split, KernelRegion region, VectorPlan? plan, AccessHooks? hooks)
    {
        Hooks = hooks;
        _plan = plan?.Obstacle is null ? plan : null;
        _function = function;
        _split = split;
        _region = region;
        unsafe
        {
            _method = new DynamicMethod(
                $"{function.Name} (region {region.Number})", typeof(int), [typeof(long*), typeof(CpuFrame*)], typeof(RegionMethod).Module, true);
        }

        Il = _method.GetILGenerator();
        _place = [Il.DeclareLocal(typeof(int)), Il.DeclareLocal(typeof(int)), Il.DeclareLocal(typeof(int))];
        _item = Il.DeclareLocal(typeof(nint));
        _next = Il.DeclareLocal(typeof(int));
        _firstNext = Il.DeclareLocal(typeof(int));
        if (_plan is not null)
        {
            _scratch = Il.DeclareLocal(typeof(nint));
            Il.Emit(OpCodes.Ldc_I4, LaneLoop.ScratchBytes(VectorWidth.Widest));
            Il.Emit(OpCodes.Conv_U);
            Il.Emit(OpCodes.Localloc);
            Il.Emit(OpCodes.Stloc, _scratch);
        }
    }

    internal ILGenerator Il { get; }

    internal IrFunction Function => _function;

    internal RegionSplit Split => _split;

    internal KernelRegion Region => _region;

    /// <summary>What accesses to global memory go through; null for memory itself.</summary>
    internal AccessHooks? Hooks { get; }

    /// <param name="function">The kernel.</param>
    /// <param name="split">Its regions.</param>
    /// <param name="region">The one to compile.</param>
    /// <param name="plan">How it runs in vectors; null for one work-item after the other.</param>
    /// <param name="hooks">What accesses to global memory go through; null for memory itself.</param>
    internal static CpuRegion Compile(IrFunction function, RegionSplit split, KernelRegion region, VectorPlan? plan, AccessHooks? hooks = null)
    {
        RegionMethod method = new(function, split, region, plan, hooks);
        method.Emit();
        return method._method.CreateDelegate<CpuRegion>();
    }

    internal void LoadFrame(string field)
    {
        Il.Emit(OpCodes.Ldarg_1);
        Il.Emit(OpCodes.Ldfld, Field(field));
    }

    internal void LoadParameter(IrParameter parameter) => Il.Emit(OpCodes.Ldloc, _parameters[parameter]);

    /// <summary>The work-item's number in its group as a native int, for several work-items of the first.</summary>
    internal void LoadItem() => Il.Emit(OpCodes.Ldloc, _item);

    /// <summary>Pushes the address of the memory through which what has no vector form passes.</summary>
    internal void LoadScratch() => Il.Emit(OpCodes.Ldloc, _scratch!);

    /// <summary>Pushes the value of a kept value that is the same in all work-items, as it was before the region.</summary>
    internal void LoadKeptOnce(IrValue value) => Il.Emit(OpCodes.Ldloc, _keptOnce[value]);

    /// <summary>Pushes what the work-item asks about its place.</summary>
    internal void Query(WorkItemQuery query)
    {
        switch (query)
        {
            case WorkItemQuery.LaneIndex:
                Il.Emit(OpCodes.Ldloc, _item);
                Il.Emit(OpCodes.Conv_I4);
                Il.Emit(OpCodes.Ldc_I4, WarpLanes.Count - 1);
                Il.Emit(OpCodes.And);
                return;
            case WorkItemQuery.WarpIndex:
                Il.Emit(OpCodes.Ldloc, _item);
                Il.Emit(OpCodes.Conv_I4);
                Il.Emit(OpCodes.Ldc_I4, WarpLanes.Shift);
                Il.Emit(OpCodes.Shr);
                return;
            case WorkItemQuery.DynamicSharedBytes:
                LoadFrame(nameof(CpuFrame.DynamicSharedBytes));
                return;
            default:
                break;
        }

        int axis = (int)query % 3;
        string letter = "XYZ"[axis].ToString();
        switch ((int)query / 3)
        {
            case 0 or 1:
                Il.Emit(OpCodes.Ldloc, _place[axis]);
                break;
            case 2:
                LoadFrame($"GroupExtent{letter}");
                break;
            case 3:
                LoadFrame($"GridIndex{letter}");
                break;
            default:
                LoadFrame($"GridExtent{letter}");
                break;
        }
    }

    /// <summary>Pushes the address of an array.</summary>
    internal void ArrayAddress(IrInstruction array)
    {
        long offset = array.Opcode == IrOpcode.DynamicSharedArray ? _split.SharedBytes : _split.OffsetOf(array);
        if (array.Opcode != IrOpcode.LocalArray)
        {
            LoadFrame(nameof(CpuFrame.Shared));
            Offset(offset);
            return;
        }

        // Locals + capacity * offset + item * bytes
        LoadFrame(nameof(CpuFrame.Locals));
        LoadFrame(nameof(CpuFrame.ItemCapacity));
        Il.Emit(OpCodes.Conv_I);
        Il.Emit(OpCodes.Ldc_I8, offset);
        Il.Emit(OpCodes.Conv_I);
        Il.Emit(OpCodes.Mul);
        Il.Emit(OpCodes.Add);
        LoadItem();
        ScalarCode.Scale(Il, LocalArrayBytes(array));
        Il.Emit(OpCodes.Add);
    }

    /// <summary>Bytes from one work-item's array to the next one's.</summary>
    internal static int LocalArrayBytes(IrInstruction array) => (int)ScalarCode.ArrayBytes(array);

    /// <summary>Pushes the address of a value's place among those kept across barriers.</summary>
    internal void KeptAddress(IrValue value) => KeptAddress(value, LoadItem);

    /// <summary>Pushes the value that a work-item of the warp offers.</summary>
    /// <param name="shuffle">The collective.</param>
    /// <param name="lane">Pushes the lane's number.</param>
    /// <param name="item">Pushes the number in the group of the work-item that asks.</param>
    internal void Shuffle(IrInstruction shuffle, Action lane, Action item)
    {
        KeptAddress(shuffle.Operands[0], () =>
        {
            lane();
            item();
            Il.Emit(OpCodes.Conv_I4);
            LoadFrame(nameof(CpuFrame.GroupSize));
            Il.Emit(OpCodes.Call, typeof(WarpLanes).GetMethod(nameof(WarpLanes.Source), BindingFlags.Static | BindingFlags.NonPublic)!);
            Il.Emit(OpCodes.Conv_I);
        });
        ScalarCode.LoadKept(Il, shuffle.Type);
    }

    private void KeptAddress(IrValue value, Action item)
    {
        int slot = _split.SlotOf(value);
        if (!_split.IsSpilled(value))
        {
            LoadFrame(nameof(CpuFrame.Uniforms));
            Offset(8L * slot);
            return;
        }

        LoadFrame(nameof(CpuFrame.Spill));
        LoadFrame(nameof(CpuFrame.SpillStride));
        Il.Emit(OpCodes.Ldc_I4, slot);
        Il.Emit(OpCodes.Conv_I8);
        Il.Emit(OpCodes.Mul);
        Il.Emit(OpCodes.Conv_I);
        Il.Emit(OpCodes.Add);
        item();
        ScalarCode.Scale(Il, ScalarCode.KeptBytes(value.Type));
        Il.Emit(OpCodes.Add);
    }

    /// <summary>What is stored where the region ends, once for each end.</summary>
    internal IEnumerable<IrValue> KeptBehind() => _region.Blocks
        .SelectMany(block => block.Edges)
        .SelectMany(edge => _split.Crossing(edge)?.Kept ?? [])
        .Where(value => !PassesBy(value));

    /// <summary>True for a kept value that the region leaves in its place.</summary>
    internal bool PassesBy(IrValue value) => _region.Kept.Contains(value) && !_region.Defined.Contains(value);

    /// <summary>What the region reads: operands, conditions, and what it stores at its ends.</summary>
    internal HashSet<IrValue> Read() =>
    [
        .. _region.Blocks.SelectMany(block => block.Instructions.SelectMany(Operands)
            .Concat(block.Edges.SelectMany(edge => edge.Arguments)).Append(block.Condition!)),
        .. _region.Recomputed.SelectMany(one => one.Operands),
        .. KeptBehind(),
    ];

    // The offered value of a collective is read in its place, that of another work-item.
    private static IEnumerable<IrValue> Operands(IrInstruction instruction) =>
        instruction.Opcode == IrOpcode.WarpShuffle ? instruction.Operands.Skip(1) : instruction.Operands;

    /// <summary>Notes which region follows; the work-item's code then goes to its end.</summary>
    internal void SetNext(int region)
    {
        Il.Emit(OpCodes.Ldc_I4, region);
        Il.Emit(OpCodes.Stloc, _next);
    }

    internal InternalCompilerException Defect(string rule) => new(_function.Name, rule, IrPrinter.Print(_function));

    private static FieldInfo Field(string name) => typeof(CpuFrame).GetField(name, BindingFlags.Instance | BindingFlags.NonPublic)!;

    private void Offset(long bytes)
    {
        Il.Emit(OpCodes.Ldc_I8, bytes);
        Il.Emit(OpCodes.Conv_I);
        Il.Emit(OpCodes.Add);
    }

    private void Emit()
    {
        Il.Emit(OpCodes.Ldc_I4, int.MinValue);
        Il.Emit(OpCodes.Stloc, _firstNext);
        ReadParameters();
        HashSet<IrValue> read = Read();
        foreach (IrValue value in _region.Kept.Where(value => !_split.IsSpilled(value) && read.Contains(value)))
        {
            _keptOnce[value] = Il.DeclareLocal(ScalarCode.ClrType(value.Type));
            KeptAddress(value);
            ScalarCode.LoadKept(Il, value.Type);
            Il.Emit(OpCodes.Stloc, _keptOnce[value]);
        }

        Loop(2, () => Loop(1, Row));
        Il.Emit(OpCodes.Ldloc, _next);
        Il.Emit(OpCodes.Ret);
    }

    private void Row()
    {
        FirstItem();
        LoadFrame(nameof(CpuFrame.StartX));
        Il.Emit(OpCodes.Stloc, _place[0]);
        if (_plan is not null)
        {
            VectorRows.Emit(this, _plan);
            return;
        }

        Label end = Il.DefineLabel();
        While(1, true, end, new ScalarRegion(this).Emit);
        Il.MarkLabel(end);
    }

    /// <summary>Runs a row's work-items in steps, from where the row has come to: while a whole step fits, or while work-items are left.</summary>
    internal void While(int step, bool isWhole, Label behind, Action body)
    {
        Label again = Il.DefineLabel();
        void Compare(OpCode branch, Label target)
        {
            LoadLeft();
            Il.Emit(OpCodes.Ldc_I4, isWhole ? step : 1);
            Il.Emit(branch, target);
        }

        Compare(OpCodes.Blt, behind);
        Il.MarkLabel(again);
        Note(0);
        body();
        Agree();
        Il.Emit(OpCodes.Ldloc, _item);
        Il.Emit(OpCodes.Ldc_I4, step);
        Il.Emit(OpCodes.Conv_I);
        Il.Emit(OpCodes.Add);
        Il.Emit(OpCodes.Stloc, _item);
        Il.Emit(OpCodes.Ldloc, _place[0]);
        Il.Emit(OpCodes.Ldc_I4, step);
        Il.Emit(OpCodes.Add);
        Il.Emit(OpCodes.Stloc, _place[0]);
        Compare(OpCodes.Bge, again);
    }

    /// <summary>Pushes the count of work-items that are left in the row.</summary>
    internal void LoadLeft()
    {
        LoadFrame(nameof(CpuFrame.EndX));
        Il.Emit(OpCodes.Ldloc, _place[0]);
        Il.Emit(OpCodes.Sub);
    }

    /// <summary>Notes which of several work-items runs, for the message of a fault.</summary>
    /// <param name="lane">Pushes its number behind the first.</param>
    internal void NoteLane(Action lane)
    {
        Il.Emit(OpCodes.Ldarg_1);
        Il.Emit(OpCodes.Ldloc, _place[0]);
        lane();
        Il.Emit(OpCodes.Add);
        Il.Emit(OpCodes.Stfld, Field(nameof(CpuFrame.CurrentX)));
    }

    // The launch never asks for an empty box, so the test stands at the end.
    private void Loop(int axis, Action body)
    {
        string letter = "XYZ"[axis].ToString();
        Label again = Il.DefineLabel();
        LoadFrame($"Start{letter}");
        Il.Emit(OpCodes.Stloc, _place[axis]);
        Il.MarkLabel(again);
        Note(axis);
        body();
        Il.Emit(OpCodes.Ldloc, _place[axis]);
        Il.Emit(OpCodes.Ldc_I4_1);
        Il.Emit(OpCodes.Add);
        Il.Emit(OpCodes.Stloc, _place[axis]);
        Il.Emit(OpCodes.Ldloc, _place[axis]);
        LoadFrame($"End{letter}");
        Il.Emit(OpCodes.Blt, again);
    }

    private void Note(int axis)
    {
        Il.Emit(OpCodes.Ldarg_1);
        Il.Emit(OpCodes.Ldloc, _place[axis]);
        Il.Emit(OpCodes.Stfld, Field($"Current{"XYZ"[axis]}"));
    }

    // item = (z * extentY + y) * extentX + startX in a group; launches by index keep nothing for each work-item.
    private void FirstItem()
    {
        if (_function.LaunchDimensions > 0)
        {
            Il.Emit(OpCodes.Ldc_I4_0);
            Il.Emit(OpCodes.Conv_I);
            Il.Emit(OpCodes.Stloc, _item);
            return;
        }

        Il.Emit(OpCodes.Ldloc, _place[2]);
        LoadFrame(nameof(CpuFrame.GroupExtentY));
        Il.Emit(OpCodes.Mul);
        Il.Emit(OpCodes.Ldloc, _place[1]);
        Il.Emit(OpCodes.Add);
        LoadFrame(nameof(CpuFrame.GroupExtentX));
        Il.Emit(OpCodes.Mul);
        LoadFrame(nameof(CpuFrame.StartX));
        Il.Emit(OpCodes.Add);
        Il.Emit(OpCodes.Conv_I);
        Il.Emit(OpCodes.Stloc, _item);
    }

    // Disagreement |= next ^ firstNext, where a region has several ways out.
    private void Agree()
    {
        int ways = _region.Blocks.SelectMany(block => block.Edges.Count == 0 ? [-1] : block.Edges.Select(edge => _split.Crossing(edge)?.Number ?? -2))
            .Where(way => way >= -1).Distinct().Count();
        if (ways < 2)
        {
            return;
        }

        Label known = Il.DefineLabel();
        Il.Emit(OpCodes.Ldloc, _firstNext);
        Il.Emit(OpCodes.Ldc_I4, int.MinValue);
        Il.Emit(OpCodes.Bne_Un, known);
        Il.Emit(OpCodes.Ldloc, _next);
        Il.Emit(OpCodes.Stloc, _firstNext);
        Il.MarkLabel(known);
        Il.Emit(OpCodes.Ldarg_1);
        LoadFrame(nameof(CpuFrame.Disagreement));
        Il.Emit(OpCodes.Ldloc, _next);
        Il.Emit(OpCodes.Ldloc, _firstNext);
        Il.Emit(OpCodes.Xor);
        Il.Emit(OpCodes.Or);
        Il.Emit(OpCodes.Stfld, Field(nameof(CpuFrame.Disagreement)));
    }

    private void ReadParameters()
    {
        HashSet<IrValue> used = Read();
        for (int i = 0; i < _function.Parameters.Count; i++)
        {
            IrParameter parameter = _function.Parameters[i];
            if (!used.Contains(parameter))
            {
                continue;
            }

            _parameters[parameter] = Il.DeclareLocal(ScalarCode.ClrType(parameter.Type));
            Il.Emit(OpCodes.Ldarg_0);
            Offset(8L * i);
            ScalarCode.LoadKept(Il, parameter.Type);
            Il.Emit(OpCodes.Stloc, _parameters[parameter]);
        }
    }
}
