using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Tensors;

namespace GpuRnn.Tests.Training;

/// <summary>Passes its input on and counts the time steps that went through.</summary>
internal sealed class StepCountingLayer(Device device) : Layer(device)
{
    public int Steps { get; private set; }

    public override IReadOnlyList<Parameter> Parameters => [];

    public override bool CanBeCutInTime => true;

    public override Tensor Forward(Tape tape, Tensor input)
    {
        Steps += input.Shape[0];
        return input;
    }
}
