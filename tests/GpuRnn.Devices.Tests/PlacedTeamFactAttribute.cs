using GpuRnn.Devices.Cpu;

namespace GpuRnn.Devices.Tests;

/// <summary>A test of where threads run, skipped where the system neither says nor heeds it.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PlacedTeamFactAttribute : FactAttribute
{
    public PlacedTeamFactAttribute()
    {
        if (TeamPlacement.Create(2) is null)
        {
            Skip = "Linux on two processors or more is needed: elsewhere threads are not moved.";
        }
    }
}
