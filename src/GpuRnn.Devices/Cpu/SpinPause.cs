using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace GpuRnn.Devices.Cpu;

/// <summary>The processor's own short pause between two looks at what another thread will write.</summary>
internal static class SpinPause
{
    /// <summary>Pauses once: some 10 to 45 ns.</summary>
    /// <remarks>Elsewhere the runtime's, as on Arm the processor's own hint takes no time.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Once()
    {
        if (X86Base.IsSupported)
        {
            X86Base.Pause();
        }
        else
        {
            Thread.SpinWait(1);
        }
    }
}
