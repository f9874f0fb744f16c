namespace GpuRnn.Devices.Cuda.Native;

/// <summary>Values of CUresult with a meaning of their own for the device; the driver knows the names of the rest.</summary>
/// <remarks>Source: cuda.h (CUDA 12.6), cudaError_enum, whose comments say which errors end the process's use of CUDA.</remarks>
internal static class CudaCode
{
    internal const int Success = 0;
    internal const int OutOfMemory = 2;
    internal const int NotInitialized = 3;
    internal const int Deinitialized = 4;
    internal const int NoDevice = 100;
    internal const int InvalidImage = 200;
    internal const int NoBinaryForGpu = 209;
    internal const int EccUncorrectable = 214;
    internal const int InvalidPtx = 218;
    internal const int NvlinkUncorrectable = 220;
    internal const int JitCompilerNotFound = 221;
    internal const int UnsupportedPtxVersion = 222;
    internal const int JitCompilationDisabled = 223;
    internal const int NotReady = 600;
    internal const int IllegalAddress = 700;
    internal const int LaunchOutOfResources = 701;
    internal const int LaunchTimeout = 702;
    internal const int ContextIsDestroyed = 709;
    internal const int Assert = 710;
    internal const int HardwareStackError = 714;
    internal const int IllegalInstruction = 715;
    internal const int MisalignedAddress = 716;
    internal const int InvalidAddressSpace = 717;
    internal const int InvalidProgramCounter = 718;
    internal const int LaunchFailed = 719;
    internal const int CooperativeLaunchTooLarge = 720;
    internal const int TensorMemoryLeak = 721;
    internal const int MpsClientTerminated = 810;
    internal const int ExternalDevice = 911;
    internal const int Unknown = 999;

    /// <summary>True for an error behind which every further call of the process fails: the process must begin anew.</summary>
    /// <remarks>
    /// "This leaves the process in an inconsistent state and any further CUDA work will return the same error" says cuda.h of those from 700 to
    /// 721; uncorrectable memory, a destroyed context, a lost connection and an unknown error, which is what a GPU that fell off its bus gives,
    /// end it just the same.
    /// </remarks>
    internal static bool IsSticky(int code) => code is Deinitialized or EccUncorrectable or NvlinkUncorrectable or IllegalAddress or LaunchTimeout
        or ContextIsDestroyed or Assert or HardwareStackError or IllegalInstruction or MisalignedAddress or InvalidAddressSpace
        or InvalidProgramCounter or LaunchFailed or TensorMemoryLeak or MpsClientTerminated or ExternalDevice or Unknown;

    /// <summary>True when the driver's compiler refused a text.</summary>
    internal static bool IsBuildFailure(int code) => code is InvalidImage or NoBinaryForGpu or InvalidPtx or UnsupportedPtxVersion;
}
