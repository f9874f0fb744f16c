using GpuRnn.Devices.Cpu;
using GpuRnn.Simd;

namespace GpuRnn.Tests.Tensors;

/// <summary>The CPU with its fast products, as tests of tensors, layers and training open it.</summary>
internal static class TestDevice
{
    /// <summary>Two threads, so that results are the same on every machine that has them.</summary>
    public static CpuDevice Open()
    {
        CpuDevice device = new(new CpuDeviceOptions { ThreadCount = 2 });
        SimdExecutors.Register(device);
        return device;
    }

    /// <summary>Uniform in ±bound from a fixed seed.</summary>
    public static float[] Values(int count, ulong seed, float bound = 1.0f)
    {
        GpuRnn.Tensors.RandomSource random = new(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = random.NextUniform(-bound, bound);
        }

        return values;
    }
}
