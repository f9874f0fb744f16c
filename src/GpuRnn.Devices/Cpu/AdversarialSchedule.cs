using GpuRnn.Compiler.Backends.Cpu.Interleaving;
using GpuRnn.Compiler.Frontend;

namespace GpuRnn.Devices.Cpu;

/// <summary>
/// Runs the groups of cooperative kernels against each other in an order that a seed draws, so that a lost barrier, release or acquire shows.
/// </summary>
/// <remarks>
/// Work-items change before accesses to global memory and at barriers. A group sees its own writes, and those of others only behind an
/// acquire of what they released; in some seeds its plain loads see the newest write of anybody, as a device may show it, too. A
/// kernel whose order is right gives the same bits for every seed. Slow: for tests.
/// </remarks>
public sealed class AdversarialSchedule
{
    /// <summary>Starts with a seed.</summary>
    public AdversarialSchedule(int seed)
    {
        Seed = seed;
    }

    /// <summary>Decides everything about the launches that follow; each of them begins with it anew.</summary>
    public int Seed { get; set; }

    /// <summary>Which kernels take part; all groups of a launch exist at once then.</summary>
    internal Func<KernelEntry, bool> Includes { get; init; } = entry => entry.IsCooperative;

    /// <summary>Where one of <see cref="Kernels"/> is spoilt in the launches that follow; null for nowhere.</summary>
    internal (KernelEntry Kernel, OrderFault Fault)? Fault { get; set; }

    /// <summary>The kernels that have taken part, in the order of their first launches.</summary>
    internal List<KernelEntry> Kernels { get; } = [];
}
