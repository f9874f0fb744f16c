using System.Reflection;
using GpuRnn.Compiler;
using GpuRnn.Compiler.Diagnostics;
using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Recurrent;

namespace GpuRnn.Scheduling.Derivatives;

/// <summary>All that a step function does, from one run of it on <see cref="Traced"/>.</summary>
internal sealed class StepTrace
{
    private readonly SortedDictionary<int, Term> _states = [];
    private readonly SortedDictionary<int, Term> _values = [];
    private readonly List<Term> _reads = [];

    private StepTrace()
    {
    }

    private interface IRun
    {
        void Run(StepTrace trace);
    }

    /// <summary>What it reads from slots that it did not write itself, each once, in order.</summary>
    public IReadOnlyList<Term> Reads => _reads;

    /// <summary>The states that it writes.</summary>
    public IReadOnlyDictionary<int, Term> States => _states;

    /// <summary>The values that it writes.</summary>
    public IReadOnlyDictionary<int, Term> Values => _values;

    /// <summary>Runs a function once.</summary>
    /// <param name="function">A struct that implements <see cref="IStepFunction"/>.</param>
    /// <exception cref="KernelNotSupportedException">The function is no kernel code, so that one run might not show all that it does.</exception>
    public static StepTrace Of(Type function)
    {
        // Kernel code reads no state that changes and calls nothing that does more than compute: every run does what one run does.
        MethodInfo kernel = typeof(StepNodeForward).GetMethod(nameof(StepNodeForward.Forward))!;
        KernelCompiler.Describe(kernel.MakeGenericMethod(function));
        StepTrace trace = new();
        ((IRun)Activator.CreateInstance(typeof(FunctionRun<>).MakeGenericType(function))!).Run(trace);
        return trace;
    }

    /// <summary>The slots of a kind that it reads, in order.</summary>
    public IEnumerable<int> SlotsOf(TermKind kind) => _reads.Where(read => read.Kind == kind).Select(read => read.Slot).Order();

    /// <summary>Notes a read; what the function wrote itself is what it wrote.</summary>
    internal Traced Read(TermKind kind, int slot)
    {
        Term? written = null;
        if (Written(kind)?.TryGetValue(slot, out written) == true)
        {
            return new Traced(written!);
        }

        Term? term = _reads.Find(read => read.Kind == kind && read.Slot == slot);
        if (term is null)
        {
            term = new Term(kind, slot, 0.0f);
            _reads.Add(term);
        }

        return new Traced(term);
    }

    /// <summary>Notes what a state or value becomes; the last write counts.</summary>
    internal void Write(TermKind kind, int slot, Traced value)
    {
        Written(kind)![slot] = value.Term;
    }

    private SortedDictionary<int, Term>? Written(TermKind kind) => kind switch
    {
        TermKind.NextState => _states,
        TermKind.Value => _values,
        _ => null,
    };

    private sealed class FunctionRun<TFunction> : IRun
        where TFunction : struct, IStepFunction
    {
        public void Run(StepTrace trace)
        {
            TracedSlots slots = new(trace);
            TFunction.Forward<Traced, TracedSlots>(ref slots);
        }
    }
}
