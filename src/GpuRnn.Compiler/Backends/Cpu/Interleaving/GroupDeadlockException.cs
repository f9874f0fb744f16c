namespace GpuRnn.Compiler.Backends.Cpu.Interleaving;

/// <summary>All work-items of a launch wait, and none of them can end the wait of another.</summary>
public sealed class GroupDeadlockException : Exception
{
    internal GroupDeadlockException(string message)
        : base(message)
    {
    }
}
