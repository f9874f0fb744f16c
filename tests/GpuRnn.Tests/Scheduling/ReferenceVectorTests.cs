using GpuRnn.Devices.Sequences;
using GpuRnn.Kernels.Cells;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Scheduling.Reference;
using Xunit.Sdk;

namespace GpuRnn.Tests.Scheduling;

public sealed class ReferenceVectorTests
{
    public static IEnumerable<object[]> Cases => RecurrentCase.All();

    [Theory]
    [MemberData(nameof(Cases))]
    public void Forward_StoredCase_GivesPyTorchsResults(string family, string name)
    {
        RecurrentCase stored = RecurrentCase.Load(family, name);
        stored.CheckForward(stored.Forward());
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Backward_StoredCase_GivesPyTorchsGradients(string family, string name)
    {
        RecurrentCase stored = RecurrentCase.Load(family, name);
        stored.CheckBackward(stored.Backward(stored.Forward()));
    }

    [Fact]
    public void Forward_TwoLstmGatesSwapped_IsNotPyTorchs()
    {
        RecurrentCase stored = RecurrentCase.Load("lstm", "basic", new LstmWithSwappedGates());
        ReferenceRecurrentPass pass = stored.Forward();
        Assert.Throws<XunitException>(() => stored.CheckForward(pass));
    }

    [Fact]
    public void Backward_TwoLstmGatesSwapped_IsNotPyTorchs()
    {
        RecurrentCase stored = RecurrentCase.Load("lstm", "basic", new LstmWithSwappedGates());
        ReferenceRecurrentGradients gradients = stored.Backward(stored.Forward());
        Assert.Throws<XunitException>(() => stored.CheckBackward(gradients));
    }

    /// <summary>Reads the blocks of input and forget gate in each other's place.</summary>
    private sealed class LstmWithSwappedGates : Cell
    {
        private readonly LstmCell _lstm = new();

        public override string Name => "lstm-swapped";

        public override StepGraph BuildGraph(int inputSize, int hiddenSize)
        {
            StepGraph graph = _lstm.BuildGraph(inputSize, hiddenSize);
            return graph with { Nodes = [.. graph.Nodes.SelectMany(Swapped)] };
        }

        public override IReadOnlyList<CellParameter> Parameters(int inputSize, int hiddenSize)
        {
            return _lstm.Parameters(inputSize, hiddenSize);
        }

        private static IEnumerable<StepNode> Swapped(StepNode node)
        {
            if (node is not ProductNode product)
            {
                return [node];
            }

            int[] order = [(int)LstmGate.Forget, (int)LstmGate.Input, (int)LstmGate.Cell, (int)LstmGate.Output];
            return order.Select((block, slot) => product with
            {
                FirstRow = block * product.BlockWidth,
                BlockCount = 1,
                FirstSlot = slot,
                TiedToInputSlot = null,
            });
        }
    }
}
