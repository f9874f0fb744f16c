using GpuRnn.Simd.Lanes;

namespace GpuRnn.Simd.Gemm;

/// <summary>The panels over a matrix's columns: as few as there can be, of nearly equal width.</summary>
/// <remarks>
/// Panels of one width end in one that is mostly empty and costs as much as the others: 200 columns are 12.5 registers of 16, in panels of 4, 4, 4 and 4 of
/// them a fifth is wasted, in panels of 3, 3, 3 and 4 a twenty-fifth.
/// </remarks>
internal readonly struct PanelCut
{
    private readonly PanelShape[] _shapes;
    private readonly int _vectors;

    private PanelCut(PanelShape[] shapes, int vectors)
    {
        _shapes = shapes;
        _vectors = vectors;
        Count = (vectors + shapes.Length - 1) / shapes.Length;
    }

    /// <summary>Panels.</summary>
    public int Count { get; }

    /// <summary>Columns of all panels.</summary>
    public int Columns => _vectors * _shapes[0].LaneCount;

    /// <summary>Columns of the widest panel.</summary>
    public int WidestColumns => Widest.Columns;

    /// <summary>The most rows that a tile over any panel may have.</summary>
    public int MaxRows => Widest.MaxRows;

    private PanelShape Widest => _shapes[((_vectors + Count - 1) / Count) - 1];

    /// <summary>Cuts columns, of which there is at least one.</summary>
    public static PanelCut Create<TLane>(int columns)
        where TLane : struct, IVectorLane<TLane> => new(Shapes<TLane>.Table, (columns + TLane.Count - 1) / TLane.Count);

    /// <summary>The first column of a panel; of the one behind the last, the number of all.</summary>
    public int FirstColumn(int panel) => FirstVector(panel) * _shapes[0].LaneCount;

    /// <summary>A panel's shape.</summary>
    public PanelShape Shape(int panel) => _shapes[FirstVector(panel + 1) - FirstVector(panel) - 1];

    private int FirstVector(int panel) => (int)((long)_vectors * panel / Count);

    private static class Shapes<TLane>
        where TLane : struct, IVectorLane<TLane>
    {
        public static readonly PanelShape[] Table = [.. Enumerable.Range(1, TileTable<TLane>.MaxColumns).Select(PanelShape.Create<TLane>)];
    }
}
