using System.Reflection;
using GpuRnn.Devices;
using GpuRnn.Devices.Sequences;
using GpuRnn.KernelModel;
using GpuRnn.Tensors;

namespace GpuRnn.Layers;

/// <summary>The random factors between the layers of a stack and within their steps, from a stream of their own that can be saved.</summary>
internal sealed class RecurrentDropout
{
    private static readonly MethodInfo s_kernel =
        TensorKernels.Method(typeof(Kernels.Elementwise.Dropout), nameof(Kernels.Elementwise.Dropout.Forward));
    private readonly Device _device;
    private ulong _seed;
    private long _nextBlock;

    /// <summary>Draws the seed of the stream where it is needed.</summary>
    /// <param name="device">Where factors are drawn.</param>
    /// <param name="probability">Of dropping an element between two layers.</param>
    /// <param name="hasMasks">True where steps have random factors too.</param>
    /// <param name="random">Decides the stream.</param>
    public RecurrentDropout(Device device, float probability, bool hasMasks, RandomSource random)
    {
        _device = device;
        Probability = probability;
        Fill = (stream, factors) => Draw(factors, Probability, 1.0f / (1.0f - Probability));
        FillMask = (stream, factors, mask) => Draw(factors, mask.DropProbability, mask.KeptFactor);

        // Drawn only where it is used, so that a layer without dropout takes nothing but weights from the source.
        _seed = probability > 0.0f || hasMasks ? random.NextUInt64() : 0;
    }

    public float Probability { get; }

    /// <summary>Writes 0 or 1/(1 − p) to every element and moves on in the stream.</summary>
    public Action<DeviceStream, ArrayView<float>> Fill { get; }

    /// <summary>Writes the factors of a mask of a step and moves on in the stream.</summary>
    public Action<DeviceStream, ArrayView<float>, MaskNode> FillMask { get; }

    public void SaveState(SavedState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.SetInteger("seed", unchecked((long)_seed));
        state.SetInteger("nextBlock", _nextBlock);
    }

    public void LoadState(SavedState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        _seed = unchecked((ulong)state.GetInteger("seed"));
        _nextBlock = state.GetInteger("nextBlock");
    }

    private void Draw(ArrayView<float> factors, float probability, float kept)
    {
        int count = factors.IntLength;
        TensorKernels.Fill(_device, factors, 1.0f);
        long blocks = Tensors.Operations.Dropout.BlockCount(count);
        TensorKernels.Launch(
            _device,
            s_kernel,
            (int)blocks,
            factors,
            factors,
            count,
            Kernels.Elementwise.Dropout.Threshold(probability),
            kept,
            unchecked((int)_seed),
            unchecked((int)(_seed >> 32)),
            _nextBlock);
        _nextBlock += blocks;
    }
}
