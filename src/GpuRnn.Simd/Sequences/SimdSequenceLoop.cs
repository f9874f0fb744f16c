using GpuRnn.Devices;
using GpuRnn.Devices.Cpu;
using GpuRnn.Devices.Sequences;
using GpuRnn.Simd.Lanes;

namespace GpuRnn.Simd.Sequences;

/// <summary>One cell's time loop on the CPU: tiles of the step product stay in registers and scratch, and the node's mathematics follows at once.</summary>
/// <remarks>
/// A phase is a pointwise node with the products that feed it. Threads own rows (and never meet) or units (and meet after each part of
/// a step). Weights are packed at the start of a call, unless the arguments promise the version that is packed already. Each sum runs in one order whatever the split, so results do not depend on it,
/// except the gradients of learned per-unit vectors, which are summed worker by worker.
/// </remarks>
internal sealed unsafe class SimdSequenceLoop<TLane> : ISequenceLoop, ITeamWork
    where TLane : struct, IVectorLane<TLane>
{
    private readonly Lock _gate = new();
    private readonly CpuDevice _device;
    private readonly SequenceLoopRequest _request;
    private readonly IReadOnlyList<LoopPhase> _phases;
    private readonly IReadOnlyList<LoopProduct> _products;
    private readonly LoopSplit _split;
    private readonly LoopBuffers _buffers;
    private readonly ForwardPass<TLane> _forward;
    private readonly BackwardPass<TLane>? _backward;
    private readonly InferenceMemory? _inferenceMemory;
    private readonly InferencePass<TLane>? _inference;
    private readonly PackedWeights _packed;
    private readonly SpinBarrier _single = new(1);
    private readonly int _workers;
    private readonly bool _sumsRowsByWorker;
    private readonly int _fewestPanels;
    private readonly int _fewestBackwardPanels;
    private SequenceForwardArguments? _forwardArguments;
    private SequenceBackwardArguments? _backwardArguments;

    /// <summary>Prepares the loop.</summary>
    public SimdSequenceLoop(CpuDevice device, SequenceLoopRequest request, LoopSplit? split)
    {
        _device = device;
        _request = request;
        int workerCount = device.Team.WorkerCount;
        string reason = "as asked for";
        _split = split ?? LoopSplitTable.Choose(request, device.Profile, workerCount, out reason);
        _workers = _split == LoopSplit.Single ? 1 : workerCount;
        _phases = LoopPhase.Create<TLane>(request.Graph, _split, _workers);
        _products = [.. _phases.SelectMany(phase => phase.Products)];
        _sumsRowsByWorker = _phases.Any(phase => phase.IsStaged && phase.NormalisesRows);
        _fewestPanels = _phases.Min(phase => phase.PanelCount);
        _fewestBackwardPanels = _products.Select(product => product.BackwardPanelCount).DefaultIfEmpty(int.MaxValue).Min();
        _buffers = new LoopBuffers(device, request, _phases, _workers);
        LoopContext context = new(request, _phases, _buffers, _split);
        _forward = new ForwardPass<TLane>(context);
        _backward = request.NeedsGradient ? new BackwardPass<TLane>(context) : null;
        _inferenceMemory = InferenceMemory.Create<TLane>(device, request, _phases, _split, _workers);
        _inference = _inferenceMemory is null ? null : new InferencePass<TLane>(context, _inferenceMemory);
        _packed = new PackedWeights(_products, _inferenceMemory?.Inputs ?? []);
        Description =
        [
            $"{_workers} thread{(_workers == 1 ? string.Empty : "s")}, {TLane.Count * 32}-bit registers, {_phases.Count} fused phase{(_phases.Count == 1 ? string.Empty : "s")} a step",
            reason,
            .. request.Precision == ProductPrecision.Single ? Array.Empty<string>() : [$"weights rounded to {request.Precision}, products and sums in single precision"],
        ];
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Description { get; }

    /// <inheritdoc/>
    public bool MultipliesSequences => _inference is not null;

    /// <inheritdoc/>
    public void Forward(DeviceStream stream, SequenceForwardArguments arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        lock (_gate)
        {
            _forwardArguments = arguments;
            _backwardArguments = null;
            _packed.Begin(arguments);
            Start();
            _packed.End(arguments);
        }
    }

    /// <inheritdoc/>
    public void Backward(DeviceStream stream, SequenceBackwardArguments arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        if (_backward is null)
        {
            throw new InvalidOperationException(
                $"SimdSequenceLoop.Backward: the loop of cell '{_request.Graph.Name}' was prepared for inference, but a backward pass needs gradients. Prepare it with NeedsGradient: true.");
        }

        lock (_gate)
        {
            _forwardArguments = arguments.Forward;
            _backwardArguments = arguments;
            Start();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _inferenceMemory?.Dispose();
        _buffers.Dispose();
    }

    /// <inheritdoc/>
    void ITeamWork.Run(int worker, int workerCount, SpinBarrier barrier) => Run(worker, workerCount, barrier);

    // Where workers that own units also share the rows of a normalisation, the bits of its gain's gradient depend on how many they are. Where they are more than
    // panels, some wait all the time, and that says nothing of other programs.
    private bool StaysTogether => _split == LoopSplit.HiddenUnits
        && ((_backwardArguments is not null && _sumsRowsByWorker)
            || (_backwardArguments is null ? _fewestPanels : Math.Min(_fewestPanels, _fewestBackwardPanels)) < _workers);

    private void Start()
    {
        if (_split == LoopSplit.Single)
        {
            Run(0, 1, _single);
        }
        else
        {
            if (StaysTogether)
            {
                _device.Team.Run(this);
            }
            else
            {
                _device.Team.RunAny(this);
            }
        }

        _forwardArguments = null;
        _backwardArguments = null;
    }

    private void Run(int worker, int workerCount, SpinBarrier barrier)
    {
        if (_backwardArguments is not null)
        {
            PackedWeights.PackBackward(_products, _forwardArguments!, worker, workerCount);
            barrier.Wait(); // After this: all weights are packed.
        }
        else if (!_packed.IsPacked)
        {
            _packed.PackForward(_forwardArguments!, worker, workerCount);
            barrier.Wait(); // After this: all weights are packed.
        }

        if (_split != LoopSplit.BatchRows || workerCount == _workers)
        {
            RunPass(worker, workerCount, barrier);
            return;
        }

        // Alone: one share after another, so that sums over rows have the same bits; the first worker, which adds up what the others left, comes last.
        for (int share = _workers - 1; share >= 0; share--)
        {
            RunPass(share, _workers, barrier);
        }
    }

    private void RunPass(int worker, int workerCount, SpinBarrier barrier)
    {
        if (_backwardArguments is not null)
        {
            _backward!.Run(_backwardArguments, worker, workerCount, barrier);
        }
        else if (_inference is not null)
        {
            _inference.Run(_forwardArguments!, worker, workerCount, barrier);
        }
        else
        {
            _forward.Run(_forwardArguments!, worker, workerCount, barrier);
        }
    }
}
