namespace GpuRnn.KernelModel.Execution;

/// <summary>What the groups of a cooperative launch share.</summary>
internal sealed class LaunchState
{
    private volatile bool _isAborted;

    /// <summary>True once a group has failed: the others must not wait for it.</summary>
    internal bool IsAborted => _isAborted;

    internal void Abort() => _isAborted = true;
}
