using System.Buffers;
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
        return LookUp(tape, table, indices, shape, paddingIndex: -1);
    }

    /// <summary>Copies rows by numbers that were checked; a negative number gives zeros and no gradient.</summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="table">[V, E].</param>
    /// <param name="numbers">As many as <paramref name="shape"/> holds, below V; read before the call returns.</param>
    /// <param name="shape">Axes of the numbers.</param>
    /// <param name="paddingIndex">A row that gets no gradient, or a negative number.</param>
    internal static Tensor LookUp(Tape tape, Tensor table, ReadOnlySpan<int> numbers, ReadOnlySpan<int> shape, int paddingIndex)
    {
        int width = table.Shape[1];
        int count = numbers.Length;
        Tensor result = tape.Allocate([.. shape, width]);
        DeviceBuffer<float> memory = tape.Rent(count);
        memory.CopyFrom(MemoryMarshal.Cast<int, float>(numbers));
        ArrayView<int> rows = memory.View.SubView(0, count).Cast<int>();
        TensorKernels.Launch(tape.Device, s_forward, result.Length, table.View, rows, result.View, width, width, width);
        if (tape.NeedsGradient(table))
        {
            tape.Record(new Gradient(table, Group(tape, numbers, paddingIndex, table.Shape[0], out int groups), count, groups, result), result);
        }

        return result;
    }

    // The places of each row side by side: one thread then adds up a row's gradient without meeting another.
    private static ArrayView<int> Group(Tape tape, ReadOnlySpan<int> numbers, int paddingIndex, int rowCount, out int groups)
    {
        int length = RowGroups.Length(numbers.Length);
        int[] lent = ArrayPool<int>.Shared.Rent(length);
        groups = RowGroups.Write(numbers, paddingIndex, rowCount, lent);
        DeviceBuffer<float> memory = tape.Rent(length);
        memory.CopyFrom(MemoryMarshal.Cast<int, float>(lent.AsSpan(0, length)));
        ArrayPool<int>.Shared.Return(lent);
        return memory.View.SubView(0, length).Cast<int>();
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

    private sealed class Gradient(Tensor table, ArrayView<int> groups, int count, int groupCount, Tensor result) : TapeOperation
    {
        public override void Backward(Tape tape)
        {
            if (result.Gradient is not Tensor upstream)
            {
                return;
            }

            int width = table.Shape[1];
            ArrayView<float> target = tape.GradientOf(table).View;
            TensorKernels.Launch(
                tape.Device,
                s_backward,
                groupCount * width,
                upstream.View,
                groups.SubView(0, count),
                groups.SubView(count, groupCount + 1),
                groups.SubView((2 * count) + 1, groupCount),
                target,
                width,
                width,
                width);
        }
    }
}
