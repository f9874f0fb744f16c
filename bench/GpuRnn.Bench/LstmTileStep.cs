using System.Runtime.CompilerServices;
using GpuRnn.KernelModel;
using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Bench;

/// <summary>
/// One LSTM step as a GPU likes it, for <see href="../../docs/decisions/0009-vertical-slice.md"/>: groups share tiles of both factors, and every
/// thread keeps the four gates of its unit, for some rows, in registers until the new states are known.
/// </summary>
/// <remarks>Not a kernel of the library, whose step is <see cref="GpuRnn.Kernels.Recurrent.FusedStepForward"/>.</remarks>
public static class LstmTileStep
{
    /// <summary>Neighbouring units of a group, one a thread on the X axis.</summary>
    public const int Units = 16;

    /// <summary>Threads of a group on the Y axis.</summary>
    public const int RowThreads = 8;

    /// <summary>Rows of a group.</summary>
    public const int Rows = RowThreads * RowsPerThread;

    private const int RowsPerThread = 4;
    private const int Gates = 4;
    private const int Columns = Gates * Units;
    private const int Depth = 16;
    private const int Threads = Units * RowThreads;

    /// <summary>h and c at t from the inputs' product and h and c at t − 1.</summary>
    /// <remarks>
    /// Formula: <see cref="LstmNode"/>. Groups: X over units, Y over rows; group of (<see cref="Units"/>, <see cref="RowThreads"/>, 1). Threads
    /// beyond the edge load zeros, reach every barrier and store nothing. Aliasing: the new states overlap nothing. Deterministic.
    /// </remarks>
    public static void Forward(
        ArrayView1D<float, Stride1D.Dense> weight,      // [4*H, H]
        ArrayView1D<float, Stride1D.Dense> inputs,      // [B, 4*H], the products of x_t with both biases
        ArrayView1D<float, Stride1D.Dense> hidden,      // [B, H]
        ArrayView1D<float, Stride1D.Dense> cell,        // [B, H]
        ArrayView1D<float, Stride1D.Dense> nextHidden,  // [B, H]
        ArrayView1D<float, Stride1D.Dense> nextCell,    // [B, H]
        int width,                                      // H
        int rowCount)                                   // B
    {
        ArrayView<float> left = SharedMemory.Allocate<float>(Rows * Depth);
        ArrayView<float> right = SharedMemory.Allocate<float>(Depth * Columns);
        ArrayView<float> sums = LocalMemory.Allocate<float>(RowsPerThread * Gates);
        int lane = Group.IdxX;
        int part = Group.IdxY;
        int item = (part * Units) + lane;
        int groupUnit = Grid.IdxX * Units;
        int groupRow = Grid.IdxY * Rows;
        for (int i = 0; i < RowsPerThread * Gates; i++)
        {
            sums[i] = 0f;
        }

        for (int first = 0; first < width; first += Depth)
        {
            for (int i = 0; i < Rows * Depth / Threads; i++)
            {
                int place = item + (i * Threads);
                int row = groupRow + (place / Depth);
                int k = first + (place % Depth);
                left[place] = row < rowCount && k < width ? hidden[(row * width) + k] : 0f;
            }

            for (int i = 0; i < Depth * Columns / Threads; i++)
            {
                int place = item + (i * Threads);
                int column = place / Depth;
                int unit = groupUnit + (column % Units);
                int k = first + (place % Depth);
                right[((place % Depth) * Columns) + column] =
                    unit < width && k < width ? weight[((((column / Units) * width) + unit) * width) + k] : 0f;
            }

            // After this: both tiles are complete and visible to the whole group.
            Group.Barrier();

            for (int k = 0; k < Depth; k++)
            {
                for (int row = 0; row < RowsPerThread; row++)
                {
                    F32 state = new(left[(((part * RowsPerThread) + row) * Depth) + k]);
                    for (int gate = 0; gate < Gates; gate++)
                    {
                        F32 factor = new(right[(k * Columns) + (gate * Units) + lane]);
                        sums[(row * Gates) + gate] = F32.MultiplyAdd(state, factor, new F32(sums[(row * Gates) + gate])).Value;
                    }
                }
            }

            // After this: every thread has read the tiles, so that the next round may overwrite them.
            Group.Barrier();
        }

        int own = groupUnit + lane;
        for (int i = 0; i < RowsPerThread; i++)
        {
            int row = groupRow + (part * RowsPerThread) + i;
            if (row < rowCount && own < width)
            {
                Slots slots = new()
                {
                    Inputs = inputs,
                    Cell = cell,
                    NextHidden = nextHidden,
                    NextCell = nextCell,
                    First = new F32(sums[i * Gates]),
                    Second = new F32(sums[(i * Gates) + 1]),
                    Third = new F32(sums[(i * Gates) + 2]),
                    Fourth = new F32(sums[(i * Gates) + 3]),
                    InputAt = (row * Gates * width) + own,
                    StateAt = (row * width) + own,
                    Width = width,
                };
                LstmNode.Forward<F32, Slots>(ref slots);
            }
        }
    }

    private struct Slots : IStepSlots<F32>
    {
        public ArrayView1D<float, Stride1D.Dense> Inputs;
        public ArrayView1D<float, Stride1D.Dense> Cell;
        public ArrayView1D<float, Stride1D.Dense> NextHidden;
        public ArrayView1D<float, Stride1D.Dense> NextCell;
        public F32 First;
        public F32 Second;
        public F32 Third;
        public F32 Fourth;
        public int InputAt;
        public int StateAt;
        public int Width;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public F32 Input(int slot) => new(Inputs[InputAt + (slot * Width)]);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public F32 Product(int slot) => slot == 0 ? First : slot == 1 ? Second : slot == 2 ? Third : Fourth;

        // The node reads c alone.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public F32 State(int state) => new(Cell[StateAt]);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public F32 NextState(int state) => new(state == 0 ? NextHidden[StateAt] : NextCell[StateAt]);

        // Nothing is kept for a backward pass.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public F32 Value(int slot) => F32.Zero;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public F32 Parameter(int slot) => F32.Zero;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void SetState(int state, F32 value)
        {
            if (state == 0)
            {
                NextHidden[StateAt] = value.Value;
            }
            else
            {
                NextCell[StateAt] = value.Value;
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void SetValue(int slot, F32 value)
        {
        }
    }
}
