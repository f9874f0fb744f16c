using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Cells.Activations;
using GpuRnn.Kernels.Cells.LeakRates;
using GpuRnn.Kernels.Lanes;
using GpuRnn.Testing;

namespace GpuRnn.Kernels.Tests.Cells;

public sealed class NodeGradientTests
{
    private const int SampleCount = 20;
    private static readonly int[] s_none = [];

    [Fact]
    public void Backward_ElmanTanh_MatchesCentralDifferences() => CheckElman<TanhActivation>();

    [Fact]
    public void Backward_ElmanSigmoid_MatchesCentralDifferences() => CheckElman<SigmoidActivation>();

    [Fact]
    public void Backward_ElmanIdentity_MatchesCentralDifferences() => CheckElman<IdentityActivation>();

    [Fact]
    public void Backward_ElmanRelu_MatchesCentralDifferences() => CheckElman<ReluActivation>();

    [Fact]
    public void Backward_ElmanLeakyRelu_MatchesCentralDifferences() => CheckElman<LeakyReluActivation>();

    [Fact]
    public void Backward_Lstm_MatchesCentralDifferences() => Check<LstmNode>(4, [0, 1, 2, 3], [0, 1], s_none, s_none);

    [Fact]
    public void Backward_Gru_MatchesCentralDifferences() => Check<GruNode>(3, [0, 1, 2], [0], s_none, s_none);

    [Fact]
    public void Backward_GruGate_MatchesCentralDifferences() => Check<GruGateNode>(2, [0, 1], s_none, s_none, [1, 2]);

    [Fact]
    public void Backward_GruCandidate_MatchesCentralDifferences() => Check<GruCandidateNode>(3, [2], [0], [1], s_none);

    [Fact]
    public void Backward_PeepholeLstm_MatchesCentralDifferences() => Check<PeepholeLstmNode>(4, [0, 1, 2, 3], [0, 1], s_none, s_none);

    [Fact]
    public void Backward_CoupledLstm_MatchesCentralDifferences() => Check<CoupledLstmNode>(3, [0, 1, 2], [0, 1], s_none, s_none);

    [Fact]
    public void Backward_LeakyFixed_MatchesCentralDifferences() => Check<LeakyNode<FixedLeakRate>>(1, [0], [0], s_none, s_none);

    [Fact]
    public void Backward_LeakyLearned_MatchesCentralDifferences() => Check<LeakyNode<LearnedLeakRate>>(1, [0], [0], s_none, s_none);

    [Fact]
    public void Backward_IndependentTanh_MatchesCentralDifferences() =>
        Check<IndependentNode<TanhActivation>>(1, [0], [0], s_none, s_none, hasProduct: false);

    private static void CheckElman<TActivation>()
        where TActivation : struct, IActivation => Check<ElmanNode<TActivation>>(1, [0], [0], s_none, s_none);

    // readBlocks: input and product slots; writtenStates and publishedValues: what the loss depends on; readValues: of earlier nodes.
    private static void Check<TNode>(int slotCount, int[] readBlocks, int[] writtenStates, int[] readValues, int[] publishedValues, bool hasProduct = true)
        where TNode : struct, IStepNode
    {
        for (int sample = 0; sample < SampleCount; sample++)
        {
            double[] inputs = Draw(sample, 1);
            double[] products = Draw(sample, 2);
            double[] states = Draw(sample, 3);
            double[] readable = Draw(sample, 4);
            double[] upstream = Draw(sample, 5);
            double[] parameters = Draw(sample, 6);
            AvoidKink(inputs, products);

            UnitSlots forward = Run<TNode>(inputs, products, states, readable, parameters);
            UnitSlots backward = new()
            {
                Inputs = inputs,
                States = states,
                NextStates = forward.NextStates,
                Values = forward.Values,
                Parameters = parameters,
                NextStateGradients = Selected(upstream, writtenStates, 0),
                ValueGradients = Selected(upstream, publishedValues, UnitSlots.Count),
            };
            TNode.Backward<F64, UnitSlots>(ref backward);

            double Loss()
            {
                UnitSlots slots = Run<TNode>(inputs, products, states, readable, parameters);
                double loss = 0.0;
                foreach (int state in writtenStates)
                {
                    loss += upstream[state] * slots.NextStates[state];
                }

                foreach (int value in publishedValues)
                {
                    loss += upstream[UnitSlots.Count + value] * slots.Values[value];
                }

                return loss;
            }

            Compare(CentralDifference.Gradient(inputs, Loss), backward.InputGradients, "inputs", sample);
            Compare(CentralDifference.Gradient(products, Loss), backward.ProductGradients, "products", sample);
            Compare(CentralDifference.Gradient(states, Loss), backward.StateGradients, "states", sample);
            Compare(CentralDifference.Gradient(parameters, Loss), backward.ParameterGradients, "parameters", sample);
            double[] valueGradients = CentralDifference.Gradient(readable, Loss);
            foreach (int value in readValues)
            {
                Compare([valueGradients[value]], [backward.ValueGradients[value]], $"value {value}", sample);
            }

            for (int slot = 0; slot < slotCount; slot++)
            {
                int expected = readBlocks.Contains(slot) ? 1 : 0;
                Assert.Equal(expected, backward.InputGradientsSet[slot]);
                Assert.Equal(hasProduct ? expected : 0, backward.ProductGradientsSet[slot]);
            }
        }
    }

    private static UnitSlots Run<TNode>(double[] inputs, double[] products, double[] states, double[] readable, double[] parameters)
        where TNode : struct, IStepNode
    {
        UnitSlots slots = new() { Inputs = inputs, Products = products, States = states, Values = [.. readable], Parameters = parameters };
        TNode.Forward<F64, UnitSlots>(ref slots);
        return slots;
    }

    private static double[] Draw(int sample, int salt) =>
        Numbers.Widen(Numbers.Singles((sample * 17) + salt, 2 * UnitSlots.Count, 2.0));

    // A sum near zero would put a kink of relu within the step of the differences.
    private static void AvoidKink(double[] inputs, double[] products)
    {
        for (int i = 0; i < inputs.Length; i++)
        {
            inputs[i] += Math.Abs(inputs[i] + products[i]) < 0.01 ? 0.1 : 0.0;
        }
    }

    private static double[] Selected(double[] upstream, int[] indices, int offset)
    {
        double[] selected = new double[UnitSlots.Count];
        foreach (int index in indices)
        {
            selected[index] = upstream[offset + index];
        }

        return selected;
    }

    private static void Compare(double[] expected, double[] actual, string what, int sample) =>
        ElementwiseAssert.Close(expected.AsSpan(0, actual.Length), actual, Tolerances.GradientCheck, $"gradient of {what}, sample {sample}");
}
