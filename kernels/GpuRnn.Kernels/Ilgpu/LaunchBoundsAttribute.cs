using System;

namespace GpuRnn.Kernels.Ilgpu;

/// <summary>Stands for the model's LaunchBoundsAttribute in the ILGPU build, whose compiler makes nothing of it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LaunchBoundsAttribute : Attribute
{
    /// <summary>Bounds a group.</summary>
    public LaunchBoundsAttribute(int maximumGroupSize)
    {
        MaximumGroupSize = maximumGroupSize;
    }

    /// <summary>The work-items of a group at most.</summary>
    public int MaximumGroupSize { get; }

    /// <summary>The groups that a multiprocessor shall be able to hold at once.</summary>
    public int MinimumGroupsPerMultiprocessor { get; init; }
}
