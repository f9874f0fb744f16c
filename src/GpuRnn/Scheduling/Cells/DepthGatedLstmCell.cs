using GpuRnn.Devices.Sequences;
using GpuRnn.Kernels.Cells;

namespace GpuRnn.Scheduling.Cells;

/// <summary>The LSTM of Yao et al. (2015), whose cell state also takes that of the layer below through a depth gate.</summary>
/// <remarks>
/// Formula: <see cref="DepthGatedLstmNode"/>. States: h, c. Gates in the order of <see cref="DepthGatedLstmGate"/>. In the first layer there is no
/// cell state below: it is an LSTM there, and its depth gate has parameters that nothing moves.
/// </remarks>
public sealed class DepthGatedLstmCell : Cell
{
    private const int CellState = 1;

    private static readonly int s_inputGateCount = Enum.GetValues<DepthGatedLstmGate>().Length;
    private static readonly int s_gateCount = Enum.GetValues<LstmGate>().Length;
    private static readonly string[] s_depthWeights = ["weight_cd", "weight_ed"];

    private readonly float? _forgetBias;

    /// <summary>Makes the cell.</summary>
    /// <param name="forgetBias">What the forget gate's two biases start from together; null draws them as all others.</param>
    public DepthGatedLstmCell(float? forgetBias = null)
    {
        _forgetBias = forgetBias;
    }

    /// <inheritdoc/>
    public override string Name => "depth-gated";

    /// <summary>Its entry in the list of cells.</summary>
    internal static CellDescription Description { get; } = new(
        "depth-gated",
        "LSTM that takes in the cell state of the layer below (Yao et al. 2015)",
        [ForgetBias.Option],
        options => new DepthGatedLstmCell(options.Number(ForgetBias.Option)))
    {
        LeastLayers = 2,
    };

    /// <inheritdoc/>
    public override StepGraph BuildGraph(int inputSize, int hiddenSize)
    {
        return new StepGraph(
            Name,
            [inputSize, hiddenSize, hiddenSize],
            [new StepState("h", hiddenSize), new StepState("c", hiddenSize)],
            [.. Enum.GetNames<LstmGate>().Select(gate => new StepValue(gate.ToLowerInvariant() + " gate", hiddenSize))],
            [.. s_depthWeights.Select(name => new StepParameter(name, hiddenSize))],
            [
                InputProduct(s_inputGateCount, inputSize, hiddenSize),
                new SequenceNode("cell state below", StepSource.StateBelow(CellState), hiddenSize, s_inputGateCount),
                RecurrentProduct(s_gateCount, hiddenSize, 0),
                new PointwiseNode("gates and state", typeof(DepthGatedLstmNode), hiddenSize, [0, CellState], [0, 1, 2, 3]),
            ],
            0);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<CellParameter> Parameters(int inputSize, int hiddenSize)
    {
        IReadOnlyList<CellParameter> gated =
        [
            new CellParameter("weight_ih", [s_inputGateCount * hiddenSize, inputSize], hiddenSize),
            new CellParameter("weight_hh", [s_gateCount * hiddenSize, hiddenSize], hiddenSize),
            new CellParameter("bias_ih", [s_inputGateCount * hiddenSize], hiddenSize),
            new CellParameter("bias_hh", [s_gateCount * hiddenSize], hiddenSize),
        ];
        return
        [
            .. ForgetBias.Apply(gated, _forgetBias, (int)DepthGatedLstmGate.Forget, hiddenSize),
            .. s_depthWeights.Select(name => new CellParameter(name, [hiddenSize], hiddenSize)),
        ];
    }
}
