namespace GpuRnn.Compiler.Backends.Cpu.Interleaving;

/// <summary>For whom a work-item waits before a region.</summary>
internal enum RegionMeeting
{
    None,
    Warp,
    Group,
}
