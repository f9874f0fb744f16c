using GpuRnn.Devices;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;

namespace GpuRnn.Layers;

/// <summary>The same vector at every step: [B, …] becomes [T, B, …].</summary>
/// <remarks>One input, many outputs, in the form in which every step sees the input (the encoder–decoder of Cho et al. 2014).</remarks>
public sealed class RepeatVector : Layer
{
    /// <summary>Has no parameters.</summary>
    /// <param name="device">Where inputs lie.</param>
    /// <param name="timeSteps">T, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no step.</exception>
    public RepeatVector(Device device, int timeSteps)
        : base(device)
    {
        ArgumentCheck.AtLeast(timeSteps, 1, nameof(RepeatVector), nameof(timeSteps), "the number of steps");
        TimeSteps = timeSteps;
    }

    /// <summary>T.</summary>
    public int TimeSteps { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [];

    /// <summary>False: the steps of the output are none of the input's.</summary>
    public override bool KeepsTime => false;

    /// <summary>Copies the input to every step.</summary>
    public override Tensor Forward(Tape tape, Tensor input) => RepeatTime.Forward(tape, input, TimeSteps);
}
