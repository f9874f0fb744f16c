using GpuRnn.Devices.Sequences;
using GpuRnn.Simd.Gemm;
using GpuRnn.Simd.Lanes;

namespace GpuRnn.Simd.Sequences;

/// <summary>A pointwise node with the step products that feed it: the unit of fused work.</summary>
internal sealed unsafe class LoopPhase
{
    private LoopPhase(
        PointwiseNode node,
        PointwiseRunner runner,
        LoopProduct[] products,
        int unitBlock,
        IReadOnlyList<int> inputSlots,
        IReadOnlyList<LoopNormalisation> normalisations)
    {
        InputSlots = inputSlots;
        Normalisations = normalisations;
        Node = node;
        Runner = runner;
        Products = products;
        UnitBlock = unitBlock;
        ScratchWidth = products.Sum(product => product.ForwardShape.Columns);
    }

    /// <summary>The pointwise node.</summary>
    public PointwiseNode Node { get; }

    /// <summary>Runs the node.</summary>
    public PointwiseRunner Runner { get; }

    /// <summary>The products since the previous pointwise node.</summary>
    public LoopProduct[] Products { get; }

    /// <summary>The input slots that are the node's alone, if it does not run at every step; their gradients are zero where it does not.</summary>
    public IReadOnlyList<int> InputSlots { get; }

    /// <summary>True where threads that own units meet behind the phase: a later one, or the next step, reads what it wrote.</summary>
    public bool IsRead { get; private set; } = true;

    /// <summary>The normalisations since the previous pointwise node, behind the products.</summary>
    public IReadOnlyList<LoopNormalisation> Normalisations { get; }

    /// <summary>True where whole rows, or all rows of a unit, of the products must be there before the node can run.</summary>
    public bool IsStaged => Normalisations.Count > 0;

    /// <summary>True where the normalisations go over the units of a row, false where they go over the rows.</summary>
    public bool NormalisesRows => Normalisations[0].Node.Axis == ReductionAxis.Row;

    /// <summary>Units that one panel of every product covers.</summary>
    public int UnitBlock { get; }

    /// <summary>Panels over the node's units.</summary>
    public int PanelCount => (Node.Width + UnitBlock - 1) / UnitBlock;

    /// <summary>Elements of a row of the scratch tile.</summary>
    public int ScratchWidth { get; }

    /// <summary>The most rows that one tile of all products may have.</summary>
    public int MaxRows => LoopProduct.MostRows(Products);

    /// <summary>Tells the slots where each block of the products lies in a scratch row.</summary>
    public void PointProducts(StepFrame* frame)
    {
        foreach (LoopProduct product in Products)
        {
            for (int block = 0; block < product.Node.BlockCount; block++)
            {
                frame->ProductOffsets[product.Node.FirstSlot + block] = product.ScratchOffset + (block * product.UnitBlock);
            }
        }
    }

    /// <summary>Cuts a graph's time loop into phases.</summary>
    /// <remarks>Products that no pointwise node follows cannot occur in a valid graph; the executor refuses them.</remarks>
    public static IReadOnlyList<LoopPhase> Create<TLane>(StepGraph graph, LoopSplit split, int workers)
        where TLane : struct, IVectorLane<TLane>
    {
        List<LoopPhase> phases = [];
        List<(ProductNode Node, int Index)> pending = [];
        List<LoopNormalisation> normalisations = [];
        int productIndex = 0;
        foreach (StepNode node in graph.Nodes)
        {
            if (node is ProductNode { IsHoisted: false } product)
            {
                pending.Add((product, productIndex++));
            }
            else if (node is NormalisationNode normalisation)
            {
                normalisations.Add(new LoopNormalisation(normalisation));
            }
            else if (node is PointwiseNode pointwise)
            {
                phases.Add(CreatePhase<TLane>(graph, pointwise, pending, split == LoopSplit.HiddenUnits ? workers : 1, [.. normalisations]));
                pending.Clear();
                normalisations.Clear();
            }
        }

        // Parts of states that read the step before alone need nothing of one another: only the last one ends the step.
        if (phases.TrueForAll(phase => IsApart(graph, phase.Node)) && graph.StepProducts.All(product => product.Source.Kind == StepSourceKind.PreviousState))
        {
            phases[..^1].ForEach(phase => phase.IsRead = false);
        }

        return phases;
    }

    // A node that writes a part of a state, and nothing else.
    private static bool IsApart(StepGraph graph, PointwiseNode node) =>
        node.WrittenValues.Count == 0 && node.WrittenStates.All(state => node.Width < graph.States[state].Width);

    private static LoopPhase CreatePhase<TLane>(
        StepGraph graph,
        PointwiseNode node,
        List<(ProductNode Node, int Index)> pending,
        int sharers,
        IReadOnlyList<LoopNormalisation> normalisations)
        where TLane : struct, IVectorLane<TLane>
    {
        int widest = pending.Count == 0 ? 1 : pending.Max(product => product.Node.BlockCount);
        int vectors = Math.Max(1, (node.Width + TLane.Count - 1) / TLane.Count);
        int unitRegisters = UnitRegisters(vectors, Math.Clamp(4 / widest, 1, vectors), sharers);
        int unitBlock = unitRegisters * TLane.Count;
        List<LoopProduct> products = [];
        int scratchOffset = 0;
        foreach ((ProductNode product, int index) in pending)
        {
            LoopProduct loopProduct = LoopProduct.Create<TLane>(product, index, unitRegisters, scratchOffset);
            scratchOffset += loopProduct.ForwardShape.Columns;
            products.Add(loopProduct);
        }

        return new LoopPhase(
            node, PointwiseRunner.Create<TLane>(node.Implementation), [.. products], unitBlock, node.Period == 1 ? [] : [.. graph.InputSlotsOf(node)], normalisations);
    }

    // As many registers of units a panel as leave the fewest to the thread that has most: 12.5 registers of units are four panels of four, or seven of two.
    // Narrow tiles read a panel's rows more often, so half of the most is the least.
    private static int UnitRegisters(int vectors, int most, int sharers)
    {
        int best = most;
        for (int registers = most; 2 * registers >= most; registers--)
        {
            best = Cost(registers) < Cost(best) ? registers : best;
        }

        return best;

        int Cost(int registers)
        {
            int panels = (vectors + registers - 1) / registers;
            return (panels + sharers - 1) / sharers * registers;
        }
    }
}
