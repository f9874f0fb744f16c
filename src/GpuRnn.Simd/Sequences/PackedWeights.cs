using GpuRnn.Devices.Sequences;
using GpuRnn.KernelModel;

namespace GpuRnn.Simd.Sequences;

/// <summary>Packs the weights of a loop's forward products, and knows when what is packed is what a pass brings.</summary>
/// <param name="products">The products of the step.</param>
/// <param name="inputs">The products of sequences that the loop runs itself.</param>
internal sealed unsafe class PackedWeights(IReadOnlyList<LoopProduct> products, IReadOnlyList<LoopProduct> inputs)
{
    private long? _version;
    private bool _hasInputs;

    /// <summary>True when the pass that <see cref="Begin"/> announced finds its weights packed.</summary>
    public bool IsPacked { get; private set; }

    /// <summary>Announces a forward pass.</summary>
    public void Begin(SequenceForwardArguments arguments)
    {
        IsPacked = _version is not null && _version == arguments.WeightsVersion && (_hasInputs || arguments.Sequences.Count == 0);
        if (!IsPacked)
        {
            // Nothing is packed should the pass fail half way.
            _version = null;
        }
    }

    /// <summary>Tells that the pass's weights are packed.</summary>
    public void End(SequenceForwardArguments arguments)
    {
        if (!IsPacked)
        {
            _version = arguments.WeightsVersion;
            _hasInputs = arguments.Sequences.Count > 0;
        }
    }

    /// <summary>Packs one worker's share for a forward pass.</summary>
    public void PackForward(SequenceForwardArguments arguments, int worker, int workerCount)
    {
        PackForward(products, arguments.Weights, arguments.Biases, worker, workerCount);
        if (arguments.Sequences.Count > 0)
        {
            PackForward(inputs, arguments.SequenceWeights, arguments.SequenceBiases, worker, workerCount);
        }
    }

    /// <summary>Packs one worker's share for a backward pass.</summary>
    public static void PackBackward(IReadOnlyList<LoopProduct> products, SequenceForwardArguments arguments, int worker, int workerCount)
    {
        foreach (LoopProduct product in products)
        {
            float* weight = arguments.Weights[product.Index].HostPointer;
            for (int panel = worker; panel < product.BackwardPanelCount; panel += workerCount)
            {
                product.PackBackward(panel, weight);
            }
        }
    }

    private static void PackForward(
        IReadOnlyList<LoopProduct> products, IReadOnlyList<ArrayView<float>> weights, IReadOnlyList<ArrayView<float>> biases, int worker, int workerCount)
    {
        foreach (LoopProduct product in products)
        {
            float* weight = weights[product.Index].HostPointer;
            ArrayView<float> bias = biases[product.Index];
            for (int panel = worker; panel < product.ForwardPanelCount; panel += workerCount)
            {
                product.PackForward(panel, weight, bias.Length == 0 ? null : bias.HostPointer);
            }
        }
    }
}
