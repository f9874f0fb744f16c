namespace GpuRnn.Devices;

/// <summary>How large a group may be, and what a core has for the groups that run on it.</summary>
/// <param name="MaxGroupSize">The most work-items of a group.</param>
/// <param name="MaxSharedBytes">The most shared memory of a group, with everything that has to be asked for.</param>
/// <param name="RegistersPerCore">Registers of 32 bits that the groups of a core share; null where that limits nothing or is not told.</param>
/// <param name="RunsTogether">True when all groups of a launch can be made to run at once, so that they may wait for each other.</param>
public sealed record GroupLimits(int MaxGroupSize, int MaxSharedBytes, int? RegistersPerCore, bool RunsTogether);
