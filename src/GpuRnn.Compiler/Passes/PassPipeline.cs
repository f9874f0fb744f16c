using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Passes;

/// <summary>The order of the passes, and why it is this one.</summary>
internal static class PassPipeline
{
    // A reference kept in a variable hides the variable it points to, so every round may uncover more.
    private const int MaximumRounds = 16;

    /// <summary>Brings a freshly translated function into the form that backends take.</summary>
    /// <param name="function">Changed in place.</param>
    /// <param name="afterEach">Called with a pass's name behind each; tests verify there.</param>
    internal static void Run(IrFunction function, Action<string>? afterEach = null)
    {
        void Step(string name, Action<IrFunction> pass)
        {
            pass(function);
            afterEach?.Invoke(name);
        }

        bool Changes(string name, Func<IrFunction, bool> pass)
        {
            bool isChanged = pass(function);
            afterEach?.Invoke(name);
            return isChanged;
        }

        Step("control flow", ControlFlowCleanup.Run);
        VariablesToRegisters(function, Step);
        Step("memory leaves", MemoryLeaves.Run);
        bool changed = true;
        while (changed)
        {
            changed = false;
            while (Changes("unrolling", Unrolling.RunOnce))
            {
                changed = true;
                Step("control flow", ControlFlowCleanup.Run);
                VariablesToRegisters(function, Step);
                Step("folding", Folding.Run);
                Step("control flow", ControlFlowCleanup.Run);
            }

            if (Changes("local arrays", LocalArrays.Run))
            {
                changed = true;
                VariablesToRegisters(function, Step);
            }
        }

        Step("address spaces", AddressSpaces.Run);
        Step("common subexpressions", CommonSubexpressions.Run);
        Step("memory forwarding", MemoryForwarding.Run);
        Step("loop invariants", LoopInvariants.Run);
        Step("folding", Folding.Run);
        Step("common subexpressions", CommonSubexpressions.Run);

        // A branch whose ways became equal leaves a dead condition, which may have been all that another branch was there for, and parameters with one
        // argument, which may be constants.
        int size = 0;
        while (size != Size(function))
        {
            size = Size(function);
            Step("dead code", DeadCode.Run);
            Step("control flow", ControlFlowCleanup.Run);
            Step("folding", Folding.Run);
        }

        Step("uniformity", Uniformity.Run);
        Step("waits", Waits.Run);
        Step("read-only writes", ReadOnlyWrites.Run);
    }

    private static int Size(IrFunction function) => function.Blocks.Sum(block => 1 + block.Edges.Count + block.Instructions.Count);

    private static void VariablesToRegisters(IrFunction function, Action<string, Action<IrFunction>> step)
    {
        for (int round = 0; round < MaximumRounds && function.Instructions.Any(one => one.Opcode == IrOpcode.Alloca); round++)
        {
            step("memory to registers", MemoryToRegisters.Run);
            step("scalar replacement", ScalarReplacement.Run);
            step("folding", Folding.Run);
            step("control flow", ControlFlowCleanup.Run);
            step("dead code", DeadCode.Run);
        }
    }
}
