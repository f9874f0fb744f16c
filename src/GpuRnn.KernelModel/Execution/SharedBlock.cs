namespace GpuRnn.KernelModel.Execution;

/// <summary>Memory that the n-th shared allocation of every work-item of a group means.</summary>
internal sealed record SharedBlock(Type ElementType, int Length, byte[] Bytes);
