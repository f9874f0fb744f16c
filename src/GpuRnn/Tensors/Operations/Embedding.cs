using System.Reflection;
using System.Runtime.InteropServices;
using GpuRnn.Devices;
using GpuRnn.KernelModel;
using GpuRnn.Kernels.Elementwise;

namespace GpuRnn.Tensors.Operations;

/// <summary>Looks rows of a table up by number: how words become vectors.</summary>
public static class Embedding
{
    private static readonly MethodInfo s_forward = TensorKernels.Method(typeof(GatherRows), nameof(GatherRows.Forward));
    private static readonly MethodInfo s_backward = TensorKernels.Method(typeof(ScatterRows), nameof(ScatterRows.Accumulate));

    /// <summary>Copies the numbered rows; a row that is looked up twice gets both gradients, added in order.</summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="table">[V, E].</param>
    /// <param name="indices">Each 0 to V − 1, row-major in <paramref name="shape"/>.</param>
    /// <param name="shape">Axes of the indices, such as [T, B].</param>
    /// <returns>[…shape, E].</returns>
    /// <exception cref="ShapeException">The table is no matrix, or the shape holds another number of indices.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside the table.</exception>
    public static Tensor Forward(Tape tape, Tensor table, int[] indices, params int[] shape)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(indices);
        tape.Require(table, "Embedding.Forward");
        if (table.Rank != 2)
        {
            throw new ShapeException($"Embedding.Forward: the table is {Tensor.Describe(table.Shape)}, but must be [V, E]. Reshape it.");
        }

        ShapeCheck.RequireCount(indices.Length, ShapeCheck.Length(shape, "Embedding.Forward"), shape, "Embedding.Forward");
        RequireIndices(indices, table.Shape[0]);
        int width = table.Shape[1];
        DeviceBuffer<float> memory = tape.Rent(indices.Length);
        memory.CopyFrom(MemoryMarshal.Cast<int, float>(indices));
        ArrayView<int> rows = memory.View.SubView(0, indices.Length).Cast<int>();
        Tensor result = tape.Allocate([.. shape, width]);
        TensorKernels.Launch(tape.Device, s_forward, result.Length, table.View, rows, result.View, width, width, width);
        if (tape.NeedsGradient(table))
        {
            tape.Record(new Gradient(table, rows, result), result);
        }

        return result;
    }

    private static void RequireIndices(int[] indices, int count)
    {
        for (int i = 0; i < indices.Length; i++)
        {
            if ((uint)indices[i] >= (uint)count)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(indices),
                    $"Embedding.Forward: index {i} is {indices[i]}, but the table has the rows 0 to {count - 1}. Number the words from 0.");
            }
        }
    }

    private sealed class Gradient(Tensor table, ArrayView<int> rows, Tensor result) : TapeOperation
    {
        public override void Backward(Tape tape)
        {
            if (result.Gradient is Tensor upstream)
            {
                int width = table.Shape[1];
                ArrayView<float> target = tape.GradientOf(table).View;
                TensorKernels.Launch(tape.Device, s_backward, width, upstream.View, rows, target, rows.IntLength, width, width);
            }
        }
    }
}
