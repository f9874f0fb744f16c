using System.Reflection;
using System.Reflection.Emit;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Scheduling.Derivatives;

/// <summary>Writes one pass of a node, as a compiler writes formulas: what is used once stays on the stack, all else is a local.</summary>
/// <remarks>
/// Nothing is written to a slot before all are read, because an executor may let what is written lie on what was read. Fewer locals matter:
/// the run time stops inlining in a method that has many, and calls of lanes would stay calls.
/// </remarks>
internal sealed class PassEmitter(ILGenerator code, Type lane, Type slots, Type laneInterface, Type slotsInterface, Type openSlots)
{
    private readonly Dictionary<Term, LocalBuilder> _locals = [];
    private readonly Dictionary<Term, int> _uses = [];
    private int _unreadSlots;

    /// <summary>Writes the pass.</summary>
    /// <param name="writes">What it writes.</param>
    /// <param name="slotOf">The slot that holds a term, null for what is computed.</param>
    public void Emit(IReadOnlyList<SlotWrite> writes, Func<Term, (string Method, int Slot)?> slotOf)
    {
        foreach (SlotWrite write in writes)
        {
            // What is written is a local.
            Count(write.Term, slotOf);
            _uses[write.Term]++;
        }

        List<SlotWrite> waiting = [];
        foreach (SlotWrite write in writes)
        {
            if (!_locals.ContainsKey(write.Term))
            {
                Load(write.Term, slotOf);
                code.Emit(OpCodes.Pop);
            }

            waiting.Add(write);
            if (_unreadSlots == 0)
            {
                waiting.ForEach(Write);
                waiting.Clear();
            }
        }

        code.Emit(OpCodes.Ret);
    }

    private void Write(SlotWrite write)
    {
        code.Emit(OpCodes.Ldarg_0);
        code.Emit(OpCodes.Ldc_I4, write.Slot);
        code.Emit(OpCodes.Ldloc, _locals[write.Term]);
        CallSlots(write.Method);
    }

    private void Count(Term term, Func<Term, (string Method, int Slot)?> slotOf)
    {
        _uses[term] = _uses.GetValueOrDefault(term) + 1;
        if (_uses[term] > 1)
        {
            return;
        }

        if (slotOf(term) is not null)
        {
            _unreadSlots++;
            return;
        }

        foreach (Term operand in term.Operands)
        {
            Count(operand, slotOf);
        }
    }

    // Leaves the term on the stack.
    private void Load(Term term, Func<Term, (string Method, int Slot)?> slotOf)
    {
        if (_locals.TryGetValue(term, out LocalBuilder? known))
        {
            code.Emit(OpCodes.Ldloc, known);
            return;
        }

        if (slotOf(term) is (string method, int slot))
        {
            code.Emit(OpCodes.Ldarg_0);
            code.Emit(OpCodes.Ldc_I4, slot);
            CallSlots(method);
            _unreadSlots--;
        }
        else if (term.Kind == TermKind.Constant)
        {
            LoadConstant(term.Number);
        }
        else
        {
            foreach (Term operand in term.Operands)
            {
                Load(operand, slotOf);
            }

            CallLane(Method(term.Kind));
        }

        if (_uses[term] > 1)
        {
            LocalBuilder local = code.DeclareLocal(lane);
            _locals.Add(term, local);
            code.Emit(OpCodes.Dup);
            code.Emit(OpCodes.Stloc, local);
        }
    }

    private void LoadConstant(float number)
    {
        if (BitConverter.SingleToInt32Bits(number) == 0)
        {
            CallLane("get_" + nameof(IReal<F64>.Zero));
        }
        else if (number == 1.0f)
        {
            CallLane("get_" + nameof(IReal<F64>.One));
        }
        else
        {
            code.Emit(OpCodes.Ldc_R4, number);
            CallLane(nameof(IReal<F64>.Constant));
        }
    }

    private static string Method(TermKind kind) => kind switch
    {
        TermKind.Add => "op_Addition",
        TermKind.Subtract => "op_Subtraction",
        TermKind.Multiply => "op_Multiply",
        TermKind.Divide => "op_Division",
        TermKind.Negate => "op_UnaryNegation",
        _ => kind.ToString(),
    };

    private void CallLane(string method)
    {
        code.Emit(OpCodes.Constrained, lane);
        code.Emit(OpCodes.Call, Member(laneInterface, typeof(IReal<>), method));
    }

    private void CallSlots(string method)
    {
        code.Emit(OpCodes.Constrained, slots);
        code.Emit(OpCodes.Callvirt, Member(slotsInterface, openSlots, method));
    }

    private static MethodInfo Member(Type closed, Type open, string name) =>
        TypeBuilder.GetMethod(closed, open.GetMethod(name) ?? throw new MissingMethodException(open.Name, name));
}
