namespace GpuRnn.Devices.Profiles;

/// <summary>What the scheduler would be told by a GPU that is not here.</summary>
/// <param name="Name">What <c>gpurnn plan --profile</c> takes.</param>
/// <param name="Title">The maker's name.</param>
/// <param name="Architecture">The PTX target of its kernels.</param>
/// <param name="Profile">Its figures.</param>
/// <remarks>
/// Figures of NVIDIA's white papers and of the CUDA C++ Programming Guide 12, table of technical specifications: multiprocessors, the most shared memory
/// of a block with opt-in, 65,536 registers a multiprocessor and 1,024 threads a block on all of them.
/// </remarks>
public sealed record GpuProfile(string Name, string Title, string Architecture, DeviceProfile Profile)
{
    private const long Gibibyte = 1L << 30;

    /// <summary>The GPUs that are known.</summary>
    public static IReadOnlyList<GpuProfile> All { get; } =
    [
        Create("h200", "NVIDIA H200", "sm_90", 132, 227, 50, 141),
        Create("a100", "NVIDIA A100", "sm_80", 108, 163, 40, 80),
        Create("rtx4090", "NVIDIA GeForce RTX 4090", "sm_89", 128, 99, 72, 24),
        Create("t4", "NVIDIA T4", "sm_75", 40, 64, 4, 16),
    ];

    /// <summary>Finds one by its name, whatever its letter case.</summary>
    /// <exception cref="DeviceException">There is none; the message lists what there is.</exception>
    public static GpuProfile Parse(string name) =>
        All.FirstOrDefault(profile => profile.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new DeviceException(
            $"GpuProfile.Parse: \"{name}\" arrived, but the profiles are {string.Join(", ", All.Select(profile => profile.Name))}. Choose one of them.");

    private static GpuProfile Create(
        string name, string title, string architecture, int multiprocessors, int sharedKibibytes, int cacheMebibytes, int memoryGibibytes) =>
        new(name, title, architecture, new DeviceProfile(multiprocessors, 32, null, null, (long)cacheMebibytes << 20, memoryGibibytes * Gibibyte)
        {
            Groups = new GroupLimits(1024, sharedKibibytes << 10, 65536, RunsTogether: true),
        });
}
