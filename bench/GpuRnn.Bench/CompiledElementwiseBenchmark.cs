using BenchmarkDotNet.Attributes;
using GpuRnn.Devices;
using GpuRnn.Devices.Cpu;
using GpuRnn.KernelModel;
using GpuRnn.Kernels.Cells.Activations;
using GpuRnn.Kernels.Elementwise;
using GpuRnn.Kernels.Lanes;
using GpuRnn.Kernels.Optimizers;
using GpuRnn.Simd.Lanes;

namespace GpuRnn.Bench;

/// <summary>Elementwise kernels compiled for the processor beside the same mathematics over the hand-written vector lanes, on one thread.</summary>
/// <remarks>Both must give the same bits. The arrays fit the second-level cache, so that arithmetic and not memory is compared.</remarks>
public unsafe class CompiledElementwiseBenchmark
{
    private const int Length = 16 * 1024;
    private const float Factor = 0.37f;

    private static readonly AdamSettings s_settings = new(0.9, 0.999, 1e-8);
    private static readonly AdamRule<F32> s_adam = AdamSteps.Adam(value => new F32((float)value), s_settings, 1e-3, 3);
    private static readonly Penalty<F32> s_penalty = Penalty<F32>.Create(value => new F32((float)value), 1e-3, 0.01, true, 0.0);

    private readonly DeviceBuffer<float>[] _buffers = new DeviceBuffer<float>[4];
    private CpuDevice? _device;
    private LoadedKernel? _kernel;
    private object[] _arguments = [];
    private Action _simd = () => { };

    /// <summary>The kernel that is timed.</summary>
    [Params("add", "scale", "add-scaled", "tanh", "sigmoid", "adam")]
    public string Kernel { get; set; } = "add";

    /// <summary>Runs both once from the same numbers and compares their bits.</summary>
    [GlobalSetup]
    public void Check()
    {
        _device = new CpuDevice(new CpuDeviceOptions { ThreadCount = 1, KernelMode = CpuKernelMode.Compiled });
        for (int i = 0; i < _buffers.Length; i++)
        {
            _buffers[i] = _device.Allocate<float>(Length);
        }

        object[] views = Array.ConvertAll(_buffers, buffer => (object)(ArrayView1D<float, Stride1D.Dense>)buffer.View);
        (Type owner, string method, _arguments) = Kernel switch
        {
            "add" => (typeof(Add), nameof(Add.Forward), views[..3]),
            "scale" => (typeof(Scale), nameof(Scale.Forward), [.. views[..2], Factor]),
            "add-scaled" => (typeof(AddScaled), nameof(AddScaled.Forward), [.. views[..2], Factor]),
            "adam" => (typeof(OptimizerUpdate), nameof(OptimizerUpdate.Update), [.. views, 2, s_penalty, s_adam]),
            _ => (typeof(Activate), nameof(Activate.Forward), views[..2]),
        };
        System.Reflection.MethodInfo kernel = owner.GetMethod(method)!;
        _kernel = _device.Load(Kernel switch
        {
            "tanh" => kernel.MakeGenericMethod(typeof(TanhActivation)),
            "sigmoid" => kernel.MakeGenericMethod(typeof(SigmoidActivation)),
            "adam" => kernel.MakeGenericMethod(typeof(AdamRule<F32>)),
            _ => kernel,
        });
        int bits = _device.Profile.VectorBits;
        _simd = bits == 512 ? Vectors<V512>() : bits == 256 ? Vectors<V256>() : Vectors<V128>();
        float[][] expected = Results(Simd);
        float[][] actual = Results(Compiled);
        for (int i = 0; i < actual.Length; i++)
        {
            ResultCheck.Require($"{Kernel} buffer {i}", Array.ConvertAll(expected[i], value => (double)value), actual[i], _ => 0.0);
        }
    }

    /// <summary>Frees the device.</summary>
    [GlobalCleanup]
    public void Free()
    {
        Array.ForEach(_buffers, buffer => buffer.Dispose());
        _device?.Dispose();
    }

    /// <summary>The loop over vector lanes.</summary>
    [Benchmark(Baseline = true)]
    public void Simd() => _simd();

    /// <summary>The compiled kernel, launch included.</summary>
    [Benchmark]
    public void Compiled() => _kernel!.Launch(_device!.DefaultStream, Length, _arguments);

    private float[][] Results(Action run)
    {
        Random random = new(1);
        Array.ForEach(_buffers, buffer => buffer.CopyFrom([.. Enumerable.Range(0, Length).Select(_ => random.NextSingle() + 0.1f)]));
        run();
        return Array.ConvertAll(_buffers, buffer =>
        {
            float[] values = new float[Length];
            buffer.CopyTo(values);
            return values;
        });
    }

    private Action Vectors<T>()
        where T : struct, IVectorLane<T>
    {
        float* a = _buffers[0].View.HostPointer;
        float* b = _buffers[1].View.HostPointer;
        float* c = _buffers[2].View.HostPointer;
        float* d = _buffers[3].View.HostPointer;
        return Kernel switch
        {
            "add" => () => AddVectors<T>(a, b, c),
            "scale" => () => ScaleVectors<T>(a, b),
            "add-scaled" => () => AddScaledVectors<T>(a, b),
            "tanh" => () => ActivateVectors<T, TanhActivation>(a, b),
            "sigmoid" => () => ActivateVectors<T, SigmoidActivation>(a, b),
            _ => () => AdamVectors<T>(a, b, c, d),
        };
    }

    private static void AddVectors<T>(float* a, float* b, float* result)
        where T : struct, IVectorLane<T>
    {
        for (int i = 0; i < Length; i += T.Count)
        {
            T.Store(result + i, T.Load(a + i) + T.Load(b + i));
        }
    }

    private static void ScaleVectors<T>(float* source, float* result)
        where T : struct, IVectorLane<T>
    {
        T factor = T.Constant(Factor);
        for (int i = 0; i < Length; i += T.Count)
        {
            T.Store(result + i, T.Load(source + i) * factor);
        }
    }

    private static void AddScaledVectors<T>(float* source, float* target)
        where T : struct, IVectorLane<T>
    {
        T factor = T.Constant(Factor);
        for (int i = 0; i < Length; i += T.Count)
        {
            T.Store(target + i, T.MultiplyAdd(T.Load(source + i), factor, T.Load(target + i)));
        }
    }

    private static void ActivateVectors<T, TActivation>(float* source, float* result)
        where T : struct, IVectorLane<T>
        where TActivation : struct, IActivation
    {
        for (int i = 0; i < Length; i += T.Count)
        {
            T.Store(result + i, TActivation.Forward(T.Load(source + i)));
        }
    }

    private static void AdamVectors<T>(float* parameters, float* gradients, float* firstMoments, float* secondMoments)
        where T : struct, IVectorLane<T>
    {
        AdamRule<T> rule = AdamSteps.Adam(value => T.Constant((float)value), s_settings, 1e-3, 3);
        Penalty<T> penalty = Penalty<T>.Create(value => T.Constant((float)value), 1e-3, 0.01, true, 0.0);
        for (int i = 0; i < Length; i += T.Count)
        {
            T parameter = T.Load(parameters + i);
            T first = T.Load(firstMoments + i);
            T second = T.Load(secondMoments + i);
            T gradient = Penalty<T>.Apply(penalty, ref parameter, T.Load(gradients + i));
            AdamRule<T>.Apply(rule, ref parameter, gradient, ref first, ref second);
            T.Store(parameters + i, parameter);
            T.Store(firstMoments + i, first);
            T.Store(secondMoments + i, second);
        }
    }
}
