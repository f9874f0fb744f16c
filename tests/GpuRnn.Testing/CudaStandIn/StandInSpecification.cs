namespace GpuRnn.Testing.CudaStandIn;

/// <summary>What the stand-in says that its devices are: a small GPU of compute capability 8.0 unless said otherwise.</summary>
internal sealed record StandInSpecification
{
    internal int DriverVersion { get; init; } = 12060;

    internal int DeviceCount { get; init; } = 1;

    internal int CapabilityMajor { get; init; } = 8;

    internal int CapabilityMinor { get; init; }

    internal int MultiprocessorCount { get; init; } = 4;

    internal int SharedBytesPerGroup { get; init; } = 48 * 1024;

    internal int SharedBytesPerGroupOnDemand { get; init; } = 96 * 1024;

    internal int SharedBytesPerMultiprocessor { get; init; } = 100 * 1024;

    internal int MaximumGroupSize { get; init; } = 1024;

    internal int RegisterCount { get; init; } = 32;

    internal long MemoryBytes { get; init; } = 64 << 20;

    internal bool HasMemoryPools { get; init; } = true;

    internal bool HasCooperativeLaunch { get; init; } = true;

    internal bool HasCublas { get; init; }

    /// <summary>False to queue kernels without running them, for tests of the bookkeeping.</summary>
    internal bool RunsKernels { get; init; } = true;
}
