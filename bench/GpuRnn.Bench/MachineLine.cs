using System.Runtime.Intrinsics;
using GpuRnn.Cli;
using GpuRnn.Devices.Cpu;

namespace GpuRnn.Bench;

/// <summary>What stands above every table: processor, registers, .NET, commit.</summary>
internal static class MachineLine
{
    /// <summary>One line.</summary>
    internal static string Text()
    {
        int bits = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;
        string commit = BuildInformation.Commit;
        return $"{CpuDevice.ProcessorName}, {Environment.ProcessorCount} cores, {bits}-bit registers, .NET {Environment.Version}, commit {commit[..Math.Min(7, commit.Length)]}";
    }
}
