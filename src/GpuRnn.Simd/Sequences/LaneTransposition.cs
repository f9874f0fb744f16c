using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace GpuRnn.Simd.Sequences;

/// <summary>Turns units of sequences that lie side by side into rows of doubles, a sequence each.</summary>
internal static unsafe class LaneTransposition
{
    private const int Block = 8;

    /// <summary>Writes rows.</summary>
    /// <param name="units">[units, lanes].</param>
    /// <param name="lanes">Elements between units.</param>
    /// <param name="rows">The first sequence's row.</param>
    /// <param name="rowStride">Elements between rows.</param>
    /// <param name="unitCount">Elements of a row.</param>
    /// <param name="rowCount">Rows, at most <paramref name="lanes"/>.</param>
    /// <remarks>Eight by eight in registers: written element by element it took three times as long as the products of the step.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Widen(float* units, nint lanes, double* rows, nint rowStride, int unitCount, int rowCount)
    {
        int wholeUnits = Avx.IsSupported ? unitCount - (unitCount % Block) : 0;
        int wholeRows = rowCount - (rowCount % Block);
        for (int unit = 0; unit < wholeUnits; unit += Block)
        {
            for (int row = 0; row < wholeRows; row += Block)
            {
                WidenBlock(units + (unit * lanes) + row, lanes, rows + (row * rowStride) + unit, rowStride);
            }

            WidenPart(units, lanes, rows, rowStride, unit, unit + Block, wholeRows, rowCount);
        }

        WidenPart(units, lanes, rows, rowStride, wholeUnits, unitCount, 0, rowCount);
    }

    private static void WidenPart(float* units, nint lanes, double* rows, nint rowStride, int firstUnit, int endUnit, int firstRow, int endRow)
    {
        for (int row = firstRow; row < endRow; row++)
        {
            for (int unit = firstUnit; unit < endUnit; unit++)
            {
                rows[(row * rowStride) + unit] = units[(unit * lanes) + row];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WidenBlock(float* units, nint lanes, double* rows, nint rowStride)
    {
        for (int half = 0; half < 2; half++)
        {
            // Four rows of eight units: pairs of units, then pairs of pairs.
            float* source = units + (half * 4);
            double* target = rows + (half * 4 * rowStride);
            for (int part = 0; part < Block; part += 4)
            {
                Vector128<float> u0 = Vector128.Load(source + (part * lanes));
                Vector128<float> u1 = Vector128.Load(source + ((part + 1) * lanes));
                Vector128<float> u2 = Vector128.Load(source + ((part + 2) * lanes));
                Vector128<float> u3 = Vector128.Load(source + ((part + 3) * lanes));
                Vector128<float> low01 = Sse.UnpackLow(u0, u1);
                Vector128<float> low23 = Sse.UnpackLow(u2, u3);
                Vector128<float> high01 = Sse.UnpackHigh(u0, u1);
                Vector128<float> high23 = Sse.UnpackHigh(u2, u3);
                Avx.ConvertToVector256Double(Sse.MoveLowToHigh(low01, low23)).Store(target + part);
                Avx.ConvertToVector256Double(Sse.MoveHighToLow(low23, low01)).Store(target + rowStride + part);
                Avx.ConvertToVector256Double(Sse.MoveLowToHigh(high01, high23)).Store(target + (2 * rowStride) + part);
                Avx.ConvertToVector256Double(Sse.MoveHighToLow(high23, high01)).Store(target + (3 * rowStride) + part);
            }
        }
    }
}
