namespace GpuRnn.KernelModel.Execution;

/// <summary>Ends a work-item because another one of its group failed; never the cause itself.</summary>
internal sealed class GroupAbortedException : Exception
{
    internal GroupAbortedException()
        : base("The group was stopped, because another of its work-items, or another group of the launch, failed.")
    {
    }
}
