using GpuRnn.Devices.Sequences;
using GpuRnn.Kernels.Cells;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Scheduling.Reference;
using Xunit.Sdk;

namespace GpuRnn.Tests.Scheduling;

public sealed class ReferenceVectorTests
{
    public static IEnumerable<object[]> Cases => RecurrentCase.All();

    /// <summary>Every pair of gates of the cells that have some.</summary>
    public static TheoryData<string, int, int> GatePairs
    {
        get
        {
            TheoryData<string, int, int> pairs = [];
            foreach ((string family, int gateCount) in new[] { ("lstm", Enum.GetValues<LstmGate>().Length), ("gru", Enum.GetValues<GruGate>().Length) })
            {
                for (int first = 0; first < gateCount; first++)
                {
                    for (int second = first + 1; second < gateCount; second++)
                    {
                        pairs.Add(family, first, second);
                    }
                }
            }

            return pairs;
        }
    }

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

    [Theory]
    [MemberData(nameof(GatePairs))]
    public void Forward_TwoGatesSwapped_IsNotPyTorchs(string family, int first, int second)
    {
        RecurrentCase stored = RecurrentCase.Load(family, "basic", new CellWithSwappedGates(Cells.Parse(family), first, second));
        ReferenceRecurrentPass pass = stored.Forward();
        Assert.Throws<XunitException>(() => stored.CheckForward(pass));
    }

    [Theory]
    [MemberData(nameof(GatePairs))]
    public void Backward_TwoGatesSwapped_IsNotPyTorchs(string family, int first, int second)
    {
        RecurrentCase stored = RecurrentCase.Load(family, "basic", new CellWithSwappedGates(Cells.Parse(family), first, second));
        ReferenceRecurrentGradients gradients = stored.Backward(stored.Forward());
        Assert.Throws<XunitException>(() => stored.CheckBackward(gradients));
    }

    [Theory]
    [InlineData("lstm")]
    [InlineData("gru")]
    public void Forward_GateSwappedWithItself_IsStillPyTorchs(string family)
    {
        RecurrentCase stored = RecurrentCase.Load(family, "basic", new CellWithSwappedGates(Cells.Parse(family), 1, 1));
        stored.CheckForward(stored.Forward());
    }

    /// <summary>Reads the weight blocks of two gates in each other's place.</summary>
    private sealed class CellWithSwappedGates(Cell cell, int first, int second) : Cell
    {
        public override string Name => cell.Name + "-swapped";

        public override StepGraph BuildGraph(int inputSize, int hiddenSize)
        {
            StepGraph graph = cell.BuildGraph(inputSize, hiddenSize);
            return graph with { Nodes = [.. graph.Nodes.SelectMany(Swapped)] };
        }

        public override IReadOnlyList<CellParameter> Parameters(int inputSize, int hiddenSize)
        {
            return cell.Parameters(inputSize, hiddenSize);
        }

        private IEnumerable<StepNode> Swapped(StepNode node)
        {
            if (node is not ProductNode product)
            {
                return [node];
            }

            int[] order = [.. Enumerable.Range(0, product.BlockCount)];
            (order[first], order[second]) = (order[second], order[first]);
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
