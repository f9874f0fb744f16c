using System.Text;
using GpuRnn.Devices.Cuda.Native;

namespace GpuRnn.Devices.Cuda;

/// <summary>Turns the codes that CUDA calls return into exceptions.</summary>
internal static unsafe class CudaFailure
{
    /// <summary>What a code, which is no success, means.</summary>
    /// <param name="driver">Knows the names of codes.</param>
    /// <param name="device">The device's id.</param>
    /// <param name="call">The entry point.</param>
    /// <param name="code">What it returned.</param>
    /// <param name="kernel">The kernel that was being loaded or launched; null where there was none.</param>
    internal static DeviceException Of(CudaDriver driver, string device, string call, int code, string? kernel)
    {
        string where = kernel is null ? $"{device}.{call}" : $"{device}.{call} for {kernel}";
        string what = $"{where}: {NameOf(driver, code)} arrived, but CUDA_SUCCESS was needed.";
        return code switch
        {
            _ when CudaCode.IsSticky(code) => new DeviceLostException(
                $"{what} The GPU failed, or a kernel touched memory that is not its own; CUDA refuses every further call of this process. "
                + "Restart the process and resume from a checkpoint; devices that are not CUDA's go on.",
                call,
                code,
                device,
                kernel),
            CudaCode.OutOfMemory => new OutOfDeviceMemoryException($"{what} Use a smaller batch or model, or dispose buffers.", 0),
            CudaCode.JitCompilerNotFound => new DeviceCallException(
                $"{what} The driver's own compiler, libnvidia-ptxjitcompiler.so.1 or nvptxJitCompiler, was not found. Install it with the driver; a container "
                + "gets it with the driver capability 'compute'.",
                call,
                code,
                device,
                kernel),
            CudaCode.JitCompilationDisabled => new DeviceCallException(
                $"{what} The driver was told not to compile. Unset CUDA_DISABLE_PTX_JIT and CUDA_DISABLE_JIT.", call, code, device, kernel),
            CudaCode.LaunchOutOfResources => new DeviceCallException(
                $"{what} The groups need more registers or shared memory than a multiprocessor has. Launch smaller groups.", call, code, device, kernel),
            CudaCode.CooperativeLaunchTooLarge => new DeviceCallException(
                $"{what} The groups of a cooperative launch must all run at once. Launch fewer or smaller groups.", call, code, device, kernel),
            _ => new DeviceCallException(
                $"{what} Update the driver; report this with the names of driver and device if it stays.", call, code, device, kernel),
        };
    }

    /// <summary>A code's name in cuda.h with its number.</summary>
    internal static string NameOf(CudaDriver driver, int code)
    {
        byte* name = null;
        return driver.cuGetErrorName(code, &name) == CudaCode.Success && name is not null
            ? $"{Text(name)} ({code})"
            : $"code {code}";
    }

    /// <summary>A text of the driver.</summary>
    internal static string Text(byte* first) => Encoding.UTF8.GetString(System.Runtime.InteropServices.MemoryMarshal.CreateReadOnlySpanFromNullTerminated(first));
}
