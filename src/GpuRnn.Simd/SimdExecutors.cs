using System.Runtime.Intrinsics;
using GpuRnn.Devices.Cpu;
using GpuRnn.Simd.Gemm;
using GpuRnn.Simd.Lanes;
using GpuRnn.Simd.Sequences;

namespace GpuRnn.Simd;

/// <summary>Equips the CPU device with its fast products and sequence loops.</summary>
public static class SimdExecutors
{
    /// <summary>Registers the executors for the widest registers that the machine runs in hardware.</summary>
    /// <param name="device">The CPU; it owns what is registered.</param>
    public static void Register(CpuDevice device)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Register<V512>(device);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Register<V256>(device);
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            Register<V128>(device);
        }
        else
        {
            Register<V1>(device);
        }
    }

    /// <summary>Registers the executors for one register type, whatever the machine prefers.</summary>
    /// <typeparam name="TLane">The register type; wider ones than the hardware's work, slowly.</typeparam>
    /// <param name="device">The CPU; it owns what is registered.</param>
    public static void Register<TLane>(CpuDevice device)
        where TLane : struct, IVectorLane<TLane>
    {
        ArgumentNullException.ThrowIfNull(device);
        device.Register(new SimdMatrixExecutor<TLane>(device));
        device.Register(new SimdSequenceExecutor<TLane>(device));
        device.Register(new SparseLoopExecutor<TLane>(device));
    }
}
