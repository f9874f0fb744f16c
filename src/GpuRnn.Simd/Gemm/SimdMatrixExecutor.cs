using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using GpuRnn.Devices;
using GpuRnn.Devices.Cpu;
using GpuRnn.Devices.Sequences;
using GpuRnn.Simd.Lanes;

namespace GpuRnn.Simd.Gemm;

/// <summary>The dense product of the CPU: columns packed into panels, tiles of rows times panels in registers, all cores.</summary>
/// <typeparam name="TLane">The register type.</typeparam>
/// <remarks>
/// Deterministic: each element is summed over k in order, whatever the thread count; one or two
/// rows of A take <see cref="ThinProduct{TLane}"/>.
/// Workspace grows to the largest product seen and stays.
/// </remarks>
public sealed unsafe class SimdMatrixExecutor<TLane> : IMatrixExecutor, ITeamWork, IDisposable
    where TLane : struct, IVectorLane<TLane>
{
    // Tiles of C are read and written once for each block of steps. Steps of a transposed A lie a page apart, and 512 of them no longer fit the ways of the
    // second level. Measured on two Zen 5 cores: C [1600, 2048], K = 512 at 312 and 385 GFLOP/s with 256 and 512 steps, transposed [1024, 256], K = 2048 at 382 and 284.
    private const int DepthBlock = 512;
    private const int TransposedDepthBlock = 256;
    private const int RowBlock = 96;
    private const int LineElements = 16;
    private const int PrefetchedSteps = 12;

    // Below this many multiply-adds, waking the team (1-2 µs) costs more than it saves.
    private const long TeamThreshold = 100_000;

    private readonly Lock _gate = new();
    private readonly CpuDevice _device;
    private readonly SpinBarrier _single = new(1);
    private DeviceBuffer<float>? _workspace;
    private MatrixProduct _product;
    private PanelCut _cut;
    private int _depth;
    private int _depthBlock;
    private float* _panels;
    private float* _start;
    private float* _rowsArea;
    private nint _rowsAreaPerWorker;

    /// <summary>Builds the executor; it runs on the device's worker team.</summary>
    public SimdMatrixExecutor(CpuDevice device)
    {
        ArgumentNullException.ThrowIfNull(device);
        _device = device;
    }

    /// <inheritdoc/>
    public string Name => $"simd-{TLane.Count * 32}";

    /// <inheritdoc/>
    public bool IsCheapToCall => true;

    /// <inheritdoc/>
    public void Multiply(DeviceStream stream, in MatrixProduct product)
    {
        if (product.M == 0 || product.N == 0)
        {
            return;
        }

        lock (_gate)
        {
            _product = product;
            int workers = (long)product.M * product.N * product.K < TeamThreshold ? 1 : _device.Team.WorkerCount;
            if (product.M > ThinProduct<TLane>.MaxRows)
            {
                Prepare(workers);
            }

            if (workers == 1)
            {
                Run(0, 1, _single);
            }
            else
            {
                _device.Team.RunAny(this);
            }

            _product = default;
        }
    }

    /// <inheritdoc/>
    void ITeamWork.Run(int worker, int workerCount, SpinBarrier barrier) => Run(worker, workerCount, barrier);

    /// <summary>Frees the workspace.</summary>
    public void Dispose() => _workspace?.Dispose();

    private bool SkipsGroups => _product.ZeroGroups > 0 && _product.TransposeA && !_product.TransposeB;

    // The neighbouring steps from one of those that count on, of which there are at most as many as asked for.
    private int Run(int step, int most, out nint row)
    {
        row = step;
        if (!SkipsGroups)
        {
            return most;
        }

        (int group, int place) = Math.DivRem(step, _product.GroupSize);
        row = ((nint)group * (1 + _product.ZeroGroups) * _product.GroupSize) + place;
        return Math.Min(most, _product.GroupSize - place);
    }

    private void Prepare(int workers)
    {
        _cut = PanelCut.Create<TLane>(_product.N);
        nint columns = _cut.Columns;
        _depth = _product.K;
        _depthBlock = _product.TransposeA ? TransposedDepthBlock : DepthBlock;
        if (SkipsGroups)
        {
            // Whole rounds of groups, and of the last one what there is of its first group.
            (int rounds, int rest) = Math.DivRem(_product.K, _product.GroupSize * (1 + _product.ZeroGroups));
            _depth = (rounds * _product.GroupSize) + Math.Min(rest, _product.GroupSize);
        }

        nint depth = Math.Min(_depth, _depthBlock);
        _rowsAreaPerWorker = (RowBlock * depth) + (8 * _cut.WidestColumns) + 16;
        nint needed = (columns * depth) + columns + (workers * _rowsAreaPerWorker);
        if (_workspace is null || _workspace.Length < needed)
        {
            _workspace?.Dispose();
            _workspace = _device.Allocate<float>(needed + (needed / 4));
        }

        _panels = _workspace.View.HostPointer;
        _start = _panels + (columns * depth);
        _rowsArea = _start + columns;
        Span<float> start = new(_start, (int)columns);
        start.Clear();
        if (_product.Bias.Length != 0)
        {
            new ReadOnlySpan<float>(_product.Bias.HostPointer, _product.N).CopyTo(start);
        }
    }

    private void Run(int worker, int workerCount, SpinBarrier barrier)
    {
        if (_product.M <= ThinProduct<TLane>.MaxRows)
        {
            ThinProduct<TLane>.Run(_product, Share(_product.N, worker, workerCount), Share(_product.N, worker + 1, workerCount));
            return;
        }

        bool splitRows = _product.M >= workerCount * _cut.MaxRows || _product.M >= _cut.Count;
        int firstRow = splitRows ? Share(_product.M, worker, workerCount) : 0;
        int endRow = splitRows ? Share(_product.M, worker + 1, workerCount) : _product.M;
        int firstPanel = splitRows ? 0 : Share(_cut.Count, worker, workerCount);
        int endPanel = splitRows ? _cut.Count : Share(_cut.Count, worker + 1, workerCount);
        if (_product.K == 0 || (_product.Accumulate && _product.Bias.Length != 0))
        {
            AddStart(firstRow, endRow, firstPanel, endPanel);
        }

        for (int depth = 0; depth < _depth; depth += _depthBlock)
        {
            int depthCount = Math.Min(_depthBlock, _depth - depth);
            for (int panel = worker; panel < _cut.Count; panel += workerCount)
            {
                PackPanel(panel, depth, depthCount);
            }

            barrier.Wait(); // After this: every panel of the block is packed.
            for (int row = firstRow; row < endRow; row += RowBlock)
            {
                MultiplyRows(worker, row, Math.Min(RowBlock, endRow - row), firstPanel, endPanel, depth, depthCount);
            }

            barrier.Wait(); // After this: no worker reads the panels any more, so the next block may overwrite them.
        }
    }

    private static int Share(int count, int worker, int workerCount) => (int)((long)count * worker / workerCount);

    private void AddStart(int firstRow, int endRow, int firstPanel, int endPanel)
    {
        int firstColumn = _cut.FirstColumn(firstPanel);
        int endColumn = Math.Min(_product.N, _cut.FirstColumn(endPanel));
        for (int row = firstRow; row < endRow; row++)
        {
            float* c = _product.C.Memory.HostPointer + ((nint)row * _product.C.RowStride);
            for (int column = firstColumn; column < endColumn; column++)
            {
                c[column] = _product.Accumulate ? c[column] + _start[column] : _start[column];
            }
        }
    }

    private void PackPanel(int panel, int depth, int depthCount)
    {
        PanelShape shape = _cut.Shape(panel);
        int firstColumn = _cut.FirstColumn(panel);
        float* target = _panels + ((nint)firstColumn * depthCount);
        int columns = Math.Min(shape.Columns, _product.N - firstColumn);
        nint stride = _product.B.RowStride;
        float* b = _product.B.Memory.HostPointer;
        for (int done = 0, count; done < depthCount; done += count)
        {
            count = Run(depth + done, depthCount - done, out nint row);
            float* source = _product.TransposeB ? b + (firstColumn * stride) + row : b + (row * stride) + firstColumn;
            PanelPacker.Pack(
                shape,
                target + ((nint)done * shape.Columns),
                count,
                source,
                columns,
                stride,
                _product.TransposeB);
        }
    }

    private void MultiplyRows(int worker, int firstRow, int rowCount, int firstPanel, int endPanel, int depth, int depthCount)
    {
        float* rowsArea = _rowsArea + (worker * _rowsAreaPerWorker);
        float* scratch = rowsArea + (RowBlock * (nint)Math.Min(_depth, _depthBlock));
        float* a = _product.A.Memory.HostPointer;
        nint aStride = _product.A.RowStride;
        int tileCount = (rowCount + _cut.MaxRows - 1) / _cut.MaxRows;
        if (_product.TransposeA)
        {
            PackRows(rowsArea, a + firstRow, depth, rowCount, depthCount);
        }

        bool overwrites = depth == 0 && !_product.Accumulate;
        for (int panel = firstPanel; panel < endPanel; panel++)
        {
            nint firstColumn = _cut.FirstColumn(panel);
            float* packed = _panels + (firstColumn * depthCount);
            float* start = overwrites ? _start + firstColumn : null;
            for (int tile = 0; tile < tileCount; tile++)
            {
                int tileRow = PanelShape.TileStart(rowCount, tileCount, tile);
                int tileRows = PanelShape.TileStart(rowCount, tileCount, tile + 1) - tileRow;
                if (_product.TransposeA)
                {
                    MultiplyTile(packed, depthCount, rowsArea + tileRow, 1, RowBlock, start, firstRow + tileRow, tileRows, panel, scratch);
                }
                else
                {
                    MultiplyTile(packed, depthCount, a + ((firstRow + tileRow) * aStride) + depth, aStride, 1, start, firstRow + tileRow, tileRows, panel, scratch);
                }
            }
        }
    }

    // Rows of a transposed A lie side by side at each step, and steps a page apart: a step's rows are copied as they lie, in whole registers, which read what
    // comes behind the rows; the last steps, behind which there may be no memory, one by one.
    private void PackRows(float* target, float* a, int depth, int rowCount, int depthCount)
    {
        nint aStride = _product.A.RowStride;
        nint behind = ((rowCount + TLane.Count - 1) / TLane.Count * TLane.Count) - rowCount;
        for (int done = 0, count; done < depthCount; done += count)
        {
            count = Run(depth + done, depthCount - done, out nint row);
            float* source = a + (row * aStride);
            for (int k = done; k < done + count; k++)
            {
                Prefetch(source + (PrefetchedSteps * aStride), rowCount);
                if (behind <= (depthCount - 1 - k) * aStride)
                {
                    for (int i = 0; i < rowCount; i += TLane.Count)
                    {
                        TLane.Store(target + i, TLane.Load(source + i));
                    }
                }
                else
                {
                    new ReadOnlySpan<float>(source, rowCount).CopyTo(new Span<float>(target, rowCount));
                }

                source += aStride;
                target += RowBlock;
            }
        }
    }

    // Steps lie a page apart, where the processor itself looks no further; an address without memory is no error here.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(float* source, int count)
    {
        if (Sse.IsSupported)
        {
            for (int i = 0; i < count; i += LineElements)
            {
                Sse.Prefetch0(source + i);
            }
        }
    }

    private void MultiplyTile(
        float* packed, int depthCount, float* a, nint rowStride, nint stepStride, float* start, int row, int rows, int panel, float* scratch)
    {
        PanelShape shape = _cut.Shape(panel);
        int firstColumn = _cut.FirstColumn(panel);
        int columns = Math.Min(shape.Columns, _product.N - firstColumn);
        nint cStride = _product.C.RowStride;
        float* c = _product.C.Memory.HostPointer + (row * cStride) + firstColumn;
        if (columns == shape.Columns)
        {
            shape.Run<TLane>(rows, packed, depthCount, a, rowStride, stepStride, start, c, cStride);
            return;
        }

        // The last panel is wider than C: the tile goes through scratch so that nothing beyond a row's end is touched.
        CopyTile(c, cStride, scratch, shape.Columns, rows, start == null ? columns : 0);
        shape.Run<TLane>(rows, packed, depthCount, a, rowStride, stepStride, start, scratch, shape.Columns);
        CopyTile(scratch, shape.Columns, c, cStride, rows, columns);
    }

    private static void CopyTile(float* source, nint sourceStride, float* target, nint targetStride, int rows, int columns)
    {
        for (int row = 0; row < rows; row++)
        {
            LaneCopy.Run<TLane>(source, target, columns);
            source += sourceStride;
            target += targetStride;
        }
    }
}
