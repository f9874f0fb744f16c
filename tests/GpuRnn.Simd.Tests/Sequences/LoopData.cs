using GpuRnn.Devices.Sequences;

namespace GpuRnn.Simd.Tests.Sequences;

/// <summary>Random arguments of one time loop, the same for the loop under test and for the reference.</summary>
internal sealed class LoopData
{
    private readonly Random _random;

    public LoopData(StepGraph graph, SequenceLayout layout, int seed)
    {
        _random = new Random(seed);
        int rows = layout.TotalRows;
        Sequences = [.. graph.SequenceWidths.Select(width => Values(rows * width, 1))];
        Parameters = [];
        foreach (ProductNode product in graph.Nodes.OfType<ProductNode>())
        {
            AddParameter(product.Weight, (product.FirstRow + product.Rows) * product.SourceWidth, 1 / Math.Sqrt(product.SourceWidth));
            if (product.Bias is not null)
            {
                AddParameter(product.Bias, product.FirstRow + product.Rows, 0.5);
            }
        }

        foreach (StepParameter parameter in graph.Parameters)
        {
            AddParameter(parameter.Name, parameter.Width, 0.5);
        }

        int batch = layout.BatchSize;
        InitialStates = [.. graph.States.Select(state => Values(batch * state.Width, 0.8))];
        StateGradients = [.. graph.States.Select(state => Values(rows * state.Width, 1))];
        FinalStateGradients = [.. graph.States.Select(state => Values(batch * state.Width, 1))];
    }

    public List<float[]> Sequences { get; }

    public Dictionary<string, float[]> Parameters { get; }

    public List<float[]> InitialStates { get; }

    public List<float[]> StateGradients { get; }

    public List<float[]> FinalStateGradients { get; }

    public static List<double[]> Widen(IEnumerable<float[]> arrays) =>
        [.. arrays.Select(array => array.Select(value => (double)value).ToArray())];

    private void AddParameter(string name, int length, double scale)
    {
        // Products may share a parameter by row ranges: the longest one decides.
        if (!Parameters.TryGetValue(name, out float[]? existing) || existing.Length < length)
        {
            Parameters[name] = Values(length, scale);
        }
    }

    private float[] Values(int length, double scale) =>
        Enumerable.Range(0, length).Select(_ => (float)(((_random.NextDouble() * 2) - 1) * scale)).ToArray();
}
