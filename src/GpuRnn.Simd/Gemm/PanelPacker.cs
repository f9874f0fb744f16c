using GpuRnn.KernelModel;

namespace GpuRnn.Simd.Gemm;

/// <summary>Copies columns of a matrix into a panel, so that the tile kernel reads it from start to end.</summary>
internal static unsafe class PanelPacker
{
    /// <summary>Packs <paramref name="columns"/> columns over <paramref name="depth"/> steps; missing columns become zeros.</summary>
    /// <param name="shape">The panel's shape.</param>
    /// <param name="target">The panel.</param>
    /// <param name="depth">Summation length.</param>
    /// <param name="source">The element of column 0 at step 0.</param>
    /// <param name="columns">Columns that exist, at most the panel's.</param>
    /// <param name="columnStride">Elements between columns.</param>
    /// <param name="stepStride">Elements between steps.</param>
    public static void Pack(PanelShape shape, float* target, int depth, float* source, int columns, nint columnStride, nint stepStride)
    {
        if (columns < shape.Columns)
        {
            new Span<float>(target, shape.Columns * depth).Clear();
        }

        for (int chunk = 0; chunk < shape.ChunkVectors.Length; chunk++)
        {
            int first = shape.ChunkStarts[chunk] * shape.LaneCount;
            int width = shape.ChunkVectors[chunk] * shape.LaneCount;
            int count = Math.Min(width, columns - first);
            float* chunkTarget = target + ((nint)first * depth);
            if (columnStride == 1)
            {
                PackContiguous(chunkTarget, width, depth, source + first, count, stepStride);
            }
            else
            {
                PackColumns(chunkTarget, width, depth, source + (first * columnStride), count, columnStride, stepStride);
            }
        }
    }

    /// <summary>Packs one column, for panels whose columns come from places of their own.</summary>
    public static void PackColumn(PanelShape shape, float* target, int depth, int column, float* source, nint stepStride)
    {
        float* to = target + shape.ColumnOffset(column, depth, out nint targetStride);
        for (int k = 0; k < depth; k++)
        {
            *to = source[k * stepStride];
            to += targetStride;
        }
    }

    /// <summary>Packs one column rounded to BFloat16, ties to even; a number that is none stays none.</summary>
    public static void RoundColumn(PanelShape shape, uint* target, int depth, int column, float* source)
    {
        ushort* to = (ushort*)target + shape.PairedOffset(column, depth, out nint targetStride);
        for (int k = 0; k < depth; k++)
        {
            *to = (ushort)WarpMatrix.ToBFloat16Pair(source[k], 0.0f);
            to += targetStride;
        }
    }

    private static void PackContiguous(float* target, int width, int depth, float* source, int count, nint stepStride)
    {
        if (count <= 0)
        {
            return;
        }

        for (int k = 0; k < depth; k++)
        {
            new ReadOnlySpan<float>(source + (k * stepStride), count).CopyTo(new Span<float>(target + ((nint)k * width), count));
        }
    }

    // Eight steps at a time, so that a source line is read once while its columns' target lines stay in the cache.
    private static void PackColumns(float* target, int width, int depth, float* source, int count, nint columnStride, nint stepStride)
    {
        for (int k = 0; k < depth; k += 8)
        {
            int end = Math.Min(k + 8, depth);
            for (int column = 0; column < count; column++)
            {
                float* from = source + (column * columnStride);
                for (int step = k; step < end; step++)
                {
                    target[((nint)step * width) + column] = from[step * stepStride];
                }
            }
        }
    }
}
