using GpuRnn.Devices;
using GpuRnn.KernelModel;
using GpuRnn.Scheduling;
using GpuRnn.Tensors;

namespace GpuRnn.Layers;

/// <summary>The step of a stateful <see cref="Recurrent"/>: a plan of one time step between two copies of the carried states.</summary>
internal sealed class BoundRecurrent : BoundStep
{
    private readonly SequencePlan _plan;
    private readonly CarriedState _carried;
    private readonly ArrayView<float>[] _parameters;
    private readonly Func<long?> _weightsVersion;
    private readonly Tensor _input;
    private readonly int[][] _shapes;
    private readonly ArrayView<float>[] _initial;
    private readonly ArrayView<float>[] _final;

    /// <summary>Takes the plan over, and allocates the output.</summary>
    /// <param name="plan">Of T = 1, for inference.</param>
    /// <param name="carried">Where the layer keeps its states between passes.</param>
    /// <param name="parameters">The layer's, in the plan's order.</param>
    /// <param name="weightsVersion">Tells the version of the weights, or null where it is not known.</param>
    /// <param name="input">[1, B, I].</param>
    /// <param name="shapes">[L·D, B, width] of each state.</param>
    public BoundRecurrent(
        SequencePlan plan, CarriedState carried, ArrayView<float>[] parameters, Func<long?> weightsVersion, Tensor input, int[][] shapes)
    {
        _plan = plan;
        _carried = carried;
        _parameters = parameters;
        _weightsVersion = weightsVersion;
        _input = input;
        _shapes = shapes;
        _initial = new ArrayView<float>[shapes.Length];
        _final = new ArrayView<float>[shapes.Length];
        Output = Tensor.Zeros(input.Device, 1, input.Shape[1], plan.OutputWidth);
    }

    /// <inheritdoc/>
    public override Tensor Output { get; }

    /// <inheritdoc/>
    public override void Run(DeviceStream stream)
    {
        _carried.BeginStep(_input.Device, _shapes, _initial, _final);
        _plan.Forward(stream, _input.Memory, _parameters, _initial, Output.Memory, _final, _weightsVersion());
        _carried.EndStep();
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _plan.Dispose();
        Output.Dispose();
    }
}
