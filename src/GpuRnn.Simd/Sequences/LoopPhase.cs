using GpuRnn.Devices.Sequences;
using GpuRnn.Simd.Gemm;
using GpuRnn.Simd.Lanes;

namespace GpuRnn.Simd.Sequences;

/// <summary>A pointwise node with the step products that feed it: the unit of fused work.</summary>
internal sealed class LoopPhase
{
    private LoopPhase(PointwiseNode node, PointwiseRunner runner, IReadOnlyList<LoopProduct> products, int unitBlock)
    {
        Node = node;
        Runner = runner;
        Products = products;
        UnitBlock = unitBlock;
    }

    /// <summary>The pointwise node.</summary>
    public PointwiseNode Node { get; }

    /// <summary>Runs the node.</summary>
    public PointwiseRunner Runner { get; }

    /// <summary>The products since the previous pointwise node.</summary>
    public IReadOnlyList<LoopProduct> Products { get; }

    /// <summary>Units that one panel of every product covers.</summary>
    public int UnitBlock { get; }

    /// <summary>Panels over the node's units.</summary>
    public int PanelCount => (Node.Width + UnitBlock - 1) / UnitBlock;

    /// <summary>Elements of a row of the scratch tile.</summary>
    public int ScratchWidth => Products.Sum(product => product.ForwardShape.Columns);

    /// <summary>Cuts a graph's time loop into phases.</summary>
    /// <remarks>Products that no pointwise node follows cannot occur in a valid graph; the executor refuses them.</remarks>
    public static IReadOnlyList<LoopPhase> Create<TLane>(StepGraph graph)
        where TLane : struct, IVectorLane<TLane>
    {
        List<LoopPhase> phases = [];
        List<(ProductNode Node, int Index)> pending = [];
        int productIndex = 0;
        foreach (StepNode node in graph.Nodes)
        {
            if (node is ProductNode { IsHoisted: false } product)
            {
                pending.Add((product, productIndex++));
            }
            else if (node is PointwiseNode pointwise)
            {
                phases.Add(CreatePhase<TLane>(pointwise, pending));
                pending.Clear();
            }
        }

        return phases;
    }

    private static LoopPhase CreatePhase<TLane>(PointwiseNode node, List<(ProductNode Node, int Index)> pending)
        where TLane : struct, IVectorLane<TLane>
    {
        int widest = pending.Count == 0 ? 1 : pending.Max(product => product.Node.BlockCount);
        int registers = Math.Max(1, 4 / widest);
        int unitRegisters = Math.Clamp((node.Width + TLane.Count - 1) / TLane.Count, 1, registers);
        int unitBlock = unitRegisters * TLane.Count;
        List<LoopProduct> products = [];
        int scratchOffset = 0;
        foreach ((ProductNode product, int index) in pending)
        {
            LoopProduct loopProduct = LoopProduct.Create<TLane>(product, index, unitRegisters, scratchOffset);
            scratchOffset += loopProduct.ForwardShape.Columns;
            products.Add(loopProduct);
        }

        return new LoopPhase(node, PointwiseRunner.Create<TLane>(node.Implementation), products, unitBlock);
    }
}
