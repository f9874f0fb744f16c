using System.Reflection;
using GpuRnn.Accuracy;
using GpuRnn.Devices;
using GpuRnn.KernelModel;

namespace GpuRnn.Conformance.Kernels;

/// <summary>One launch of a kernel: numbers for it, device memory around them, and what must come out.</summary>
/// <remarks>
/// Every array lies inside a larger buffer, so that views that begin elsewhere are tried and a write beside one is seen. An array for which
/// nothing is expected must keep its bits.
/// </remarks>
internal sealed class KernelTrial(Device device, MethodInfo kernel, ConformanceRecorder recorder)
{
    // No multiple of a vector, so that views begin where a device has no reason to expect them.
    private const int Margin = 19;
    private const int AlignedMargin = 20;
    private const float MarginValue = 12345.25f;

    private readonly Dictionary<float[], float[]> _before = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<float[]> _expected = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<float[]> _aligned = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<float[]> _scratch = new(ReferenceEqualityComparer.Instance);
    private ulong _seed;

    /// <summary>Numbers in ±bound, others at each call, the same in each run.</summary>
    public float[] Numbers(int count, float bound = 2f)
    {
        // Uniform numbers are multiples of one power of two, whose sums round nowhere; a product has all its digits.
        float[] factors = CaseValues.Uniform(count, ++_seed);
        return [.. CaseValues.Uniform(count, ++_seed, bound).Zip(factors, (value, factor) => value * (1f - (0.125f * MathF.Abs(factor))))];
    }

    /// <summary>Numbers in 0..bound.</summary>
    public float[] Positive(int count, float bound = 2f) => Array.ConvertAll(Numbers(count, bound), Math.Abs);

    /// <summary>Lets the view of an array begin at a multiple of 16 bytes.</summary>
    public void Align(float[] array) => _aligned.Add(array);

    /// <summary>Memory in which a launch may leave what it likes.</summary>
    public float[] Scratch(int count)
    {
        float[] array = new float[count];
        _scratch.Add(array);
        return array;
    }

    /// <summary>Launches an implicitly grouped kernel; arrays become views and hold the result afterwards.</summary>
    public void Launch(Index1D extent, params object[] arguments) =>
        Launch((loaded, views) => loaded.Launch(device.DefaultStream, extent, views), arguments);

    /// <inheritdoc cref="Launch(Index1D, object[])"/>
    public void Launch(Index2D extent, params object[] arguments) =>
        Launch((loaded, views) => loaded.Launch(device.DefaultStream, extent, views), arguments);

    /// <summary>Launches an explicitly grouped kernel; arrays become views and hold the result afterwards.</summary>
    public void Launch(KernelConfig config, params object[] arguments) =>
        Launch((loaded, views) => loaded.Launch(device.DefaultStream, config, views), arguments);

    /// <summary>Launches an explicitly grouped kernel whose arguments are structs of views.</summary>
    /// <param name="config">The groups.</param>
    /// <param name="arguments">Makes the arguments, given what makes a view of an array; arrays hold the result afterwards.</param>
    public void Launch(KernelConfig config, Func<Func<float[], ArrayView<float>>, object[]> arguments) =>
        Launch((loaded, views) => loaded.Launch(device.DefaultStream, config, views), arguments);

    /// <inheritdoc cref="Launch(KernelConfig, Func{Func{float[], ArrayView{float}}, object[]})"/>
    public void Launch(Index2D extent, Func<Func<float[], ArrayView<float>>, object[]> arguments) =>
        Launch((loaded, views) => loaded.Launch(device.DefaultStream, extent, views), arguments);

    /// <summary>Counts arrays as arguments of a launch that has nothing to do.</summary>
    public void SkipLaunch(params object[] arguments) => Launch((_, _) => { }, arguments);

    /// <summary>What an array held before the launch, without error.</summary>
    public Bounded Before(float[] array, int index) => Bounded.Exactly(_before[array][index]);

    /// <summary>Holds every element of an array to the value and the error that the formula gives it.</summary>
    public void Expect(string what, float[] array, Func<int, Bounded> formula)
    {
        _expected.Add(array);
        double[] values = new double[array.Length];
        double[] errors = new double[array.Length];
        for (int i = 0; i < values.Length; i++)
        {
            Bounded expected = formula(i);
            values[i] = expected.Value;
            errors[i] = double.IsFinite(expected.Value) ? expected.Error : 0.0;
        }

        recorder.Compare(what, values, array, errors, "error bound of the formula, rounding by rounding");
    }

    /// <summary>As <see cref="Expect"/> for the rows of a target; what lies between them must keep its bits.</summary>
    public void ExpectRows(string what, float[] target, RowShape shape, Func<int, int, Bounded> formula) =>
        Expect(what, target, i => i % shape.TargetStride < shape.Width
            ? formula(i / shape.TargetStride, i % shape.TargetStride)
            : Before(target, i));

    /// <summary>Holds the arrays for which nothing was expected to what they held.</summary>
    public void Finish()
    {
        foreach ((float[] array, float[] before) in _before)
        {
            if (!_expected.Contains(array) && !_scratch.Contains(array))
            {
                recorder.Compare("argument that is only read", CaseValues.Widen(before), array, Tolerances.Exact);
            }
        }
    }

    private void Launch(Action<LoadedKernel, object[]> launch, object[] arguments) => Launch(launch, _ => arguments);

    private void Launch(Action<LoadedKernel, object[]> launch, Func<Func<float[], ArrayView<float>>, object[]> build)
    {
        List<Action> readBack = [];
        List<IDisposable> buffers = [];
        try
        {
            object[] views = Array.ConvertAll(build(floats => (ArrayView<float>)Upload(floats, readBack, buffers)), argument => argument switch
            {
                float[] floats => Upload(floats, readBack, buffers),
                int[] integers => Upload(integers, buffers),
                _ => argument,
            });
            launch(device.Load(kernel), views);
            readBack.ForEach(read => read());
        }
        finally
        {
            buffers.ForEach(buffer => buffer.Dispose());
        }
    }

    private object Upload(float[] values, List<Action> readBack, List<IDisposable> buffers)
    {
        _before[values] = [.. values];
        int margin = _aligned.Contains(values) ? AlignedMargin : Margin;
        float[] padded = new float[values.Length + (2 * margin)];
        Array.Fill(padded, MarginValue);
        values.CopyTo(padded, margin);
        DeviceBuffer<float> buffer = device.Allocate<float>(padded.Length);
        buffers.Add(buffer);
        buffer.CopyFrom(padded);
        readBack.Add(() =>
        {
            buffer.CopyTo(padded);
            padded.AsSpan(margin, values.Length).CopyTo(values);
            float[] margins = [.. padded[..margin], .. padded[^margin..]];
            double[] expected = new double[margins.Length];
            Array.Fill(expected, MarginValue);
            recorder.Compare("memory beside a view", expected, margins, Tolerances.Exact);
        });
        return buffer.View.SubView(margin, values.Length);
    }

    private object Upload(int[] values, List<IDisposable> buffers)
    {
        DeviceBuffer<int> buffer = device.Allocate<int>(values.Length + Margin);
        buffers.Add(buffer);
        buffer.CopyFrom(values, Margin);
        return buffer.View.SubView(Margin, values.Length);
    }
}
