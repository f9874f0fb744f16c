using GpuRnn.Devices;
using GpuRnn.Devices.Sequences;
using GpuRnn.KernelModel;
using GpuRnn.Kernels.Recurrent;

namespace GpuRnn.Scheduling;

/// <summary>The normalisations of a loop of plain launches: one kernel each, with what it keeps of every step.</summary>
internal sealed class StepwiseNormalisation : IDisposable
{
    private readonly StepGraph _graph;
    private readonly StepwiseMemory _memory;
    private readonly LoadedKernel? _forward;
    private readonly LoadedKernel? _backward;
    private readonly PlanMemory _kept;
    private readonly Dictionary<NormalisationNode, (PlanRegion Normalised, PlanRegion Factors)> _regions = [];
    private readonly int[] _inputOffsets;
    private readonly int[] _productOffsets;

    /// <summary>Allocates what is kept; nothing for a graph without normalisations.</summary>
    public StepwiseNormalisation(Device device, SequenceLoopRequest request, StepwiseMemory memory)
    {
        _graph = request.Graph;
        _memory = memory;
        _inputOffsets = [.. _graph.InputSlotOffsets];
        _productOffsets = [.. _graph.ProductSlotOffsets];
        _kept = new PlanMemory(device);
        int rows = request.Layout.TotalRows;
        foreach (NormalisationNode node in _graph.Normalisations)
        {
            long factors = node.Axis == ReductionAxis.Row ? rows : (long)request.Layout.TimeSteps * node.Width;
            _regions.Add(node, (_kept.Reserve(rows, node.Width), _kept.Reserve(factors, 1)));
        }

        if (_regions.Count > 0)
        {
            _kept.Commit();
            _forward = device.Load(typeof(Normalise).GetMethod(nameof(Normalise.Forward))!);
            _backward = device.Load(typeof(Normalise).GetMethod(nameof(Normalise.Backward))!);
        }
    }

    /// <summary>Runs a node on the rows of a step.</summary>
    public void Forward(DeviceStream stream, SequenceForwardArguments arguments, NormalisationNode node, LoopRows.Step step)
    {
        bool isRow = node.Axis == ReductionAxis.Row;
        RowsView target = node.Source switch
        {
            NormalisationSource.Inputs => _memory.Inputs.FromColumn(_inputOffsets[node.First]),
            NormalisationSource.Products => _memory.Products.Rows.FromColumn(_productOffsets[node.First]),
            _ => _memory.Value(node.Target),
        };
        RowsView source = node.IsInPlace ? target : node.Source == NormalisationSource.State ? _memory.Next(node.First) : _memory.Value(node.First);
        (PlanRegion normalised, PlanRegion factors) = _regions[node];
        ArrayView<float> parameters = _memory.Parameters.View;
        ArrayView<float> Statistic(int? number) => number is int one ? arguments.Statistics[one] : parameters;
        (int vectors, int length) = isRow ? (step.Count, node.Width) : (node.Width, step.Count);
        _forward!.Launch(
            stream,
            new Index1D(vectors),
            source.Memory,
            target.Memory,
            parameters,
            normalised.View,
            factors.View,
            Statistic(node.Statistics?.Mean),
            Statistic(node.Statistics?.Variance),
            length,
            0,
            isRow ? source.RowStride : 1,
            isRow ? 1 : source.RowStride,
            0,
            isRow ? target.RowStride : 1,
            isRow ? 1 : target.RowStride,
            _memory.ParameterOffset(node.Gain) + node.FirstElement,
            node.Shift is int shift ? _memory.ParameterOffset(shift) + node.FirstElement : -1,
            isRow ? 0 : 1,
            isRow ? 1 : 0,
            step.FirstRow * node.Width,
            FirstFactor(node, step),
            node.StatisticsElement(step.Order),
            Mode(node),
            NormalisationNode.Epsilon,
            NormalisationNode.Momentum);
    }

    /// <summary>Runs a node's gradient on the rows of a step.</summary>
    public void Backward(DeviceStream stream, NormalisationNode node, LoopRows.Step step)
    {
        bool isRow = node.Axis == ReductionAxis.Row;
        RowsView results = node.Source switch
        {
            NormalisationSource.Inputs => _memory.InputGradients.FromColumn(_inputOffsets[node.First]),
            NormalisationSource.Products => _memory.ProductGradient(node.First),
            _ => _memory.ValueGradient(node.Target),
        };
        RowsView gradients = node.IsInPlace ? results : node.Source == NormalisationSource.State ? _memory.NextGradient(node.First) : _memory.ValueGradient(node.First);
        (PlanRegion normalised, PlanRegion factors) = _regions[node];
        RowsView parameterGradients = _memory.ParameterGradients.Rows;
        (int vectors, int length) = isRow ? (step.Count, node.Width) : (node.Width, step.Count);
        _backward!.Launch(
            stream,
            new Index1D(vectors),
            results.Memory,
            gradients.Memory,
            _memory.Parameters.View,
            parameterGradients.Memory,
            normalised.View,
            factors.View,
            length,
            0,
            isRow ? results.RowStride : 1,
            isRow ? 1 : results.RowStride,
            0,
            isRow ? gradients.RowStride : 1,
            isRow ? 1 : gradients.RowStride,
            _memory.ParameterOffset(node.Gain) + node.FirstElement,
            isRow ? 0 : 1,
            isRow ? 1 : 0,
            _memory.ParameterOffset(node.Gain) + node.FirstElement,
            node.Shift is int shift ? _memory.ParameterOffset(shift) + node.FirstElement : -1,
            isRow ? parameterGradients.RowStride : 1,
            isRow ? 1 : 0,
            step.FirstRow * node.Width,
            FirstFactor(node, step),
            Mode(node),
            node.IsInPlace ? 0 : 1);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _kept.Dispose();
    }

    private static int Mode(NormalisationNode node)
    {
        return node.Statistics is null ? Normalise.NoStatistics
            : node.Statistics.IsFrozen ? Normalise.FrozenStatistics
            : Normalise.MovingStatistics;
    }

    private static int FirstFactor(NormalisationNode node, LoopRows.Step step)
    {
        return node.Axis == ReductionAxis.Row ? step.FirstRow : step.Order * node.Width;
    }
}
