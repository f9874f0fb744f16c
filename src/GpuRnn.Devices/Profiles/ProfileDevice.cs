using GpuRnn.Compiler;
using GpuRnn.Compiler.Frontend;

namespace GpuRnn.Devices.Profiles;

/// <summary>A GPU that is not here, to make plans for: it answers as the GPU would, holds no memory and runs nothing.</summary>
/// <remarks>Kernels are compiled to PTX for its architecture, so that what it could not run is refused. Reading from it throws.</remarks>
public sealed class ProfileDevice : Device
{
    private readonly DeviceStream _stream;
    private long _nextAddress = 1L << 60;

    /// <summary>Stands in for a GPU.</summary>
    public ProfileDevice(GpuProfile gpu)
    {
        ArgumentNullException.ThrowIfNull(gpu);
        Gpu = gpu;
        _stream = new ProfileStream(this);
    }

    /// <summary>The GPU.</summary>
    public GpuProfile Gpu { get; }

    /// <inheritdoc/>
    public override string Id => $"profile {Gpu.Name}";

    /// <inheritdoc/>
    public override DeviceKind Kind => DeviceKind.Cuda;

    /// <inheritdoc/>
    public override string Name => Gpu.Title;

    /// <inheritdoc/>
    public override DeviceProfile Profile => Gpu.Profile;

    /// <inheritdoc/>
    public override DeviceStream DefaultStream => _stream;

    /// <inheritdoc/>
    public override DeviceStream CreateStream() => new ProfileStream(this);

    /// <inheritdoc/>
    public override SupportAnswer Supports(KernelEntry kernel)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        return KernelCompiler.RefusalAsPtx(kernel.Method, Gpu.Architecture) is string refusal
            ? SupportAnswer.No(refusal)
            : SupportAnswer.Yes($"compiles for {Gpu.Architecture}");
    }

    /// <inheritdoc/>
    protected override DeviceMemory AllocateMemory(long sizeInBytes) =>
        new ProfileMemory(this, (nint)(Interlocked.Add(ref _nextAddress, sizeInBytes + 4096) - sizeInBytes), sizeInBytes);

    /// <inheritdoc/>
    protected override LoadedKernel LoadKernel(KernelEntry entry) => new ProfileKernel(this, entry);

    private sealed class ProfileStream(Device device) : DeviceStream(device)
    {
        public override SupportAnswer SupportsCapture => SupportAnswer.Yes("NVIDIA's driver captures what a queue is given");
    }

    // Views are counted on, never read: addresses lie above all that a process has.
    private sealed class ProfileMemory(Device device, nint address, long sizeInBytes) : DeviceMemory(device, sizeInBytes)
    {
        public override nint Address => address;

        protected internal override void Write(long offsetInBytes, ReadOnlySpan<byte> source)
        {
        }

        protected internal override void Read(long offsetInBytes, Span<byte> destination) => throw new DeviceException(
            "ProfileDevice: a copy to the host arrived, but a profile holds no memory. Open the device itself.");

        protected internal override void Clear()
        {
        }

        protected override void Free()
        {
        }
    }

    private sealed class ProfileKernel(ProfileDevice device, KernelEntry entry) : LoadedKernel(device, entry)
    {
        public override ResidentGroups MaxResidentGroups(int groupSize, int dynamicSharedBytes = 0)
        {
            GroupLimits limits = device.Profile.Groups!;
            return groupSize <= limits.MaxGroupSize && dynamicSharedBytes <= limits.MaxSharedBytes
                ? new(device.Profile.CoreCount, $"one on each of {device.Profile.CoreCount} multiprocessors")
                : new(0, $"a group has at most {limits.MaxGroupSize} threads and {limits.MaxSharedBytes} bytes of shared memory");
        }

        // A plan fills some of its memory when it is made; there is none here.
        protected override void LaunchImplicit(DeviceStream stream, KernelModel.Index3D extent, object[] arguments)
        {
        }

        protected override void LaunchGrouped(DeviceStream stream, KernelModel.KernelConfig config, object[] arguments)
        {
        }
    }
}
