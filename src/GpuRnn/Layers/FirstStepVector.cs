using GpuRnn.Devices;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;

namespace GpuRnn.Layers;

/// <summary>A vector at the first step, and zeros at all others: [B, …] becomes [T, B, …].</summary>
/// <remarks>One input, many outputs, in the form in which the first step alone sees the input and the state carries it on (captions, Vinyals et al. 2015).</remarks>
public sealed class FirstStepVector : Layer
{
    /// <summary>Has no parameters.</summary>
    /// <param name="device">Where inputs lie.</param>
    /// <param name="timeSteps">T, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no step.</exception>
    public FirstStepVector(Device device, int timeSteps)
        : base(device)
    {
        ArgumentCheck.AtLeast(timeSteps, 1, nameof(FirstStepVector), nameof(timeSteps), "the number of steps");
        TimeSteps = timeSteps;
    }

    /// <summary>T.</summary>
    public int TimeSteps { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [];

    /// <summary>False: the steps of the output are none of the input's.</summary>
    public override bool KeepsTime => false;

    /// <summary>Copies the input to the first step.</summary>
    public override Tensor Forward(Tape tape, Tensor input) => BeginTime.Forward(tape, input, TimeSteps);
}
