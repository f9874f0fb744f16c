using GpuRnn.Devices;
using GpuRnn.Devices.Cpu;
using GpuRnn.Devices.Sequences;
using GpuRnn.KernelModel;
using GpuRnn.Scheduling.Reference;
using GpuRnn.Simd.Lanes;
using GpuRnn.Simd.Sequences;

namespace GpuRnn.Simd.Tests.Sequences;

/// <summary>One forward and backward pass of the loop under test, with everything it wrote copied out.</summary>
/// <remarks>Histories have a wider row stride than needed and are filled with NaN first, so that an unwritten element shows.</remarks>
internal sealed class LoopRun
{
    private const int Padding = 3;
    private readonly CpuDevice _device;

    private LoopRun(CpuDevice device) => _device = device;

    public List<float[]> States { get; private set; } = [];

    public List<float[]> FinalStates { get; private set; } = [];

    public float[] InputGradients { get; private set; } = [];

    public List<float[]> ProductGradients { get; private set; } = [];

    public List<float[]> InitialStateGradients { get; private set; } = [];

    public List<float[]> ParameterGradients { get; private set; } = [];

    public static LoopRun Execute<TLane>(
        StepGraph graph, SequenceLayout layout, bool isReverse, LoopData data, ReferenceSequencePass pass, LoopSplit split, int threads, bool hasStates)
        where TLane : struct, IVectorLane<TLane>
    {
        using CpuDevice device = new(new CpuDeviceOptions { ThreadCount = threads, Together = true });
        return new LoopRun(device).Execute<TLane>(graph, layout, isReverse, data, pass, split, hasStates);
    }

    /// <summary>Every array that was written, with its name.</summary>
    public IEnumerable<(string Name, float[] Values)> All()
    {
        foreach ((string name, List<float[]> arrays) in new[]
        {
            ("states", States),
            ("final states", FinalStates),
            ("product gradients", ProductGradients),
            ("initial state gradients", InitialStateGradients),
        })
        {
            for (int i = 0; i < arrays.Count; i++)
            {
                yield return ($"{name} {i}", arrays[i]);
            }
        }

        yield return ("input gradients", InputGradients);
    }

    private LoopRun Execute<TLane>(
        StepGraph graph, SequenceLayout layout, bool isReverse, LoopData data, ReferenceSequencePass pass, LoopSplit split, bool hasStates)
        where TLane : struct, IVectorLane<TLane>
    {
        int rows = layout.TotalRows;
        int batch = layout.BatchSize;
        SimdSequenceExecutor<TLane> executor = new(_device, split);
        using ISequenceLoop loop = executor.Prepare(new SequenceLoopRequest(graph, layout, isReverse, true));
        SequenceForwardArguments forward = new()
        {
            Inputs = Rows(pass.Inputs.Select(value => (float)value).ToArray(), graph.InputWidth),
            Weights = [.. graph.StepProducts.Select(product => Copy(data.Parameters[product.Weight]))],
            Biases = [.. graph.StepProducts.Select(product => product.Bias is null ? default : Copy(data.Parameters[product.Bias]))],
            Parameters = [.. graph.Parameters.Select(parameter => Copy(data.Parameters[parameter.Name]))],
            InitialStates = [.. graph.States.Select((state, i) => hasStates ? Rows(data.InitialStates[i], state.Width) : default)],
            States = [.. graph.States.Select(state => Empty(rows, state.Width))],
            Values = [.. graph.Values.Select(value => Empty(rows, value.Width))],
            FinalStates = [.. graph.States.Select(state => Empty(batch, state.Width))],
        };
        SequenceBackwardArguments backward = new()
        {
            Forward = forward,
            StateGradients = [.. graph.States.Select((state, i) => Rows(data.StateGradients[i], state.Width))],
            FinalStateGradients = [.. graph.States.Select((state, i) => hasStates ? Rows(data.FinalStateGradients[i], state.Width) : default)],
            InputGradients = Empty(rows, graph.InputWidth),
            ProductGradients = [.. graph.StepProducts.Select(product => Empty(rows, product.Rows))],
            InitialStateGradients = [.. graph.States.Select(state => hasStates ? Empty(batch, state.Width) : default)],
            ParameterGradients = [.. graph.Parameters.Select(parameter => Copy(new float[parameter.Width]))],
        };
        loop.Forward(_device.DefaultStream, forward);
        loop.Backward(_device.DefaultStream, backward);
        States = [.. graph.States.Select((state, i) => Read(forward.States[i], rows, state.Width))];
        FinalStates = [.. graph.States.Select((state, i) => Read(forward.FinalStates[i], batch, state.Width))];
        InputGradients = Read(backward.InputGradients, rows, graph.InputWidth);
        ProductGradients = [.. graph.StepProducts.Select((product, i) => Read(backward.ProductGradients[i], rows, product.Rows))];
        InitialStateGradients = [.. graph.States.Where(_ => hasStates).Select((state, i) => Read(backward.InitialStateGradients[i], batch, state.Width))];
        ParameterGradients = [.. graph.Parameters.Select((parameter, i) => Read(new RowsView(backward.ParameterGradients[i], parameter.Width), 1, parameter.Width))];
        return this;
    }

    private ArrayView<float> Copy(float[] values)
    {
        DeviceBuffer<float> buffer = _device.Allocate<float>(Math.Max(1, values.Length));
        buffer.CopyFrom(values);
        return buffer.View;
    }

    private RowsView Rows(float[] values, int width)
    {
        int rows = width == 0 ? 0 : values.Length / width;
        float[] padded = new float[rows * (width + Padding)];
        for (int row = 0; row < rows; row++)
        {
            values.AsSpan(row * width, width).CopyTo(padded.AsSpan(row * (width + Padding)));
        }

        return new RowsView(Copy(padded), width + Padding);
    }

    private RowsView Empty(int rows, int width)
    {
        float[] values = new float[rows * width];
        Array.Fill(values, float.NaN);
        return Rows(values, width);
    }

    private static float[] Read(RowsView view, int rows, int width)
    {
        float[] values = new float[rows * width];
        for (int row = 0; row < rows; row++)
        {
            for (int i = 0; i < width; i++)
            {
                values[(row * width) + i] = view.Memory[((long)row * view.RowStride) + i];
            }
        }

        return values;
    }
}
