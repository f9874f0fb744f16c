using System.Reflection;
using System.Runtime.CompilerServices;
using BenchmarkDotNet.Attributes;
using GpuRnn.Devices;
using GpuRnn.Devices.Cpu;
using GpuRnn.KernelModel;
using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Recurrent;
using GpuRnn.Simd.Lanes;

namespace GpuRnn.Bench;

/// <summary>The gates of an LSTM step compiled for the processor beside the same node over the hand-written vector lanes, on one thread.</summary>
/// <remarks>
/// The compiled kernel finds every slot through its table, the hand-written loop through pointers to rows, as the fused time loop does.
/// Both must give the same bits.
/// </remarks>
public unsafe class CompiledGateBenchmark
{
    private const int Batch = 32;

    // i f g o, h, c before and behind the step, in blocks of [B, H].
    private const int StateBlocks = 4;
    private const int GateCount = 4;

    private readonly List<IDisposable> _owned = [];
    private readonly DeviceBuffer<float>[] _buffers = new DeviceBuffer<float>[GateSlots.KindCount];
    private CpuDevice? _device;
    private LoadedKernel? _kernel;
    private object[] _arguments = [];
    private float** _rows;
    private Action _simd = () => { };

    /// <summary>Units; 100 leaves a remainder behind the last whole vector.</summary>
    [Params(256, 100)]
    public int Hidden { get; set; }

    /// <summary>The pass that is timed.</summary>
    [Params("forward", "backward")]
    public string Pass { get; set; } = "forward";

    /// <summary>Runs both once from the same numbers and compares their bits.</summary>
    [GlobalSetup]
    public void Check()
    {
        _device = new CpuDevice(new CpuDeviceOptions { ThreadCount = 1, KernelMode = CpuKernelMode.Compiled });
        for (int kind = 0; kind < _buffers.Length; kind++)
        {
            _buffers[kind] = Own(_device.Allocate<float>(StateBlocks * Batch * Hidden));
        }

        LoadKernel();
        _rows = (float**)System.Runtime.InteropServices.NativeMemory.Alloc((nuint)(_buffers.Length * sizeof(float*)));
        for (int kind = 0; kind < _buffers.Length; kind++)
        {
            _rows[kind] = _buffers[kind].View.HostPointer;
        }

        int bits = _device.Profile.VectorBits;
        _simd = bits == 512 ? Run<V512> : bits == 256 ? Run<V256> : Run<V128>;
        float[][] expected = Results(Simd);
        float[][] actual = Results(Compiled);
        for (int kind = 0; kind < actual.Length; kind++)
        {
            ResultCheck.Require($"{Pass} buffer {kind}", Array.ConvertAll(expected[kind], value => (double)value), actual[kind], _ => 0.0);
        }
    }

    /// <summary>Frees the device.</summary>
    [GlobalCleanup]
    public void Free()
    {
        System.Runtime.InteropServices.NativeMemory.Free(_rows);
        _owned.ForEach(one => one.Dispose());
        _owned.Clear();
        _device?.Dispose();
    }

    /// <summary>The loop over vector lanes, with a single-unit lane for the remainder.</summary>
    [Benchmark(Baseline = true)]
    public void Simd() => _simd();

    /// <summary>The compiled kernel, launch included.</summary>
    [Benchmark]
    public void Compiled() => _kernel!.Launch(_device!.DefaultStream, Batch * Hidden, _arguments);

    private DeviceBuffer<T> Own<T>(DeviceBuffer<T> buffer)
        where T : unmanaged
    {
        _owned.Add(buffer);
        return buffer;
    }

    private void LoadKernel()
    {
        bool isForward = Pass == "forward";
        Type owner = isForward ? typeof(StepNodeForward) : typeof(StepNodeBackward);
        MethodInfo method = owner.GetMethod(isForward ? "Forward" : "Backward")!.MakeGenericMethod(typeof(LstmNode));
        _kernel = _device!.Load(method);
        Dictionary<StepSlotKind, IReadOnlyList<StepSlot>> slots = [];
        foreach (StepSlotKind kind in Enum.GetValues<StepSlotKind>())
        {
            slots[kind] = [.. Enumerable.Range(0, GateCount).Select(slot => new StepSlot(slot * Batch * Hidden, Hidden))];
        }

        // Both steps' states share one view: h and c behind the step lie behind those before it.
        slots[StepSlotKind.NextState] = [new StepSlot(2 * Batch * Hidden, Hidden), new StepSlot(3 * Batch * Hidden, Hidden)];
        slots[StepSlotKind.NextStateGradient] = slots[StepSlotKind.NextState];
        int[] numbers = StepSlotTable.Build(slots);
        DeviceBuffer<int> table = Own(_device.Allocate<int>(numbers.Length));
        table.CopyFrom(numbers);
        object[] views = Array.ConvertAll(_buffers, buffer => (object)(ArrayView1D<float, Stride1D.Dense>)buffer.View);
        object tableView = (ArrayView1D<int, Stride1D.Dense>)table.View;
        _arguments = isForward
            ? [views[GateSlots.Inputs], views[GateSlots.Products], views[GateSlots.States], views[GateSlots.Values], views[GateSlots.Unused], tableView, Hidden, 0, 0, 0, 0]
            : [
                views[GateSlots.Inputs], views[GateSlots.States], views[GateSlots.Values], views[GateSlots.Unused], views[GateSlots.InputGradients],
                views[GateSlots.ProductGradients], views[GateSlots.StateGradients], views[GateSlots.Unused], views[GateSlots.Unused], tableView,
                Hidden, 0, 0, 0, 0, 0,
            ];
    }

    private float[][] Results(Action run)
    {
        Random random = new(1);
        Array.ForEach(_buffers, buffer => buffer.CopyFrom([.. Enumerable.Range(0, (int)buffer.Length).Select(_ => (random.NextSingle() * 2f) - 1f)]));
        run();
        return Array.ConvertAll(_buffers, buffer =>
        {
            float[] values = new float[buffer.Length];
            buffer.CopyTo(values);
            return values;
        });
    }

    private void Run<T>()
        where T : struct, IVectorLane<T>
    {
        int whole = Hidden - (Hidden % T.Count);
        bool isForward = Pass == "forward";
        for (int row = 0; row < Batch; row++)
        {
            GateSlots slots = new(_rows, Batch * Hidden, row * Hidden);
            if (isForward)
            {
                ForwardUnits<T>(slots, 0, whole);
                ForwardUnits<V1>(slots, whole, Hidden);
            }
            else
            {
                BackwardUnits<T>(slots, 0, whole);
                BackwardUnits<V1>(slots, whole, Hidden);
            }
        }
    }

    // Each pass in a method of its own, as in the fused loop: both in one exhaust the JIT's inlining budget, and calls appear in the loop.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void ForwardUnits<T>(GateSlots slots, int first, int end)
        where T : struct, IVectorLane<T>
    {
        for (nint unit = first; unit < end; unit += T.Count)
        {
            GateSlots.Lane<T> lane = new(slots, unit);
            LstmNode.Forward<T, GateSlots.Lane<T>>(ref lane);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void BackwardUnits<T>(GateSlots slots, int first, int end)
        where T : struct, IVectorLane<T>
    {
        for (nint unit = first; unit < end; unit += T.Count)
        {
            GateSlots.Lane<T> lane = new(slots, unit);
            LstmNode.Backward<T, GateSlots.Lane<T>>(ref lane);
        }
    }
}
