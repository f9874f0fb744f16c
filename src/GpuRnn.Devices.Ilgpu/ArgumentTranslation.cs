using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using GpuRnn.KernelModel;

namespace GpuRnn.Devices.Ilgpu;

/// <summary>Turns one boxed argument of a launch into what the kernel's twin takes at its place.</summary>
internal sealed unsafe class ArgumentTranslation
{
    private const BindingFlags Instance = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    private readonly Func<object, IlgpuKernel, object> _translate;

    private ArgumentTranslation(Func<object, IlgpuKernel, object> translate)
    {
        _translate = translate;
    }

    /// <summary>Makes the translation between two types; false when values of the first hold what ILGPU cannot take.</summary>
    internal static bool TryMake(Type type, Type twin, [NotNullWhen(true)] out ArgumentTranslation? translation)
    {
        string? method = type == twin ? nameof(Keep)
            : !type.IsGenericType ? nameof(CopyBits)
            : type.GetGenericTypeDefinition() == typeof(ArrayView<>) ? nameof(View)
            : type.GetGenericTypeDefinition() == typeof(ArrayView1D<,>) ? View1DMethod(type)
            : type.GetGenericTypeDefinition() == typeof(ArrayView2D<,>) ? View2DMethod(type)
            : type.GetGenericTypeDefinition() == typeof(SpecializedValue<>) ? null
            : nameof(CopyBits);
        translation = method is null || (method == nameof(CopyBits) && HoldsViews(type)) ? null : new ArgumentTranslation(Bind(method, type, twin));
        return translation is not null;
    }

    /// <summary>Translates one argument.</summary>
    internal object Translate(object argument, IlgpuKernel kernel) => _translate(argument, kernel);

    private static Func<object, IlgpuKernel, object> Bind(string method, Type type, Type twin)
    {
        bool isView = method is not nameof(Keep) and not nameof(CopyBits);
        Type[] arguments = method == nameof(Keep) ? []
            : isView ? [type.GetGenericArguments()[0], twin.GetGenericArguments()[0]]
            : [type, twin];
        MethodInfo open = typeof(ArgumentTranslation).GetMethod(method, BindingFlags.NonPublic | BindingFlags.Static)!;
        MethodInfo closed = arguments.Length == 0 ? open : open.MakeGenericMethod(arguments);
        return closed.CreateDelegate<Func<object, IlgpuKernel, object>>();
    }

    private static string View1DMethod(Type type) =>
        type.GetGenericArguments()[1] == typeof(Stride1D.Dense) ? nameof(DenseView) : nameof(GeneralView);

    private static string View2DMethod(Type type)
    {
        Type stride = type.GetGenericArguments()[1];
        return stride == typeof(Stride2D.DenseX) ? nameof(DenseXView)
            : stride == typeof(Stride2D.DenseY) ? nameof(DenseYView)
            : nameof(GeneralView2D);
    }

    private static bool HoldsViews(Type type) =>
        Array.Exists(type.GetFields(Instance), field => !field.FieldType.IsValueType || (!field.FieldType.IsPrimitive && HoldsViews(field.FieldType)));

    private static object Keep(object argument, IlgpuKernel kernel) => argument;

    // Structures and enums of kernels have the same fields in both assemblies, so the same bits.
    private static object CopyBits<T, TTwin>(object argument, IlgpuKernel kernel)
        where T : struct
        where TTwin : struct => Unsafe.BitCast<T, TTwin>((T)argument);

    private static object View<T, TTwin>(object argument, IlgpuKernel kernel)
        where T : unmanaged
        where TTwin : unmanaged => Elements<T, TTwin>((ArrayView<T>)argument, kernel);

    // A launch also takes a view without its stride where a dense one is wanted.
    private static object DenseView<T, TTwin>(object argument, IlgpuKernel kernel)
        where T : unmanaged
        where TTwin : unmanaged
    {
        ArrayView<T> view = argument is ArrayView<T> elements ? elements : ((ArrayView1D<T, Stride1D.Dense>)argument).BaseView;
        return (ILGPU.Runtime.ArrayView1D<TTwin, ILGPU.Stride1D.Dense>)Elements<T, TTwin>(view, kernel);
    }

    private static object GeneralView<T, TTwin>(object argument, IlgpuKernel kernel)
        where T : unmanaged
        where TTwin : unmanaged
    {
        ArrayView1D<T, Stride1D.General> view = (ArrayView1D<T, Stride1D.General>)argument;
        return new ILGPU.Runtime.ArrayView1D<TTwin, ILGPU.Stride1D.General>(
            Elements<T, TTwin>(view.BaseView, kernel), view.Extent.X, new ILGPU.Stride1D.General(view.Stride.XStride));
    }

    private static object DenseXView<T, TTwin>(object argument, IlgpuKernel kernel)
        where T : unmanaged
        where TTwin : unmanaged
    {
        ArrayView2D<T, Stride2D.DenseX> view = (ArrayView2D<T, Stride2D.DenseX>)argument;
        return new ILGPU.Runtime.ArrayView2D<TTwin, ILGPU.Stride2D.DenseX>(
            Elements<T, TTwin>(view.BaseView, kernel), Extent(view.Extent), new ILGPU.Stride2D.DenseX(view.Stride.YStride));
    }

    private static object DenseYView<T, TTwin>(object argument, IlgpuKernel kernel)
        where T : unmanaged
        where TTwin : unmanaged
    {
        ArrayView2D<T, Stride2D.DenseY> view = (ArrayView2D<T, Stride2D.DenseY>)argument;
        return new ILGPU.Runtime.ArrayView2D<TTwin, ILGPU.Stride2D.DenseY>(
            Elements<T, TTwin>(view.BaseView, kernel), Extent(view.Extent), new ILGPU.Stride2D.DenseY(view.Stride.XStride));
    }

    private static object GeneralView2D<T, TTwin>(object argument, IlgpuKernel kernel)
        where T : unmanaged
        where TTwin : unmanaged
    {
        ArrayView2D<T, Stride2D.General> view = (ArrayView2D<T, Stride2D.General>)argument;
        ILGPU.Index2D stride = new(view.Stride.XStride, view.Stride.YStride);
        return new ILGPU.Runtime.ArrayView2D<TTwin, ILGPU.Stride2D.General>(
            Elements<T, TTwin>(view.BaseView, kernel), Extent(view.Extent), new ILGPU.Stride2D.General(stride));
    }

    private static ILGPU.LongIndex2D Extent(LongIndex2D extent) => new(extent.X, extent.Y);

    private static ILGPU.ArrayView<TTwin> Elements<T, TTwin>(ArrayView<T> view, IlgpuKernel kernel)
        where T : unmanaged
        where TTwin : unmanaged
    {
        if (!view.IsValid)
        {
            return ILGPU.ArrayView<TTwin>.Empty;
        }

        IlgpuDevice device = (IlgpuDevice)kernel.Device;
        if (view.Source is not IlgpuMemory memory || !ReferenceEquals(memory.Accelerator, device.Accelerator))
        {
            string owner = (view.Source as IViewSource)?.Description ?? "memory without an owner";
            throw new DeviceException(
                $"{kernel.Entry.Name}: a view of {owner} arrived, but a buffer of {device.Id} was needed. Allocate it on that device.");
        }

        if (!memory.IsAlive)
        {
            throw new ObjectDisposedException(
                memory.Description, $"{kernel.Entry.Name}: a view of {memory.Description} arrived, but it was disposed. Dispose it after its last use.");
        }

        long offsetInBytes = (nint)view.HostPointer - memory.Address;
        return memory.Bytes(offsetInBytes, view.LengthInBytes).Cast<TTwin>();
    }
}
