using System.Reflection;
using GpuRnn.Devices;
using GpuRnn.KernelModel;
using GpuRnn.Tensors;

namespace GpuRnn.Layers;

/// <summary>The random factors between the layers of a stack, from a stream of their own that can be saved.</summary>
internal sealed class RecurrentDropout
{
    private static readonly MethodInfo s_kernel =
        TensorKernels.Method(typeof(Kernels.Elementwise.Dropout), nameof(Kernels.Elementwise.Dropout.Forward));
    private readonly Device _device;
    private ulong _seed;
    private long _nextBlock;

    public RecurrentDropout(Device device, float probability, RandomSource random)
    {
        _device = device;
        Probability = probability;
        Fill = FillFactors;

        // Drawn only where it is used, so that a layer without dropout takes nothing but weights from the source.
        _seed = probability > 0.0f ? random.NextUInt64() : 0;
    }

    public float Probability { get; }

    /// <summary>Writes 0 or 1/(1 − p) to every element and moves on in the stream.</summary>
    public Action<DeviceStream, ArrayView<float>> Fill { get; }

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

    private void FillFactors(DeviceStream stream, ArrayView<float> factors)
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
            Kernels.Elementwise.Dropout.Threshold(Probability),
            1.0f / (1.0f - Probability),
            unchecked((int)_seed),
            unchecked((int)(_seed >> 32)),
            _nextBlock);
        _nextBlock += blocks;
    }
}
