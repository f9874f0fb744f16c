using GpuRnn.Devices;
using GpuRnn.Tensors;

namespace GpuRnn.Reservoirs;

/// <summary>An echo state network (Jaeger 2001): a fixed random reservoir, and a linear readout that is solved for instead of trained.</summary>
/// <remarks>
/// <para>
/// x_t = (1 − α) x_(t−1) + α tanh(W x_(t−1) + W_in u_t + W_back y_(t−1) + b + ν), y_t = W_out (x_t, u_t, 1). While fitting, y_(t−1) is the target
/// (teacher forcing) and ν noise. Source: Jaeger (2001), "The echo state approach to analysing and training recurrent neural networks", GMD report
/// 148; leaky units after Jaeger et al. (2007).
/// </para>
/// <para>
/// The time loop is a <c>SequencePlan</c> over a cell of the library with fixed weights, free runs too (the output's way back joins W);
/// the readout is solved and applied on the host in double precision. The network keeps the state of its sequences between calls.
/// </para>
/// </remarks>
public sealed class EchoStateNetwork : IDisposable
{
    private readonly Device _device;
    private readonly IReservoirPass _driven;
    private Readout? _readout;
    private CholeskyFactor? _factor;
    private RecursiveLeastSquares? _online;
    private IReservoirPass? _closed;
    private double[] _state = [];
    private double[] _lastOutputs = [];

    /// <summary>Draws the fixed weights.</summary>
    /// <param name="device">Where the time loop runs in single precision; it must outlive the network.</param>
    /// <param name="options">Sizes, scales and how to fit.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    public EchoStateNetwork(Device device, EchoStateOptions options)
        : this(device, Checked(options), ReservoirWeights.Draw(options), null)
    {
    }

    private EchoStateNetwork(Device device, EchoStateOptions options, ReservoirWeights weights, double[]? outputWeights)
    {
        ArgumentNullException.ThrowIfNull(device);
        (_device, Options, Weights) = (device, options, weights);
        _readout = outputWeights is null ? null : new Readout(options, outputWeights);
        _driven = Prepare(DrivenStep(hasNoise: false));
    }

    /// <summary>What it was made with.</summary>
    public EchoStateOptions Options { get; }

    /// <summary>The fixed weights.</summary>
    public ReservoirWeights Weights { get; }

    /// <summary>W_out, [O, F]: for each output the weights of x, u and 1; null before the first fit.</summary>
    public IReadOnlyList<double>? OutputWeights => _readout?.Weights;

    /// <summary>Reads a network from a file.</summary>
    /// <param name="device">Where the time loop runs in single precision.</param>
    /// <param name="path">A file that <see cref="Save"/> wrote.</param>
    /// <exception cref="Weights.WeightsFileException">The file is missing, damaged, or not of an echo state network.</exception>
    public static EchoStateNetwork Load(Device device, string path)
    {
        (EchoStateOptions options, ReservoirWeights weights, double[]? outputWeights) = EchoStateFile.Read(path);
        return new EchoStateNetwork(device, options, weights, outputWeights);
    }

    /// <summary>Writes options, fixed weights and readout as safetensors; the state of the sequences and what Adapt remembers are not kept.</summary>
    /// <exception cref="Weights.WeightsFileException">The file cannot be written.</exception>
    public void Save(string path)
    {
        EchoStateFile.Write(path, Options, Weights, _readout?.Weights);
    }

    /// <summary>Solves the readout for sequences that start at a state of zeros, and stays at their ends.</summary>
    /// <param name="batch">Inputs and targets. Where there is feedback, the targets are fed back.</param>
    /// <returns>The steps that the readout was fitted to: all beyond the washout.</returns>
    /// <exception cref="ShapeException">Inputs or targets are missing, or not of the batch's shape.</exception>
    /// <exception cref="ArgumentException">A number is not finite, or no sequence is longer than the washout.</exception>
    /// <exception cref="NotPositiveDefiniteException">The states depend on each other and the ridge is too small.</exception>
    /// <remarks>O(T·B·F²) multiply-adds for the equations and F³/6 for their solution, in double precision.</remarks>
    public int Fit(ReservoirBatch batch)
    {
        BatchCheck.Require(batch, Options, needsTargets: true, "EchoStateNetwork.Fit");
        Reset();
        NormalEquations equations = new(Options.FeatureCount, Options.OutputSize);
        double[] features = new double[Options.FeatureCount];
        void Visit(int t, int row, ReadOnlySpan<double> state)
        {
            if (t >= Options.Washout)
            {
                Readout.FillFeatures(Options, state, Input(batch, t, row), features);
                equations.Add(features, Target(batch, t, row));
            }
        }

        if (Options.StateNoise > 0.0)
        {
            using IReservoirPass noisy = Prepare(DrivenStep(hasNoise: true));
            Drive(noisy, batch, new RandomSource(~Options.Seed), Visit);
        }
        else
        {
            Drive(_driven, batch, null, Visit);
        }

        if (equations.RowCount == 0)
        {
            throw new ArgumentException(
                $"EchoStateNetwork.Fit: sequences of at most {batch.TimeSteps} steps arrived, but the washout leaves out the first {Options.Washout}. "
                + "Pass longer sequences or a smaller Washout.",
                nameof(batch));
        }

        _factor = equations.Solve(Options.Ridge, out double[] weights);
        _online = null;
        SetReadout(weights);
        return equations.RowCount;
    }

    /// <summary>Goes on from the present state and gives the outputs.</summary>
    /// <param name="batch">Inputs; where there is feedback also targets, which are fed back.</param>
    /// <returns>y, [T, B, O]; zero beyond a sequence's length.</returns>
    /// <exception cref="InvalidOperationException">The network was not fitted.</exception>
    /// <exception cref="ShapeException">The batch is not what the network needs, or not of the size of the one before.</exception>
    public double[] Run(ReservoirBatch batch)
    {
        BatchCheck.Require(batch, Options, Options.HasFeedback, "EchoStateNetwork.Run");
        Readout readout = RequireReadout("Run");
        double[] outputs = new double[batch.TimeSteps * batch.BatchSize * Options.OutputSize];
        Drive(_driven, batch, null, Output(readout, batch, outputs));
        return outputs;
    }

    /// <summary>Goes on from the present state with the network's own outputs fed back: generates.</summary>
    /// <param name="batch">Inputs where the network has any; targets are not read.</param>
    /// <returns>y, [T, B, O]; zero beyond a sequence's length.</returns>
    /// <exception cref="InvalidOperationException">The network was not fitted, or has no feedback.</exception>
    /// <exception cref="ShapeException">The batch is not what the network needs, or not of the size of the one before.</exception>
    /// <remarks>The first step feeds back what came last: a target where the network was driven with targets, else its output.</remarks>
    public double[] FreeRun(ReservoirBatch batch)
    {
        if (!Options.HasFeedback)
        {
            throw new InvalidOperationException(
                "EchoStateNetwork.FreeRun: the network has FeedbackScaling = 0, but a free run needs feedback. Build it with a FeedbackScaling above 0.");
        }

        BatchCheck.Require(batch, Options, needsTargets: false, "EchoStateNetwork.FreeRun");
        Readout readout = RequireReadout("FreeRun");
        double[] outputs = new double[batch.TimeSteps * batch.BatchSize * Options.OutputSize];
        ReservoirWalk.Visit visit = Output(readout, batch, outputs);
        RequireState(batch.BatchSize);
        ReservoirWalk.Run(_driven, batch, 0, 1, _state, (t, row, d) => FillDrive(batch with { Targets = null }, t, row, d), visit);
        _closed ??= Prepare(readout.Close(Weights));
        ReservoirWalk.Run(_closed, batch, 1, batch.TimeSteps - 1, _state, (t, row, d) => FillClosed(batch, t, row, d), visit);
        KeepLast(batch, outputs);
        return outputs;
    }

    /// <summary>Goes on from the present state and learns at every step, by recursive least squares.</summary>
    /// <param name="batch">Inputs and targets. Where there is feedback, the targets are fed back.</param>
    /// <returns>y, [T, B, O], each made before its target was seen; zero beyond a sequence's length.</returns>
    /// <exception cref="ArgumentException">The network was not fitted and has no ridge to begin with, or a number is not finite.</exception>
    /// <exception cref="ShapeException">The batch is not what the network needs, or not of the size of the one before.</exception>
    /// <remarks>
    /// After a fit it goes on as if the fitted steps had come the same way. Without one it begins at the present readout, or at zeros, trusted as
    /// much as the ridge says. Steps of a washout are the caller's to leave out, by a call of <see cref="Skip"/>. O(F²) a step.
    /// </remarks>
    public double[] Adapt(ReservoirBatch batch)
    {
        BatchCheck.Require(batch, Options, needsTargets: true, "EchoStateNetwork.Adapt");
        RecursiveLeastSquares online = _online ??= new RecursiveLeastSquares(StartInverse(), Options.FeatureCount, Options.ForgettingFactor);
        double[] weights = [.. OutputWeights ?? new double[Options.OutputSize * Options.FeatureCount]];
        Readout readout = new(Options, weights);
        double[] outputs = new double[batch.TimeSteps * batch.BatchSize * Options.OutputSize];
        double[] features = new double[Options.FeatureCount];
        Drive(_driven, batch, null, (t, row, state) =>
        {
            Readout.FillFeatures(Options, state, Input(batch, t, row), features);
            readout.Apply(features, outputs.AsSpan(Position(batch, t, row) * Options.OutputSize, Options.OutputSize));
            online.Update(features, Target(batch, t, row), weights);
        });
        SetReadout(weights);
        return outputs;
    }

    /// <summary>Goes on from the present state without computing outputs, as for a washout.</summary>
    /// <param name="batch">Inputs; where there is feedback also targets, which are fed back.</param>
    /// <exception cref="ShapeException">The batch is not what the network needs, or not of the size of the one before.</exception>
    public void Skip(ReservoirBatch batch)
    {
        BatchCheck.Require(batch, Options, Options.HasFeedback, "EchoStateNetwork.Skip");
        Drive(_driven, batch, null, (_, _, _) => { });
    }

    /// <summary>Goes on from the present state and gives the states themselves.</summary>
    /// <param name="batch">Inputs; where there is feedback also targets, which are fed back.</param>
    /// <returns>x, [T, B, H]; zero beyond a sequence's length.</returns>
    /// <exception cref="ShapeException">The batch is not what the network needs, or not of the size of the one before.</exception>
    public double[] States(ReservoirBatch batch)
    {
        BatchCheck.Require(batch, Options, Options.HasFeedback, "EchoStateNetwork.States");
        double[] states = new double[batch.TimeSteps * batch.BatchSize * Options.ReservoirSize];
        Drive(_driven, batch, null, (t, row, state) => state.CopyTo(states.AsSpan(Position(batch, t, row) * Options.ReservoirSize)));
        return states;
    }

    /// <summary>Forgets the states: the next call starts at zeros, with any number of sequences.</summary>
    public void Reset()
    {
        _state = [];
        _lastOutputs = [];
    }

    /// <summary>Takes a readout of the caller's own.</summary>
    /// <param name="weights">W_out, [O, F]; copied.</param>
    /// <exception cref="ShapeException">It has another number of elements.</exception>
    public void SetOutputWeights(ReadOnlySpan<double> weights)
    {
        if (weights.Length != Options.OutputSize * Options.FeatureCount)
        {
            throw new ShapeException(
                $"EchoStateNetwork.SetOutputWeights: {weights.Length} weights arrived, but [O={Options.OutputSize}, F={Options.FeatureCount}] are needed. "
                + "Pass for each output the weights of x, u and 1.",
                nameof(weights));
        }

        (_factor, _online) = (null, null);
        SetReadout(weights.ToArray());
    }

    /// <summary>Frees the device memory.</summary>
    public void Dispose()
    {
        _driven.Dispose();
        _closed?.Dispose();
    }

    private static EchoStateOptions Checked(EchoStateOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Require();
        return options;
    }

    private static int Position(ReservoirBatch batch, int time, int row)
    {
        return (time * batch.BatchSize) + row;
    }

    private IReservoirPass Prepare(ReservoirStep step)
    {
        return Options.Precision == StatePrecision.Double ? new DoubleReservoirPass(step)
            : SparseReservoirPass.TryCreate(_device, step) ?? (IReservoirPass)new DeviceReservoirPass(_device, step);
    }

    // The drive is u_t, then y_(t−1), then the noise, one number a unit, whose weight is the identity.
    private ReservoirStep DrivenStep(bool hasNoise)
    {
        int size = Options.ReservoirSize;
        int feedback = Options.HasFeedback ? Options.OutputSize : 0;
        int width = Options.InputSize + feedback + (hasNoise ? size : 0);
        double[] drive = new double[size * width];
        for (int unit = 0; unit < size; unit++)
        {
            Span<double> row = drive.AsSpan(unit * width, width);
            Weights.InputArray.AsSpan(unit * Options.InputSize, Options.InputSize).CopyTo(row);
            Weights.FeedbackArray.AsSpan(unit * Options.OutputSize, feedback).CopyTo(row[Options.InputSize..]);
            if (hasNoise)
            {
                row[Options.InputSize + feedback + unit] = 1.0;
            }
        }

        return new ReservoirStep(Weights.RecurrentMatrix, SparseMatrix.FromDense(drive, size, width), Weights.BiasArray, Options.LeakRate);
    }

    private void Drive(IReservoirPass pass, ReservoirBatch batch, RandomSource? noise, ReservoirWalk.Visit visit)
    {
        RequireState(batch.BatchSize);
        ReservoirWalk.Run(pass, batch, 0, batch.TimeSteps, _state, Fill, visit);
        KeepLast(batch, batch.Targets);

        void Fill(int t, int row, Span<double> drive)
        {
            FillDrive(batch, t, row, drive);
            for (int i = drive.Length - Options.ReservoirSize; noise is not null && i < drive.Length; i++)
            {
                drive[i] = Options.StateNoise * ((2.0 * noise.NextDouble()) - 1.0);
            }
        }
    }

    private void FillDrive(ReservoirBatch batch, int time, int row, Span<double> drive)
    {
        Input(batch, time, row).CopyTo(drive);
        if (Options.HasFeedback)
        {
            ReadOnlySpan<double> previous = time == 0
                ? _lastOutputs.AsSpan(row * Options.OutputSize, Options.OutputSize)
                : Target(batch, time - 1, row);
            previous.CopyTo(drive[Options.InputSize..]);
        }
    }

    private void FillClosed(ReservoirBatch batch, int time, int row, Span<double> drive)
    {
        Input(batch, time, row).CopyTo(drive);
        if (Options.HasDirectInput)
        {
            Input(batch, time - 1, row).CopyTo(drive[Options.InputSize..]);
        }
    }

    private ReservoirWalk.Visit Output(Readout readout, ReservoirBatch batch, double[] outputs)
    {
        double[] features = new double[Options.FeatureCount];
        return (t, row, state) =>
        {
            Readout.FillFeatures(Options, state, Input(batch, t, row), features);
            readout.Apply(features, outputs.AsSpan(Position(batch, t, row) * Options.OutputSize, Options.OutputSize));
        };
    }

    private ReadOnlySpan<double> Input(ReservoirBatch batch, int time, int row)
    {
        return batch.Inputs.AsSpan(Position(batch, time, row) * Options.InputSize, Options.InputSize);
    }

    private ReadOnlySpan<double> Target(ReservoirBatch batch, int time, int row)
    {
        return batch.Targets.AsSpan(Position(batch, time, row) * Options.OutputSize, Options.OutputSize);
    }

    private void KeepLast(ReservoirBatch batch, double[]? outputs)
    {
        for (int row = 0; outputs is not null && row < batch.BatchSize; row++)
        {
            if (batch.LengthOf(row) > 0)
            {
                int last = Position(batch, batch.LengthOf(row) - 1, row);
                Array.Copy(outputs, last * Options.OutputSize, _lastOutputs, row * Options.OutputSize, Options.OutputSize);
            }
        }
    }

    private void RequireState(int batchSize)
    {
        if (_state.Length == 0)
        {
            _state = new double[batchSize * Options.ReservoirSize];
            _lastOutputs = new double[batchSize * Options.OutputSize];
        }
        else if (_state.Length != batchSize * Options.ReservoirSize)
        {
            throw new ShapeException(
                $"EchoStateNetwork: a batch of {batchSize} sequences arrived, but the network is in the middle of "
                + $"{_state.Length / Options.ReservoirSize}. Pass as many, or call Reset first.");
        }
    }

    private double[] StartInverse()
    {
        if (_factor is not null)
        {
            return _factor.Inverse();
        }

        if (Options.Ridge == 0.0)
        {
            throw new ArgumentException(
                "EchoStateNetwork.Adapt: the network was not fitted and Ridge is 0, but one of the two must say how far to trust the present readout. "
                + "Call Fit first, or build the network with a Ridge above 0.");
        }

        double[] inverse = new double[Options.FeatureCount * Options.FeatureCount];
        for (int i = 0; i < Options.FeatureCount; i++)
        {
            inverse[(i * Options.FeatureCount) + i] = 1.0 / Options.Ridge;
        }

        return inverse;
    }

    private void SetReadout(double[] weights)
    {
        _readout = new Readout(Options, weights);
        _closed?.Dispose();
        _closed = null;
    }

    private Readout RequireReadout(string method)
    {
        return _readout ?? throw new InvalidOperationException(
            $"EchoStateNetwork.{method}: the network has no readout yet, but needs one. Call Fit, Adapt or SetOutputWeights first.");
    }
}
