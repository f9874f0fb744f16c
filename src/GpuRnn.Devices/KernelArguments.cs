using System.Reflection;
using GpuRnn.KernelModel;

namespace GpuRnn.Devices;

/// <summary>Which boxed values may stand for a kernel's parameters, and how they become them.</summary>
internal static class KernelArguments
{
    /// <summary>True when <paramref name="argument"/> is no <paramref name="parameterType"/>, but converts without loss.</summary>
    internal static bool StandsFor(object argument, Type parameterType)
    {
        if (!IsDense(parameterType))
        {
            return false;
        }

        Type given = argument.GetType();
        return given.IsGenericType && given.GetGenericTypeDefinition() == typeof(ArrayView<>)
            && given.GetGenericArguments()[0] == parameterType.GetGenericArguments()[0];
    }

    /// <summary>The method of this class that turns a boxed argument into a <paramref name="parameterType"/>; null when unboxing does.</summary>
    internal static MethodInfo? UnboxerOf(Type parameterType)
    {
        if (!parameterType.IsGenericType)
        {
            return null;
        }

        Type definition = parameterType.GetGenericTypeDefinition();
        Type[] parts = parameterType.GetGenericArguments();
        return IsDense(parameterType) ? Method(nameof(UnboxDense), parts[0])
            : definition == typeof(ArrayView<>) ? Method(nameof(UnboxView), parts)
            : definition == typeof(ArrayView1D<,>) ? Method(nameof(UnboxView1D), parts)
            : definition == typeof(ArrayView2D<,>) ? Method(nameof(UnboxView2D), parts)
            : null;
    }

    /// <summary>Unboxes a view whose memory must still be there.</summary>
    public static ArrayView<T> UnboxView<T>(object argument)
        where T : unmanaged => Alive((ArrayView<T>)argument);

    /// <summary>Unboxes a dense view that may have been passed without its stride.</summary>
    public static ArrayView1D<T, Stride1D.Dense> UnboxDense<T>(object argument)
        where T : unmanaged =>
        argument is ArrayView<T> view ? Alive(view) : UnboxView1D<T, Stride1D.Dense>(argument);

    /// <summary>Unboxes a view whose memory must still be there.</summary>
    public static ArrayView1D<T, TStride> UnboxView1D<T, TStride>(object argument)
        where T : unmanaged
        where TStride : struct, IStride1D
    {
        ArrayView1D<T, TStride> view = (ArrayView1D<T, TStride>)argument;
        Alive(view.BaseView);
        return view;
    }

    /// <summary>Unboxes a view whose memory must still be there.</summary>
    public static ArrayView2D<T, TStride> UnboxView2D<T, TStride>(object argument)
        where T : unmanaged
        where TStride : struct, IStride2D
    {
        ArrayView2D<T, TStride> view = (ArrayView2D<T, TStride>)argument;
        Alive(view.BaseView);
        return view;
    }

    private static ArrayView<T> Alive<T>(ArrayView<T> view)
        where T : unmanaged
    {
        ViewChecks.RequireAlive(view.Source);
        return view;
    }

    private static bool IsDense(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ArrayView1D<,>)
        && type.GetGenericArguments()[1] == typeof(Stride1D.Dense);

    private static MethodInfo Method(string name, params Type[] typeArguments) =>
        typeof(KernelArguments).GetMethod(name, BindingFlags.Public | BindingFlags.Static)!.MakeGenericMethod(typeArguments);
}
