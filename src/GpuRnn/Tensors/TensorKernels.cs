using System.Reflection;
using GpuRnn.Devices;
using GpuRnn.KernelModel;
using GpuRnn.Kernels.Elementwise;
using GpuRnn.Kernels.Reductions;

namespace GpuRnn.Tensors;

/// <summary>Launches of the plain kernels that several operations share.</summary>
internal static class TensorKernels
{
    private static readonly MethodInfo s_copy = Method(typeof(CopyRows), nameof(CopyRows.Forward));
    private static readonly MethodInfo s_accumulate = Method(typeof(CopyRows), nameof(CopyRows.Accumulate));
    private static readonly MethodInfo s_addScaled = Method(typeof(Kernels.Elementwise.AddScaled), nameof(Kernels.Elementwise.AddScaled.Forward));
    private static readonly MethodInfo s_add = Method(typeof(Add), nameof(Kernels.Elementwise.Add.Forward));
    private static readonly MethodInfo s_multiply = Method(typeof(Multiply), nameof(Kernels.Elementwise.Multiply.Forward));
    private static readonly MethodInfo s_fill = Method(typeof(Fill), nameof(Kernels.Elementwise.Fill.Forward));
    private static readonly MethodInfo s_scale = Method(typeof(Scale), nameof(Kernels.Elementwise.Scale.Forward));
    private static readonly MethodInfo s_scaleByView = Method(typeof(Scale), nameof(Kernels.Elementwise.Scale.ByView));
    private static readonly MethodInfo s_columnPartial = Method(typeof(ColumnSums), nameof(ColumnSums.Partial));
    private static readonly MethodInfo s_columnFinish = Method(typeof(ColumnSums), nameof(ColumnSums.Finish));
    private static readonly MethodInfo s_sumPartial = Method(typeof(Sum), nameof(Kernels.Reductions.Sum.Partial));
    private static readonly MethodInfo s_sumFinish = Method(typeof(Sum), nameof(Kernels.Reductions.Sum.Finish));

    /// <summary>Finds a kernel by its class and name.</summary>
    public static MethodInfo Method(Type type, string name)
    {
        return type.GetMethod(name) ?? throw new MissingMethodException(type.FullName, name);
    }

    public static void Launch(Device device, MethodInfo kernel, int extent, params object[] arguments)
    {
        Densify(arguments);
        device.Load(kernel).Launch(device.DefaultStream, new Index1D(extent), arguments);
    }

    public static void Launch(Device device, MethodInfo kernel, Index2D extent, params object[] arguments)
    {
        Densify(arguments);
        device.Load(kernel).Launch(device.DefaultStream, extent, arguments);
    }

    /// <summary>Launches a kernel over rows: as many work-items in each as it has elements.</summary>
    public static void LaunchRows(Device device, MethodInfo kernel, int rows, int width, params object[] arguments)
    {
        if (rows > 0 && width > 0)
        {
            Launch(device, kernel, new Index2D(width, rows), arguments);
        }
    }

    /// <summary>Turns views into the very type of the kernels' parameters, which spares a launch the search for a conversion.</summary>
    public static void Densify(object[] arguments)
    {
        for (int i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] is ArrayView<float> view)
            {
                arguments[i] = (ArrayView1D<float, Stride1D.Dense>)view;
            }
            else if (arguments[i] is ArrayView<int> integers)
            {
                arguments[i] = (ArrayView1D<int, Stride1D.Dense>)integers;
            }
        }
    }

    public static void Copy(Device device, ArrayView<float> from, ArrayView<float> to)
    {
        int length = from.IntLength;
        Launch(device, s_copy, length, from, to, length, length, length);
    }

    /// <summary>Copies rows of one width between arrays whose rows lie at different distances.</summary>
    public static void CopyStrided(
        Device device, ArrayView<float> from, int fromStride, ArrayView<float> to, int toStride, int rows, int width, bool accumulate)
    {
        Launch(device, accumulate ? s_accumulate : s_copy, rows * width, from, to, width, fromStride, toStride);
    }

    /// <summary>Adds one array to another.</summary>
    public static void AddTo(Device device, ArrayView<float> from, ArrayView<float> to)
    {
        AddScaled(device, from, to, 1.0f);
    }

    /// <summary>Adds a multiple of one array to another.</summary>
    public static void AddScaled(Device device, ArrayView<float> from, ArrayView<float> to, float factor)
    {
        Launch(device, s_addScaled, from.IntLength, from, to, factor);
    }

    public static void Add(Device device, ArrayView<float> left, ArrayView<float> right, ArrayView<float> result)
    {
        Launch(device, s_add, result.IntLength, left, right, result);
    }

    public static void Multiply(Device device, ArrayView<float> left, ArrayView<float> right, ArrayView<float> result)
    {
        Launch(device, s_multiply, result.IntLength, left, right, result);
    }

    public static void Scale(Device device, ArrayView<float> values, float factor)
    {
        Launch(device, s_scale, values.IntLength, values, values, factor);
    }

    /// <summary>Multiplies every element by the one number in <paramref name="factor"/>.</summary>
    public static void Scale(Device device, ArrayView<float> values, ArrayView<float> factor)
    {
        Launch(device, s_scaleByView, values.IntLength, values, factor, values);
    }

    public static void Fill(Device device, ArrayView<float> target, float value)
    {
        Launch(device, s_fill, target.IntLength, target, value);
    }

    /// <summary>Adds the sum of each column of a matrix to what <paramref name="sums"/> holds.</summary>
    public static void AddColumnSums(Tape tape, ArrayView<float> matrix, ArrayView<float> sums, int rows, int columns)
    {
        int blocks = ColumnSums.BlockCount(rows);
        ArrayView<float> partials = tape.Rent(blocks * columns).View;
        Launch(tape.Device, s_columnPartial, blocks * columns, matrix, partials, rows, columns, columns);
        Launch(tape.Device, s_columnFinish, columns, partials, sums, blocks, columns, 1);
    }

    /// <summary>Writes factor · sum of all values to the one element of <paramref name="sum"/>.</summary>
    public static void Sum(Tape tape, ArrayView<float> values, ArrayView<float> sum, float factor)
    {
        int blocks = Kernels.Reductions.Sum.PartialCount(values.IntLength);
        ArrayView<float> partials = tape.Rent(blocks).View;
        Launch(tape.Device, s_sumPartial, blocks, values, partials, values.IntLength);
        Launch(tape.Device, s_sumFinish, 1, partials, sum, blocks, 0);
        if (factor != 1.0f)
        {
            Scale(tape.Device, sum, factor);
        }
    }
}
