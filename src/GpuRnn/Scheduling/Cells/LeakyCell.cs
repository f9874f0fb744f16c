using GpuRnn.Devices.Sequences;
using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Cells.LeakRates;

namespace GpuRnn.Scheduling.Cells;

/// <summary>Leaky-integrator units: a simple recurrent unit that moves towards its new value by a fixed or learned rate.</summary>
/// <remarks>
/// Formula: <see cref="LeakyNode{TRate}"/>. State: h. The rate is the parameter <c>leak_rate</c>: one number a unit, a constant where it is
/// fixed; where it is learned, the logit of the rate.
/// </remarks>
public sealed class LeakyCell : Cell
{
    private const string RateName = "leak_rate";

    private static readonly CellOption s_rate = CellOption.Number(
        "leak-rate", "Share by which a unit moves to its new value in a step, or where that starts if it is learned", 0.3, IsRate, "a number above 0 and at most 1");

    private static readonly CellOption s_learning = CellOption.Choice("leak", "Whether each unit learns its rate", "fixed", "fixed", "learned");

    private readonly float _rate;
    private readonly bool _isLearned;

    /// <summary>Makes the cell.</summary>
    /// <param name="rate">α, or where it starts if it is learned; above 0 and at most 1, and below 1 if it is learned.</param>
    /// <param name="isLearned">True where each unit learns its own.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is none that the unit can have.</exception>
    public LeakyCell(float rate, bool isLearned = false)
    {
        if (!IsRate(rate) || (isLearned && rate == 1.0f))
        {
            string needed = isLearned ? "a number above 0 and below 1, which learning comes near but never reaches" : s_rate.Needed;
            throw new ArgumentOutOfRangeException(
                nameof(rate), rate, $"LeakyCell: the {(isLearned ? "learned" : "fixed")} rate is {rate}, but {needed} is needed. Pass one such as 0.3.");
        }

        _rate = rate;
        _isLearned = isLearned;
    }

    /// <inheritdoc/>
    public override string Name => _isLearned ? "leaky-learned" : "leaky";

    /// <summary>Its entry in the list of cells.</summary>
    internal static CellDescription Description { get; } = new(
        "leaky",
        "leaky-integrator units (Jaeger et al. 2007)",
        [s_rate, s_learning],
        options => new LeakyCell(options.Number(s_rate)!.Value, options.Word(s_learning) == "learned"),
        CellOptionValues.None.With(s_learning.Name, "learned"));

    /// <inheritdoc/>
    public override StepGraph BuildGraph(int inputSize, int hiddenSize)
    {
        return new StepGraph(
            Name,
            [inputSize],
            [new StepState("h", hiddenSize)],
            [new StepValue("candidate", hiddenSize)],
            [new StepParameter(RateName, hiddenSize)],
            [
                InputProduct(1, inputSize, hiddenSize),
                RecurrentProduct(1, hiddenSize, 0),
                new PointwiseNode(
                    "leak", _isLearned ? typeof(LeakyNode<LearnedLeakRate>) : typeof(LeakyNode<FixedLeakRate>), hiddenSize, [0], [0]),
            ],
            0);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<CellParameter> Parameters(int inputSize, int hiddenSize)
    {
        float start = _isLearned ? MathF.Log(_rate / (1.0f - _rate)) : _rate;
        return
        [
            .. GatedParameters(1, inputSize, hiddenSize),
            new CellParameter(RateName, [hiddenSize], hiddenSize) { IsLearned = _isLearned, Start = values => Array.Fill(values, start) },
        ];
    }

    private static bool IsRate(float rate)
    {
        return rate is > 0.0f and <= 1.0f;
    }
}
