using GpuRnn.Accuracy;
using GpuRnn.Devices;
using GpuRnn.Reservoirs;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Scheduling.Reference;
using GpuRnn.Tensors;
using GpuRnn.Testing;
using GpuRnn.Tests.Tensors;
using GpuRnn.Tests.Weights;
using GpuRnn.Weights;

namespace GpuRnn.Tests.Reservoirs;

public sealed class EchoStateNetworkTests : IDisposable
{
    private readonly Device _device = TestDevice.Open();

    [Theory]
    [InlineData(1.0)]
    [InlineData(0.3)]
    public void States_InDouble_AreThoseOfTheReferenceCell(double leakRate)
    {
        EchoStateOptions options = Options() with { LeakRate = leakRate };
        ReservoirBatch batch = Batch(options, 9, 3) with { Lengths = [9, 0, 5] };
        using EchoStateNetwork network = new(_device, options);
        double[] driven = new double[9 * 3 * 3];
        double[] weights = new double[options.ReservoirSize * 3];
        for (int i = 0; i < 27; i++)
        {
            batch.Inputs.AsSpan(2 * i, 2).CopyTo(driven.AsSpan(3 * i));
            driven[(3 * i) + 2] = i < 3 ? 0.0 : batch.Targets![i - 3];
        }

        for (int unit = 0; unit < options.ReservoirSize; unit++)
        {
            (weights[3 * unit], weights[(3 * unit) + 1]) = (network.Weights.Input[2 * unit], network.Weights.Input[(2 * unit) + 1]);
            weights[(3 * unit) + 2] = network.Weights.Feedback[unit];
        }

        ReferenceRecurrent reference = new(new LeakyCell(0.5f), 3, options.ReservoirSize, 1, bidirectional: false);
        double[] rates = [.. Enumerable.Repeat(leakRate, options.ReservoirSize)];
        double[] none = new double[options.ReservoirSize];
        ReferenceRecurrentPass pass = reference.Forward(
            9, 3, driven, [weights, network.Weights.Recurrent, [.. network.Weights.Bias], none, rates], lengths: batch.Lengths);

        ToleranceSpec tolerance = Tolerances.Double(options.ReservoirSize + 3, 9, Growth(network, 9));
        ElementwiseAssert.Close(pass.Output, network.States(batch), tolerance, "states", 9, 3, options.ReservoirSize);
    }

    [Theory]
    [InlineData(StatePrecision.Double)]
    [InlineData(StatePrecision.Single)]
    public void Fit_OfTargetsThatAReadoutMakes_SolvesTheNormalEquations(StatePrecision precision)
    {
        EchoStateOptions options = Options() with { Precision = precision, Ridge = 1e-3, Washout = 4 };
        ReservoirBatch batch = Batch(options, 20, 2) with { Lengths = [20, 11] };
        using EchoStateNetwork network = new(_device, options);
        Assert.Equal(16 + 7, network.Fit(batch));
        network.Reset();
        double[] states = network.States(batch);
        network.Reset();
        double[] outputs = network.Run(batch);

        // Zᵀ (Y − Z W) = λ W, for the state's part of Z.
        for (int unit = 0; unit < options.ReservoirSize; unit++)
        {
            double sum = 0.0;
            double magnitude = 0.0;
            for (int i = 4 * 2; i < 40; i++)
            {
                double z = states[(i * options.ReservoirSize) + unit];
                sum += z * (i % 2 == 0 || i / 2 < 11 ? batch.Targets![i] - outputs[i] : 0.0);
                magnitude += Math.Abs(z) * options.FeatureCount * network.OutputWeights!.Max(Math.Abs);
            }

            ElementwiseAssert.Close(
                [options.Ridge * network.OutputWeights![unit]], [sum], Tolerances.Double(4 * options.FeatureCount, magnitude: magnitude), $"equation {unit}");
        }
    }

    [Fact]
    public void Fit_DependentStatesWithoutRidge_NamesThePivotAndTheRemedy()
    {
        EchoStateOptions options = Options() with { Ridge = 0.0, Washout = 0, Precision = StatePrecision.Double };
        using EchoStateNetwork network = new(_device, options);
        NotPositiveDefiniteException exception = Assert.Throws<NotPositiveDefiniteException>(() => network.Fit(Batch(options, 10, 1)));
        Assert.InRange(exception.PivotIndex, 1, 10);
        Assert.Contains("after 10 steps with Ridge = 0, but a positive one is needed", exception.Message, StringComparison.Ordinal);
        Assert.Contains($"or fit at least {options.FeatureCount} steps beyond the washout.", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(StatePrecision.Double, true)]
    [InlineData(StatePrecision.Single, true)]
    [InlineData(StatePrecision.Double, false)]
    public void FreeRun_FeedsItsOutputsBack_AsPlainLoopsDo(StatePrecision precision, bool hasDirectInput)
    {
        EchoStateOptions options = Options() with { Precision = precision, HasDirectInput = hasDirectInput, LeakRate = 0.5, InputScaling = 0.3 };
        using EchoStateNetwork network = new(_device, options);
        network.SetOutputWeights(TestValues(options.FeatureCount, 4, 0.1));
        ReservoirBatch warm = Batch(options, 5, 2);
        ReservoirBatch free = Batch(options, 6, 2) with { Targets = null };
        network.Skip(warm);
        double[] actual = network.FreeRun(free);

        double[] expected = new double[12];
        for (int row = 0; row < 2; row++)
        {
            PlainEchoState plain = new(network);
            double last = 0.0;
            for (int t = 0; t < 11; t++)
            {
                ReadOnlySpan<double> input = t < 5 ? warm.Inputs.AsSpan(((t * 2) + row) * 2, 2) : free.Inputs.AsSpan((((t - 5) * 2) + row) * 2, 2);
                plain.Step(input, last);
                last = t < 5 ? warm.Targets![(t * 2) + row] : plain.Output(input);
                if (t >= 5)
                {
                    expected[((t - 5) * 2) + row] = last;
                }
            }
        }

        int length = options.ReservoirSize + options.FeatureCount;
        double growth = Growth(network, 11) * (1.0 + network.OutputWeights!.Sum(Math.Abs));
        ElementwiseAssert.Close(
            expected, actual, precision == StatePrecision.Double ? Tolerances.Double(length, 11, growth) : Tolerances.Single(length, 11, growth), "free run", 6, 2, 1);
    }

    [Fact]
    public void Adapt_AfterAFit_GivesTheReadoutOfAFitToBoth()
    {
        EchoStateOptions options = Options() with { Precision = StatePrecision.Double, Ridge = 0.1, Washout = 0, FeedbackScaling = 0.0 };
        ReservoirBatch both = Batch(options, 30, 1);
        using EchoStateNetwork online = new(_device, options);
        online.Fit(Part(both, 0, 12));
        online.Adapt(Part(both, 12, 30));
        using EchoStateNetwork whole = new(_device, options);
        whole.Fit(both);

        // The condition of ZᵀZ + λI is below (30·F + λ)/λ; both ways err by less than its product with their roundings.
        ToleranceSpec tolerance = Tolerances.Double(30 * options.FeatureCount, 30, 30 * options.FeatureCount / 0.1);
        ElementwiseAssert.Close([.. whole.OutputWeights!], [.. online.OutputWeights!], tolerance, "readout");
    }

    [Fact]
    public void Adapt_FromNothing_GivesOutputsMadeBeforeTheirTargets()
    {
        EchoStateOptions options = Options() with { Precision = StatePrecision.Double, Ridge = 0.1, FeedbackScaling = 0.0, ForgettingFactor = 0.9 };
        using EchoStateNetwork network = new(_device, options);
        double[] outputs = network.Adapt(Batch(options, 12, 1));
        Assert.Equal(0.0, outputs[0]);
        Assert.NotEqual(0.0, outputs[1]);
    }

    [Theory]
    [InlineData(StatePrecision.Double)]
    [InlineData(StatePrecision.Single)]
    public void States_MoreThanOnePiece_AreThoseOfCallsOneAfterAnother(StatePrecision precision)
    {
        // 2²² numbers make a piece: 762 steps of 500 sequences with ten units and one input.
        EchoStateOptions options = new() { InputSize = 1, OutputSize = 1, ReservoirSize = 10, Connectivity = 0.2, Precision = precision };
        const int Batch = 500;
        double[] inputs = TestValues(770 * Batch, 8, 1.0);
        using EchoStateNetwork network = new(_device, options);
        double[] whole = network.States(new ReservoirBatch(770, Batch) { Inputs = inputs });
        network.Reset();
        network.Skip(new ReservoirBatch(750, Batch) { Inputs = inputs[..(750 * Batch)] });
        double[] rest = network.States(new ReservoirBatch(20, Batch) { Inputs = inputs[(750 * Batch)..] });
        Assert.True(whole.AsSpan(750 * Batch * 10).SequenceEqual(rest));
    }

    [Fact]
    public void Save_ThenLoad_GivesTheSameOutputs()
    {
        using TemporaryFolder folder = new();
        EchoStateOptions options = Options() with { LeakRate = 0.4, StateNoise = 1e-3, Seed = ulong.MaxValue };
        using EchoStateNetwork network = new(_device, options);
        network.Fit(Batch(options, 40, 1) with { Lengths = [39] });
        network.Save(folder.FilePath("network.safetensors"));
        network.Reset();
        using EchoStateNetwork loaded = EchoStateNetwork.Load(_device, folder.FilePath("network.safetensors"));
        Assert.Equal(options, loaded.Options);
        Assert.Equal(network.Run(Batch(options, 5, 2)), loaded.Run(Batch(options, 5, 2)));
        Assert.Equal(network.FreeRun(Batch(options, 5, 2)), loaded.FreeRun(Batch(options, 5, 2)));
    }

    [Fact]
    public void Load_FileOfSomethingElse_SaysWhatIsMissing()
    {
        using TemporaryFolder folder = new();
        SafetensorsWriter.Write(folder.FilePath("other.safetensors"), []);
        WeightsFileException exception = Assert.Throws<WeightsFileException>(() => EchoStateNetwork.Load(_device, folder.FilePath("other.safetensors")));
        Assert.Contains("but an echo state network's file is needed. Load a file that Save wrote.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Noise_ChangesTheReadout_TheSameWayForASeed()
    {
        EchoStateOptions options = Options();
        ReservoirBatch batch = Batch(options, 40, 1);
        double[] quiet = Fitted(options);
        double[] noisy = Fitted(options with { StateNoise = 1e-2 });
        Assert.NotEqual(quiet, noisy);
        Assert.Equal(noisy, Fitted(options with { StateNoise = 1e-2 }));

        double[] Fitted(EchoStateOptions one)
        {
            using EchoStateNetwork network = new(_device, one);
            network.Fit(batch);
            return [.. network.OutputWeights!];
        }
    }

    [Fact]
    public void Mistakes_AreNamedWithTheirRemedy()
    {
        EchoStateOptions options = Options() with { FeedbackScaling = 0.0 };
        using EchoStateNetwork network = new(_device, options);
        AssertMessage<ShapeException>(() => network.Fit(new ReservoirBatch(3)), "no Inputs arrived, but [T=3, B=1, I=2] are needed. Pass 6 numbers");
        AssertMessage<ArgumentException>(() => network.Fit(Batch(options, 3, 1)), "leaves out the first 5. Pass longer sequences or a smaller Washout.");
        AssertMessage<InvalidOperationException>(() => network.Run(Batch(options, 3, 1)), "Call Fit, Adapt or SetOutputWeights first.");
        AssertMessage<InvalidOperationException>(() => network.FreeRun(Batch(options, 3, 1)), "Build it with a FeedbackScaling above 0.");
        AssertMessage<ShapeException>(() => network.Skip(Batch(options, 3, 2)), "in the middle of 1. Pass as many, or call Reset first.");
        AssertMessage<ArgumentException>(() => network.Skip(new ReservoirBatch(1) { Inputs = [0.0, double.NaN] }), "Inputs[1] is NaN, but finite numbers are needed.");
        AssertMessage<ShapeException>(() => network.Skip(Batch(options, 3, 1) with { Lengths = [4] }), "Lengths are [4], but B=1 of them, each 0 to T=3");
        AssertMessage<ArgumentOutOfRangeException>(() => new EchoStateNetwork(_device, options with { LeakRate = 0.0 }), "LeakRate is 0, but must be above 0 and at most 1.");
    }

    public void Dispose()
    {
        _device.Dispose();
    }

    // What an error of a state can become, because |tanh'| <= 1, times the largest sum of absolute values behind a state.
    private static double Growth(EchoStateNetwork network, int steps)
    {
        int size = network.Options.ReservoirSize;
        double[] recurrent = network.Weights.Recurrent;
        double readout = network.OutputWeights?.Sum(Math.Abs) ?? 0.0;
        double largest = Enumerable.Range(0, size).Max(unit => recurrent.AsSpan(unit * size, size).ToArray().Sum(Math.Abs)
            + (Math.Abs(network.Weights.Feedback[unit]) * Math.Max(1.0, readout)));
        double inputs = Enumerable.Range(0, size).Max(unit => Math.Abs(network.Weights.Input[2 * unit]) + Math.Abs(network.Weights.Input[(2 * unit) + 1]));
        return Math.Pow(Math.Max(1.0, 1.0 - network.Options.LeakRate + (network.Options.LeakRate * largest)), steps) * (largest + inputs + 1.0);
    }

    private static void AssertMessage<TException>(Action act, string part)
        where TException : Exception
    {
        Assert.Contains(part, Assert.ThrowsAny<TException>(act).Message, StringComparison.Ordinal);
    }

    private static EchoStateOptions Options()
    {
        return new EchoStateOptions
        {
            InputSize = 2,
            OutputSize = 1,
            ReservoirSize = 23,
            Connectivity = 0.2,
            SpectralRadius = 0.7,
            FeedbackScaling = 0.5,
            BiasScaling = 0.2,
            Washout = 5,
            Precision = StatePrecision.Double,
        };
    }

    private static ReservoirBatch Batch(EchoStateOptions options, int timeSteps, int batchSize)
    {
        int rows = timeSteps * batchSize;
        return new ReservoirBatch(timeSteps, batchSize)
        {
            Inputs = TestValues(rows * options.InputSize, 1, 1.0),
            Targets = TestValues(rows * options.OutputSize, 2, 1.0),
        };
    }

    private static ReservoirBatch Part(ReservoirBatch batch, int from, int to)
    {
        return new ReservoirBatch(to - from) { Inputs = batch.Inputs![(2 * from)..(2 * to)], Targets = batch.Targets![from..to] };
    }

    private static double[] TestValues(int count, ulong seed, double bound)
    {
        RandomSource random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => bound * ((2.0 * random.NextDouble()) - 1.0))];
    }
}
