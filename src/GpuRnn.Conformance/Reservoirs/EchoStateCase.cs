using GpuRnn.Accuracy;
using GpuRnn.Devices;
using GpuRnn.Reservoirs;

namespace GpuRnn.Conformance.Reservoirs;

/// <summary>An echo state network, driven by targets and then by its own outputs, against Jaeger's equations in double precision.</summary>
internal sealed class EchoStateCase : ConformanceCase
{
    private const int InputSize = 2;

    private readonly EchoStateOptions _options;
    private readonly int _drivenSteps;
    private readonly int _freeSteps;
    private readonly int[] _lengths;

    private EchoStateCase(int reservoirSize, double leakRate, int drivenSteps, int freeSteps, params int[] lengths)
        : base("network echo state", $"H={reservoirSize} leak={leakRate} T={drivenSteps}+{freeSteps} lengths={string.Join('/', lengths)}")
    {
        (_drivenSteps, _freeSteps, _lengths) = (drivenSteps, freeSteps, lengths);
        _options = new EchoStateOptions
        {
            InputSize = InputSize,
            OutputSize = 1,
            ReservoirSize = reservoirSize,
            Connectivity = 0.2,
            SpectralRadius = 0.8,
            FeedbackScaling = 0.5,
            BiasScaling = 0.2,
            LeakRate = leakRate,
        };
    }

    public static IEnumerable<ConformanceCase> All()
    {
        return [new EchoStateCase(1, 1.0, 1, 1, 1), new EchoStateCase(17, 0.3, 5, 4, 5, 0, 3), new EchoStateCase(33, 1.0, 6, 5, 6, 6)];
    }

    /// <inheritdoc/>
    protected override void Run(Device device, ConformanceRecorder recorder)
    {
        int batch = _lengths.Length;
        ReservoirBatch driven = Batch(_drivenSteps, 1) with { Lengths = _lengths };
        ReservoirBatch free = Batch(_freeSteps, 5) with { Targets = null };
        double[] readout = CaseValues.Widen(CaseValues.Uniform(_options.FeatureCount, 9, 0.2f));
        using EchoStateNetwork network = new(device, _options);
        network.SetOutputWeights(readout);
        float[] states = Narrow(network.States(driven));
        network.Reset();
        float[] outputs = Narrow(network.Run(driven));
        float[] generated = Narrow(network.FreeRun(free));

        Bounded expectedStates = new(states.Length);
        Bounded expectedOutputs = new(outputs.Length);
        Bounded expectedGenerated = new(generated.Length);
        for (int row = 0; row < batch; row++)
        {
            EchoStateReference reference = new(network, readout);
            for (int t = 0; t < _lengths[row]; t++)
            {
                int at = (t * batch) + row;
                reference.Step(driven.Inputs.AsSpan(at * InputSize, InputSize));
                reference.WriteStates(expectedStates, at);
                reference.WriteOutput(expectedOutputs, at);
                reference.Teach(driven.Targets![at]);
            }

            for (int t = 0; t < _freeSteps; t++)
            {
                int at = (t * batch) + row;
                reference.Step(free.Inputs.AsSpan(at * InputSize, InputSize));
                reference.WriteOutput(expectedGenerated, at);
            }
        }

        expectedStates.Compare(recorder, "states", states);
        expectedOutputs.Compare(recorder, "outputs", outputs);
        expectedGenerated.Compare(recorder, "free run", generated);
    }

    private static float[] Narrow(double[] values)
    {
        return Array.ConvertAll(values, value => (float)value);
    }

    private ReservoirBatch Batch(int timeSteps, ulong seed)
    {
        int rows = timeSteps * _lengths.Length;
        return new ReservoirBatch(timeSteps, _lengths.Length)
        {
            Inputs = CaseValues.Widen(CaseValues.Uniform(rows * InputSize, seed)),
            Targets = CaseValues.Widen(CaseValues.Uniform(rows, seed + 1)),
        };
    }

    /// <summary>Expected values, each with the error that float32 may make of it.</summary>
    internal sealed class Bounded(int count)
    {
        public double[] Values { get; } = new double[count];

        public double[] Errors { get; } = new double[count];

        public void Compare(ConformanceRecorder recorder, string what, float[] actual)
        {
            recorder.Compare(what, Values, actual, Errors, "float32, the error of each state carried through the steps");
        }
    }
}
