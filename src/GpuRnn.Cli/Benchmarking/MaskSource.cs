using GpuRnn.Devices;
using GpuRnn.Devices.Sequences;
using GpuRnn.KernelModel;
using GpuRnn.Kernels.Elementwise;

namespace GpuRnn.Cli.Benchmarking;

/// <summary>Draws the factors of a step's masks on the device, as a layer does, and keeps those of the pass that is checked.</summary>
internal sealed class MaskSource
{
    private const int Seed = 11;

    private readonly LoadedKernel _dropout;
    private readonly LoadedKernel _fill;
    private long _nextBlock;

    /// <summary>Loads the kernels.</summary>
    public MaskSource(Device device)
    {
        _dropout = device.Load(typeof(Dropout).GetMethod(nameof(Dropout.Forward))!);
        _fill = device.Load(typeof(Fill).GetMethod(nameof(Fill.Forward))!);
    }

    /// <summary>What was drawn since it was made empty; null to keep nothing.</summary>
    public List<(MaskNode Node, float[] Factors)>? Kept { get; set; }

    /// <summary>Draws the factors of one mask.</summary>
    public void Draw(DeviceStream stream, ArrayView<float> factors, MaskNode mask)
    {
        int count = factors.IntLength;
        Draw(stream, factors, count, mask);
        if (Kept is not null)
        {
            // The same numbers once more, where the host can read them.
            using DeviceBuffer<float> copy = stream.Device.Allocate<float>(count);
            Draw(stream, copy.View, count, mask);
            stream.Synchronize();
            float[] values = new float[count];
            copy.CopyTo(values);
            Kept.Add((mask, values));
        }

        _nextBlock += BlockCount(count);
    }

    private static int BlockCount(int count)
    {
        return (count + Dropout.BlockSize - 1) / Dropout.BlockSize;
    }

    private void Draw(DeviceStream stream, ArrayView<float> factors, int count, MaskNode mask)
    {
        _fill.Launch(stream, new Index1D(count), factors, 1.0f);
        _dropout.Launch(
            stream,
            new Index1D(BlockCount(count)),
            factors,
            factors,
            count,
            Dropout.Threshold(mask.DropProbability),
            mask.KeptFactor,
            Seed,
            0,
            _nextBlock);
    }
}
