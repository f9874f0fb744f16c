using GpuRnn.Kernels.Lanes;
using GpuRnn.Kernels.Optimizers;

namespace GpuRnn.Training;

/// <summary>The parameters of one group, as one step of an optimizer sees them.</summary>
internal sealed class UpdateGroup(ParameterGroup settings, int[] members)
{
    public ParameterGroup Settings { get; } = settings;

    /// <summary>Positions among the optimizer's parameters.</summary>
    public int[] Members { get; } = members;

    /// <summary>The group's learning rate at this step.</summary>
    public double LearningRate { get; set; }

    /// <summary>What pulls its parameters towards 0 at this step.</summary>
    public Penalty<F32> Penalty { get; set; }
}
