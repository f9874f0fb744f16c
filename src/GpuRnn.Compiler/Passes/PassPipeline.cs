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

        Step("control flow", ControlFlowCleanup.Run);
        for (int round = 0; round < MaximumRounds && function.Instructions.Any(one => one.Opcode == IrOpcode.Alloca); round++)
        {
            Step("memory to registers", MemoryToRegisters.Run);
            Step("scalar replacement", ScalarReplacement.Run);
            Step("folding", Folding.Run);
            Step("control flow", ControlFlowCleanup.Run);
            Step("dead code", DeadCode.Run);
        }

        Step("memory leaves", MemoryLeaves.Run);
        Step("address spaces", AddressSpaces.Run);
        Step("common subexpressions", CommonSubexpressions.Run);
        Step("loop invariants", LoopInvariants.Run);
        Step("folding", Folding.Run);
        Step("common subexpressions", CommonSubexpressions.Run);
        Step("dead code", DeadCode.Run);
        Step("control flow", ControlFlowCleanup.Run);
        Step("uniformity", Uniformity.Run);
    }
}
