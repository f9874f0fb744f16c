using GpuRnn.KernelModel;

namespace GpuRnn.Devices;

/// <summary>Checks the views that are passed to kernels of devices behind drivers.</summary>
internal static class ViewArguments
{
    /// <summary>Where a view begins in its memory, in whole elements.</summary>
    /// <param name="kernel">The kernel's name.</param>
    /// <param name="device">The device that runs it.</param>
    /// <param name="view">A view that is not empty.</param>
    /// <param name="own">The memory under the view; null where it is not the device's.</param>
    /// <exception cref="DeviceException">The memory is not the device's, or the view begins between two elements.</exception>
    internal static long OffsetOf(string kernel, Device device, in PackedArgument view, DeviceMemory? own)
    {
        if (own is null)
        {
            throw new DeviceException(
                $"{kernel}: a view of {(view.Source as IViewSource)?.Description ?? "host memory"} arrived, but {device.Id} reads its own memory alone. "
                + "Allocate the buffer on the device object that runs the kernel.");
        }

        long bytes = (long)view.Bits - own.Address;
        return bytes % view.ElementSize == 0
            ? bytes / view.ElementSize
            : throw new DeviceException(
                $"{kernel}: a view that begins at byte {bytes} of its buffer arrived, but that is no multiple of its element's {view.ElementSize} bytes. "
                + "Begin views of larger elements on whole elements.");
    }
}
