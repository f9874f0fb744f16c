using System.Runtime.CompilerServices;

namespace GpuRnn.KernelModel;

/// <summary>What kernels say about views beyond their elements.</summary>
public static class ArrayViewExtensions
{
    /// <summary>The same view, known to begin at a multiple of some bytes, so that a device may move several elements at once.</summary>
    /// <param name="view">Begins there.</param>
    /// <param name="alignmentInBytes">A power of two, a constant for devices other than the CPU.</param>
    /// <exception cref="ArgumentException">Validation is on and the view begins elsewhere.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe ArrayView<T> AsAligned<T>(this ArrayView<T> view, int alignmentInBytes)
        where T : unmanaged
    {
        if (Validation.IsEnabled)
        {
            ViewChecks.RequireAlignment((nint)view.HostPointer, alignmentInBytes);
        }

        return view;
    }
}
