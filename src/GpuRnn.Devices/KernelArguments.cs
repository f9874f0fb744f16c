using GpuRnn.KernelModel;

namespace GpuRnn.Devices;

/// <summary>Which boxed values may stand for a kernel's parameters, and how they become them.</summary>
internal static class KernelArguments
{
    /// <summary>True when <paramref name="argument"/> is no <paramref name="parameterType"/>, but converts without loss.</summary>
    internal static bool StandsFor(object argument, Type parameterType)
    {
        if (!parameterType.IsGenericType)
        {
            return false;
        }

        Type given = argument.GetType();
        Type definition = parameterType.GetGenericTypeDefinition();
        Type[] parts = parameterType.GetGenericArguments();
        bool isDense1D = definition == typeof(ArrayView1D<,>) && parts[1] == typeof(Stride1D.Dense);
        return isDense1D && given.IsGenericType && given.GetGenericTypeDefinition() == typeof(ArrayView<>)
            && given.GetGenericArguments()[0] == parts[0];
    }

    /// <summary>Reads a dense view that may have been passed without its stride.</summary>
    public static ArrayView1D<T, Stride1D.Dense> UnboxDense<T>(object argument)
        where T : unmanaged =>
        argument is ArrayView<T> view ? view : (ArrayView1D<T, Stride1D.Dense>)argument;
}
