using GpuRnn.KernelModel;

namespace GpuRnn.Devices;

/// <summary>One scalar or pointer of a launch's arguments, as a driver takes it.</summary>
internal struct PackedArgument
{
    /// <summary>The scalar's bits, or a view's address.</summary>
    internal ulong Bits;

    /// <summary>1, 4 or 8; meaningless for a view.</summary>
    internal int SizeInBytes;

    /// <summary>The bytes of a view's element; 0 for a scalar.</summary>
    internal int ElementSize;

    /// <summary>The memory under a view; null for a scalar and for an empty view.</summary>
    internal object? Source;

    // The emitted code calls one of these for each leaf; bool is a byte and the short integers are widened, as in generated text.
    public static void SetInt32(ref PackedArgument target, int value) => Set(ref target, (uint)value, sizeof(int));

    public static void SetInt64(ref PackedArgument target, long value) => Set(ref target, (ulong)value, sizeof(long));

    public static void SetSingle(ref PackedArgument target, float value) => Set(ref target, BitConverter.SingleToUInt32Bits(value), sizeof(float));

    public static void SetDouble(ref PackedArgument target, double value) => Set(ref target, BitConverter.DoubleToUInt64Bits(value), sizeof(double));

    public static void SetBoolean(ref PackedArgument target, bool value) => Set(ref target, value ? 1u : 0u, sizeof(bool));

    public static unsafe void SetView<T>(ref PackedArgument target, ref ArrayView<T> view)
        where T : unmanaged
    {
        target.Bits = (ulong)(nint)view.HostPointer;
        target.Source = view.Source;
        target.ElementSize = sizeof(T);
    }

    private static void Set(ref PackedArgument target, ulong bits, int sizeInBytes)
    {
        target.Bits = bits;
        target.SizeInBytes = sizeInBytes;
    }
}
