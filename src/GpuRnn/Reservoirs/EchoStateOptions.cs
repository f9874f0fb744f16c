using GpuRnn.Tensors;

namespace GpuRnn.Reservoirs;

/// <summary>The sizes of an echo state network, how its fixed weights are drawn, and how its readout is fitted.</summary>
public sealed record EchoStateOptions
{
    /// <summary>I, the width of u; 0 where feedback alone drives the reservoir.</summary>
    public required int InputSize { get; init; }

    /// <summary>O, the width of y; at least 1.</summary>
    public required int OutputSize { get; init; }

    /// <summary>H, the units of the reservoir; at least 1.</summary>
    public required int ReservoirSize { get; init; }

    /// <summary>ρ(W), the largest modulus of an eigenvalue of the recurrent weight; above 0. Below 1 the state usually forgets its start.</summary>
    public double SpectralRadius { get; init; } = 0.9;

    /// <summary>The share of the recurrent weights that are not zero, the same in every row, at least one a row; above 0 and at most 1.</summary>
    public double Connectivity { get; init; } = 0.05;

    /// <summary>Input weights are uniform in ± this.</summary>
    public double InputScaling { get; init; } = 1.0;

    /// <summary>Weights from the output back into the reservoir are uniform in ± this; 0 for no feedback.</summary>
    public double FeedbackScaling { get; init; }

    /// <summary>The units' biases are uniform in ± this.</summary>
    public double BiasScaling { get; init; }

    /// <summary>α, the share by which a unit moves to its new value in a step; above 0 and at most 1.</summary>
    public double LeakRate { get; init; } = 1.0;

    /// <summary>While fitting, uniform noise in ± this is added inside tanh; it keeps the readout's weights small and its loops stable.</summary>
    public double StateNoise { get; init; }

    /// <summary>The first steps of every sequence that fitting leaves out, because the state still remembers its start of zeros.</summary>
    public int Washout { get; init; } = 100;

    /// <summary>True where the readout also sees u.</summary>
    public bool HasDirectInput { get; init; } = true;

    /// <summary>True where the readout has a bias.</summary>
    public bool HasOutputBias { get; init; } = true;

    /// <summary>λ of (ZᵀZ + λI) W = ZᵀY, in the unit of a sum over all steps; 0 for plain least squares.</summary>
    public double Ridge { get; init; } = 1e-8;

    /// <summary>What an observation's weight is multiplied with at every later step of <see cref="EchoStateNetwork.Adapt"/>; above 0 and at most 1.</summary>
    public double ForgettingFactor { get; init; } = 1.0;

    /// <summary>In which numbers the time loop runs.</summary>
    public StatePrecision Precision { get; init; }

    /// <summary>Decides all fixed weights and the noise.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>F, the numbers that the readout sees: x, then u, then 1.</summary>
    public int FeatureCount => ReservoirSize + (HasDirectInput ? InputSize : 0) + (HasOutputBias ? 1 : 0);

    /// <summary>True where the output is fed back.</summary>
    public bool HasFeedback => FeedbackScaling > 0.0;

    /// <summary>Throws where a value cannot be used.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A size, a rate or a scale is outside its range.</exception>
    internal void Require()
    {
        const string Where = nameof(EchoStateOptions);
        ArgumentCheck.AtLeast(OutputSize, 1, Where, nameof(OutputSize), "the width of the targets");
        ArgumentCheck.AtLeast(ReservoirSize, 1, Where, nameof(ReservoirSize), "a count of units such as 200");
        ArgumentCheck.AtLeast(Washout, 0, Where, nameof(Washout), "a count of steps such as 100");
        ArgumentCheck.Positive(SpectralRadius, Where, nameof(SpectralRadius), "a number such as 0.9");
        RequireShare(Connectivity, nameof(Connectivity), "0.05");
        RequireShare(LeakRate, nameof(LeakRate), "0.3");
        RequireShare(ForgettingFactor, nameof(ForgettingFactor), "0.999");
        ArgumentCheck.NotNegative(InputScaling, Where, nameof(InputScaling), "a number such as 1");
        ArgumentCheck.NotNegative(FeedbackScaling, Where, nameof(FeedbackScaling), "a number such as 0.5, or 0 for no feedback");
        ArgumentCheck.NotNegative(BiasScaling, Where, nameof(BiasScaling), "a number such as 0.2, or 0 for no bias");
        ArgumentCheck.NotNegative(StateNoise, Where, nameof(StateNoise), "a number such as 1e-5, or 0 for no noise");
        ArgumentCheck.NotNegative(Ridge, Where, nameof(Ridge), "a number such as 1e-8, or 0 for plain least squares");
        ArgumentCheck.AtLeast(InputSize, HasFeedback ? 0 : 1, Where, nameof(InputSize), "the width of the input; 0 needs a FeedbackScaling above 0");
    }

    private static void RequireShare(double value, string name, string example)
    {
        if (!(value > 0.0 && value <= 1.0))
        {
            throw new ArgumentOutOfRangeException(
                name,
                FormattableString.Invariant(
                    $"{nameof(EchoStateOptions)}: {name} is {value}, but must be above 0 and at most 1. Pass a share such as {example}."));
        }
    }
}
