using System.Reflection.Emit;
using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Backends.Cpu;

/// <summary>The code of sections in which lanes take different ways: block after block, each for the lanes that have come to it.</summary>
/// <remarks>
/// Each block has a mask of the lanes that wait for it. An edge adds lanes to its target's mask and gives them, and only them, the arguments. A
/// block without lanes is passed over, so that what is the same in all lanes may be computed, and read from memory, as one scalar. A loop runs
/// again while a lane waits for its header.
/// </remarks>
internal sealed class SectionCode(VectorRegion body, VectorPlan plan, VectorCode code)
{
    private readonly ILGenerator _il = body.Il;
    private readonly Dictionary<IrBlock, LocalBuilder> _waiting = [];
    private readonly Dictionary<LaneSection, Label> _begin = [];

    /// <summary>Emits a section; control comes to it by <see cref="Part"/> and <see cref="Enter"/>.</summary>
    internal void Emit(LaneSection section)
    {
        _il.MarkLabel(BeginOf(section));
        Dictionary<IrBlock, Label> again = [];
        foreach (IrBlock block in section.Blocks)
        {
            Label behind = _il.DefineLabel();
            again[block] = _il.DefineLabel();
            _il.MarkLabel(again[block]);
            LocalBuilder mask = Local();
            _il.Emit(OpCodes.Ldloc, WaitingFor(block));
            _il.Emit(OpCodes.Stloc, mask);
            Clear(block);
            IsAny(mask);
            _il.Emit(OpCodes.Brfalse, behind);
            body.Statements(block, mask);
            Terminator(block, mask, behind);
            _il.MarkLabel(behind);
            foreach (IrBlock header in section.LastOf.Where(loop => loop.Value == block).Select(loop => loop.Key)
                .OrderBy(header => plan.Divergence.Loops[header].Count))
            {
                IsAny(WaitingFor(header));
                _il.Emit(OpCodes.Brtrue, again[header]);
            }
        }

        body.Resume(section.Meeting);
    }

    /// <summary>Sends all lanes into a section together.</summary>
    internal void Enter(IrEdge edge)
    {
        LaneSection section = plan.SectionOf(edge.Target)!;
        section.Blocks.ToList().ForEach(Clear);
        LocalBuilder all = Local();
        if (body.Mask is null)
        {
            code.Mask(true);
        }
        else
        {
            _il.Emit(OpCodes.Ldloc, body.Mask);
        }

        _il.Emit(OpCodes.Stloc, all);
        Take((edge, all));
        _il.Emit(OpCodes.Br, BeginOf(section));
    }

    /// <summary>Sends the lanes apart at a branch that all have reached.</summary>
    internal void Part(IrBlock branch)
    {
        LaneSection? section = branch.Edges.Select(edge => plan.SectionOf(edge.Target)).FirstOrDefault(one => one is not null);
        (LocalBuilder whenTrue, LocalBuilder whenFalse) = Split(branch.Condition!, body.Mask);
        section?.Blocks.ToList().ForEach(Clear);
        Take((branch.Edges[0], whenTrue), (branch.Edges[1], whenFalse));
        if (section is null)
        {
            body.Resume(branch.Edges[0].Target);
        }
        else
        {
            _il.Emit(OpCodes.Br, BeginOf(section));
        }
    }

    private LocalBuilder Local() => _il.DeclareLocal(code.Width.Vector(typeof(int)));

    private LocalBuilder WaitingFor(IrBlock block) =>
        _waiting.TryGetValue(block, out LocalBuilder? mask) ? mask : _waiting[block] = Local();

    private Label BeginOf(LaneSection section) => _begin.TryGetValue(section, out Label label) ? label : _begin[section] = _il.DefineLabel();

    private void Clear(IrBlock block)
    {
        code.Mask(false);
        _il.Emit(OpCodes.Stloc, WaitingFor(block));
    }

    private void IsAny(LocalBuilder mask)
    {
        _il.Emit(OpCodes.Ldloc, mask);
        code.Bits();
    }

    private void Terminator(IrBlock block, LocalBuilder mask, Label behind)
    {
        if (block.Edges.Count == 1)
        {
            Take((block.Edges[0], mask));
        }
        else if (block.Condition is IrValue condition && body.Values.IsScalar(condition))
        {
            Label otherwise = _il.DefineLabel();
            body.PushScalar(condition);
            _il.Emit(OpCodes.Brfalse, otherwise);
            Take((block.Edges[0], mask));
            _il.Emit(OpCodes.Br, behind);
            _il.MarkLabel(otherwise);
            Take((block.Edges[1], mask));
        }
        else if (block.Edges.Count == 2)
        {
            (LocalBuilder whenTrue, LocalBuilder whenFalse) = Split(block.Condition!, mask);
            Take((block.Edges[0], whenTrue), (block.Edges[1], whenFalse));
        }
    }

    private (LocalBuilder WhenTrue, LocalBuilder WhenFalse) Split(IrValue condition, LocalBuilder? mask)
    {
        LocalBuilder whenTrue = Local();
        LocalBuilder whenFalse = Local();
        body.Values.Push(condition);
        if (mask is not null)
        {
            _il.Emit(OpCodes.Ldloc, mask);
            code.Call("BitwiseAnd", typeof(int), 2);
        }

        _il.Emit(OpCodes.Stloc, whenTrue);
        if (mask is not null)
        {
            _il.Emit(OpCodes.Ldloc, mask);
            _il.Emit(OpCodes.Ldloc, whenTrue);
            code.Call("Xor", typeof(int), 2);
        }
        else
        {
            _il.Emit(OpCodes.Ldloc, whenTrue);
            code.Call("OnesComplement", typeof(int), 1);
        }

        _il.Emit(OpCodes.Stloc, whenFalse);
        return (whenTrue, whenFalse);
    }

    // All arguments lie on the stack before a parameter changes.
    private void Take(params ReadOnlySpan<(IrEdge Edge, LocalBuilder Mask)> ways)
    {
        if (ways.Length == 2 && ways[0].Edge.Target == ways[1].Edge.Target)
        {
            TakeBoth(ways[0], ways[1]);
            return;
        }

        foreach ((IrEdge edge, LocalBuilder mask) in ways)
        {
            for (int i = 0; i < edge.Arguments.Count; i++)
            {
                Push(edge.Target.Parameters[i], (edge.Arguments[i], mask));
            }
        }

        for (int way = ways.Length - 1; way >= 0; way--)
        {
            Pop(ways[way].Edge);
        }

        foreach ((IrEdge edge, LocalBuilder mask) in ways)
        {
            Add(edge.Target, mask);
        }
    }

    private void TakeBoth((IrEdge Edge, LocalBuilder Mask) first, (IrEdge Edge, LocalBuilder Mask) second)
    {
        for (int i = 0; i < first.Edge.Arguments.Count; i++)
        {
            Push(first.Edge.Target.Parameters[i], (first.Edge.Arguments[i], first.Mask), (second.Edge.Arguments[i], second.Mask));
        }

        Pop(first.Edge);
        Add(first.Edge.Target, first.Mask);
        Add(first.Edge.Target, second.Mask);
    }

    private void Push(IrBlockParameter parameter, params ReadOnlySpan<(IrValue Argument, LocalBuilder Mask)> ways)
    {
        if (body.Values.IsScalar(parameter))
        {
            body.PushScalar(ways[0].Argument);
            return;
        }

        LocalBuilder[] vectors = body.Values.Vectors(parameter);
        for (int part = 0; part < vectors.Length; part++)
        {
            foreach ((IrValue argument, LocalBuilder mask) in ways)
            {
                body.PushMask(mask, parameter.Type, part);
                body.Values.Push(argument, part);
            }

            _il.Emit(OpCodes.Ldloc, vectors[part]);
            for (int way = 0; way < ways.Length; way++)
            {
                code.Select(VectorWidth.Element(parameter.Type));
            }
        }
    }

    private void Pop(IrEdge edge)
    {
        for (int i = edge.Target.Parameters.Count - 1; i >= 0; i--)
        {
            IrBlockParameter parameter = edge.Target.Parameters[i];
            if (body.Values.IsScalar(parameter))
            {
                _il.Emit(OpCodes.Stloc, body.ScalarLocal(parameter));
            }
            else
            {
                body.Values.Pop(parameter);
            }
        }
    }

    private void Add(IrBlock target, LocalBuilder mask)
    {
        if (plan.SectionOf(target) is not null)
        {
            _il.Emit(OpCodes.Ldloc, WaitingFor(target));
            _il.Emit(OpCodes.Ldloc, mask);
            code.Call("BitwiseOr", typeof(int), 2);
            _il.Emit(OpCodes.Stloc, WaitingFor(target));
        }
    }
}
