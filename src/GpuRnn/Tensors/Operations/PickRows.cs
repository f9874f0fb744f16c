using System.Reflection;
using System.Runtime.InteropServices;
using GpuRnn.Devices;
using GpuRnn.KernelModel;
using GpuRnn.Kernels.Elementwise;

namespace GpuRnn.Tensors.Operations;

/// <summary>Rows by number, none of them twice: how padded sequences are packed and unpacked.</summary>
/// <remarks><see cref="Embedding"/> takes rows several times, at the price of a gradient that must add them up.</remarks>
public static class PickRows
{
    private static readonly MethodInfo s_gather = TensorKernels.Method(typeof(GatherRows), nameof(GatherRows.Forward));

    /// <summary>result[i] = input[rows[i]], and zeros where the number is negative: [N, …] becomes [rows, …].</summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="input">[N, …].</param>
    /// <param name="rows">Each below N and there at most once, or negative; read before the call returns.</param>
    /// <exception cref="ShapeException">The input has no axis.</exception>
    /// <exception cref="ArgumentException">A number is N or more, or is there twice.</exception>
    /// <remarks>Forward and backward copy every element once: the gradient picks by the inverse numbers.</remarks>
    public static Tensor Forward(Tape tape, Tensor input, ReadOnlySpan<int> rows)
    {
        ArgumentNullException.ThrowIfNull(tape);
        tape.Require(input, "PickRows.Forward");
        ShapeCheck.RequireRank(input, 1, "[N, …]", "PickRows.Forward");
        int[] inverse = Invert(rows, input.Shape[0]);
        Tensor result = tape.Allocate([rows.Length, .. input.Shape[1..]]);
        if (result.Length > 0)
        {
            Gather(tape, input.View, rows, result.View);
        }

        if (tape.NeedsGradient(input))
        {
            tape.Record(new Gradient(input, result, inverse), result);
        }

        return result;
    }

    private static int[] Invert(ReadOnlySpan<int> rows, int rowCount)
    {
        int[] inverse = new int[rowCount];
        Array.Fill(inverse, -1);
        for (int i = 0; i < rows.Length; i++)
        {
            if (rows[i] >= rowCount)
            {
                throw new ArgumentException(
                    $"PickRows.Forward: number {i} is {rows[i]}, but the input has the rows 0 to {rowCount - 1}. Pick rows that exist.",
                    nameof(rows));
            }

            if (rows[i] >= 0)
            {
                if (inverse[rows[i]] >= 0)
                {
                    throw new ArgumentException(
                        $"PickRows.Forward: the numbers {inverse[rows[i]]} and {i} are both {rows[i]}, but a row may be picked once. "
                        + "Use Embedding to take rows several times.",
                        nameof(rows));
                }

                inverse[rows[i]] = i;
            }
        }

        return inverse;
    }

    private static void Gather(Tape tape, ArrayView<float> source, ReadOnlySpan<int> rows, ArrayView<float> target)
    {
        DeviceBuffer<float> memory = tape.Rent(rows.Length);
        memory.CopyFrom(MemoryMarshal.Cast<int, float>(rows));
        ArrayView<int> numbers = memory.View.SubView(0, rows.Length).Cast<int>();
        int width = target.IntLength / rows.Length;
        TensorKernels.Launch(tape.Device, s_gather, target.IntLength, source, numbers, target, width, width, width);
    }

    private sealed class Gradient(Tensor input, Tensor result, int[] inverse) : TapeOperation
    {
        public override void Backward(Tape tape)
        {
            if (result.Gradient is not Tensor upstream || input.Length == 0)
            {
                return;
            }

            GradientPart part = tape.BeginGradient(input);
            if (upstream.Length > 0)
            {
                Gather(tape, upstream.View, inverse, part.View);
            }
            else
            {
                TensorKernels.Fill(tape.Device, part.View, 0.0f);
            }

            tape.EndGradient(part);
        }
    }
}
