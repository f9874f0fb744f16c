using System.Runtime.CompilerServices;
using GpuRnn.Devices.Sequences;
using GpuRnn.Simd.Gemm;
using GpuRnn.Simd.Lanes;

namespace GpuRnn.Simd.Sequences;

/// <summary>A step product with its weight packed twice: by units for the forward pass, by source elements for the backward pass.</summary>
internal sealed unsafe class LoopProduct
{
    private LoopProduct(ProductNode node, int index, PanelShape forwardShape, PanelCut backwardCut, int scratchOffset)
    {
        Node = node;
        Index = index;
        ForwardShape = forwardShape;
        BackwardCut = backwardCut;
        ScratchOffset = scratchOffset;
    }

    /// <summary>The product.</summary>
    public ProductNode Node { get; }

    /// <summary>Its number among the step products.</summary>
    public int Index { get; }

    /// <summary>A forward panel: all blocks of the same units, block after block.</summary>
    public PanelShape ForwardShape { get; }

    /// <summary>The backward panels: neighbouring source elements.</summary>
    public PanelCut BackwardCut { get; }

    /// <summary>Where this product's tile begins in a row of the phase's scratch.</summary>
    public int ScratchOffset { get; }

    /// <summary>Units of a forward panel.</summary>
    public int UnitBlock => ForwardShape.Columns / Node.BlockCount;

    /// <summary>Forward panels.</summary>
    public int ForwardPanelCount => (Node.BlockWidth + UnitBlock - 1) / UnitBlock;

    /// <summary>Backward panels.</summary>
    public int BackwardPanelCount => BackwardCut.Count;

    /// <summary>Elements of the forward panels.</summary>
    public long ForwardLength => (long)ForwardPanelCount * ForwardShape.Columns * Node.SourceWidth;

    /// <summary>Elements of the packed bias.</summary>
    public long BiasLength => (long)ForwardPanelCount * ForwardShape.Columns;

    /// <summary>Elements of the backward panels.</summary>
    public long BackwardLength => (long)BackwardCut.Columns * Node.Rows;

    /// <summary>Packed forward panels.</summary>
    public float* ForwardPanels { get; set; }

    /// <summary>Words of the forward panels where they are rounded.</summary>
    public long RoundedLength => (long)ForwardPanelCount * ForwardShape.PairedColumns * Node.SourceWidth;

    /// <summary>Packed forward panels of BFloat16 (<see cref="BFloat16Tile"/>), in place of <see cref="ForwardPanels"/>; null where weights are not rounded.</summary>
    public uint* RoundedPanels { get; set; }

    /// <summary>Packed bias, a row of start values a panel.</summary>
    public float* BiasPanels { get; set; }

    /// <summary>Packed backward panels.</summary>
    public float* BackwardPanels { get; set; }

    /// <summary>Plans the packing of a product.</summary>
    public static LoopProduct Create<TLane>(ProductNode node, int index, int unitRegisters, int scratchOffset)
        where TLane : struct, IVectorLane<TLane>
    {
        return new LoopProduct(
            node, index, PanelShape.Create<TLane>(node.BlockCount * unitRegisters), PanelCut.Create<TLane>(node.SourceWidth), scratchOffset);
    }

    /// <summary>The most rows that one tile of all these products may have.</summary>
    public static int MostRows(LoopProduct[] products)
    {
        int rows = 8;
        foreach (LoopProduct product in products)
        {
            rows = Math.Min(rows, product.RoundedPanels == null ? product.ForwardShape.MaxRows : BFloat16Tile.MostRows);
        }

        return rows;
    }

    /// <summary>Multiplies a tile of rows by one forward panel, on top of the bias; a depth of 0 leaves the bias alone.</summary>
    /// <param name="panel">The panel.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="source">The first row's first element.</param>
    /// <param name="sourceStride">Elements between rows.</param>
    /// <param name="depth">Summation length.</param>
    /// <param name="target">The first row of all products' results.</param>
    /// <param name="targetStride">Elements between rows of results.</param>
    /// <param name="ahead">What <see cref="Ahead"/> gave for this tile.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void MultiplyForward<TLane>(
        int panel, int rows, float* source, nint sourceStride, int depth, float* target, nint targetStride, float* ahead = null)
        where TLane : struct, IVectorLane<TLane>
    {
        nint first = (nint)panel * ForwardShape.Columns;
        if (RoundedPanels != null)
        {
            ForwardShape.RunBFloat16<TLane>(
                rows, RoundedPanels + (panel * RoundedStride), Node.SourceWidth, depth, source, sourceStride, BiasPanels + first, target + ScratchOffset, targetStride);
            return;
        }

        ForwardShape.Run<TLane>(
            rows, ForwardPanels + (first * Node.SourceWidth), depth, source, sourceStride, 1, BiasPanels + first, target + ScratchOffset, targetStride, ahead);
    }

    /// <summary>Multiplies one row by two neighbouring panels of BFloat16; a depth of 0 leaves the bias alone.</summary>
    /// <param name="panel">The first of them.</param>
    /// <param name="source">The row's first element.</param>
    /// <param name="depth">Summation length.</param>
    /// <param name="first">The row of all products' results of the first panel.</param>
    /// <param name="second">Of the second one.</param>
    public void MultiplyForwardPair<TLane>(int panel, float* source, int depth, float* first, float* second)
        where TLane : struct, IVectorLane<TLane>
    {
        ForwardShape.RunBFloat16Pair<TLane>(
            RoundedPanels + (panel * RoundedStride), RoundedStride, depth, source, BiasPanels + ((nint)panel * ForwardShape.Columns), first + ScratchOffset, second + ScratchOffset);
    }

    /// <summary>The share of a panel that comes next for which one tile of this product asks; null where earlier tiles have asked for all of it.</summary>
    /// <param name="next">The product whose panel it is.</param>
    /// <param name="panel">Its number.</param>
    /// <param name="tile">The tile's number among those over the present panel.</param>
    public float* Ahead(LoopProduct next, int panel, int tile)
    {
        nint length = (nint)next.ForwardShape.Columns * next.Node.SourceWidth;
        nint first = tile * ForwardShape.LinesAhead(Node.SourceWidth) * TileKernel.FloatsOfLine;
        return first < length ? next.ForwardPanels + (panel * length) + first : null;
    }

    /// <summary>Packs one forward panel with its bias from the whole weight parameter.</summary>
    public void PackForward(int panel, float* weight, float* bias)
    {
        int unitBlock = UnitBlock;
        int firstUnit = panel * unitBlock;
        int units = Math.Min(unitBlock, Node.BlockWidth - firstUnit);
        float* target = RoundedPanels == null ? ForwardPanels + ((nint)panel * ForwardShape.Columns * Node.SourceWidth) : null;
        float* biasTarget = BiasPanels + ((nint)panel * ForwardShape.Columns);
        new Span<float>(biasTarget, ForwardShape.Columns).Clear();
        if (target == null)
        {
            new Span<uint>(RoundedPanels + (panel * RoundedStride), (int)RoundedStride).Clear();
        }
        else if (units < unitBlock)
        {
            new Span<float>(target, ForwardShape.Columns * Node.SourceWidth).Clear();
        }

        for (int block = 0; block < Node.BlockCount; block++)
        {
            int firstRow = Node.FirstRow + (block * Node.BlockWidth) + firstUnit;
            for (int unit = 0; unit < units; unit += ForwardShape.LaneCount)
            {
                int count = Math.Min(ForwardShape.LaneCount, units - unit);
                PackRegister(target, panel, (block * unitBlock) + unit, weight + ((nint)(firstRow + unit) * Node.SourceWidth), count);
            }

            if (bias != null)
            {
                new ReadOnlySpan<float>(bias + firstRow, units).CopyTo(new Span<float>(biasTarget + (block * unitBlock), units));
            }
        }
    }

    /// <summary>Packs one backward panel from the whole weight parameter.</summary>
    public void PackBackward(int panel, float* weight)
    {
        PanelShape shape = BackwardCut.Shape(panel);
        int first = BackwardCut.FirstColumn(panel);
        PanelPacker.Pack(
            shape,
            BackwardPanels + ((nint)first * Node.Rows),
            Node.Rows,
            weight + ((nint)Node.FirstRow * Node.SourceWidth) + first,
            Math.Min(shape.Columns, Node.SourceWidth - first),
            Node.SourceWidth,
            isTransposed: false);
    }

    // The columns of one register, which lie side by side in whatever chunk holds them.
    private void PackRegister(float* target, int panel, int column, float* rows, int count)
    {
        if (target != null)
        {
            nint offset = ForwardShape.ColumnOffset(column, Node.SourceWidth, out nint stride);
            PanelPacker.PackTransposed(target + offset, stride, Node.SourceWidth, rows, count, Node.SourceWidth);
            return;
        }

        for (int i = 0; i < count; i++)
        {
            PanelPacker.RoundColumn(ForwardShape, RoundedPanels + (panel * RoundedStride), Node.SourceWidth, column + i, rows + ((nint)i * Node.SourceWidth));
        }
    }

    private nint RoundedStride => (nint)ForwardShape.PairedColumns * Node.SourceWidth;
}
