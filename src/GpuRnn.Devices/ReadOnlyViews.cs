using System.Reflection;
using GpuRnn.Compiler.Frontend;
using GpuRnn.KernelModel;

namespace GpuRnn.Devices;

/// <summary>Checks of a launch that what a kernel was promised not to change is no other view's memory.</summary>
internal static class ReadOnlyViews
{
    /// <exception cref="DeviceException">A view with the promise overlaps one without it.</exception>
    internal static void Require(KernelEntry entry, object[] arguments)
    {
        (KernelParameter Parameter, long Start, long End)[] views =
            [.. entry.Parameters.Zip(arguments).Where(pair => pair.First.IsView).Select(pair => Extent(pair.First, pair.Second))];
        foreach ((KernelParameter parameter, long start, long end) in views.Where(view => view.Parameter.IsReadOnly))
        {
            KernelParameter? other = Array.Find(views, view => !view.Parameter.IsReadOnly && view.Start < end && start < view.End).Parameter;
            if (other is not null)
            {
                throw new DeviceException(
                    $"{entry.Name}: the views of '{parameter.Name}' and '{other.Name}' share memory, but the kernel is promised that nobody writes the first. "
                    + "Pass separate memory.");
            }
        }
    }

    private static (KernelParameter Parameter, long Start, long End) Extent(KernelParameter parameter, object view)
    {
        object elements = view.GetType().GetProperty("BaseView")?.GetValue(view) ?? view;
        Type type = elements.GetType();
        object pointer = type.GetProperty(nameof(ArrayView<int>.HostPointer))!.GetValue(elements)!;
        long start;
        unsafe
        {
            start = (long)Pointer.Unbox(pointer);
        }

        return (parameter, start, start + (long)type.GetProperty(nameof(ArrayView<int>.LengthInBytes))!.GetValue(elements)!);
    }
}
