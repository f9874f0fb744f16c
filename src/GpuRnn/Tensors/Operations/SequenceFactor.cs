using GpuRnn.KernelModel;

namespace GpuRnn.Tensors.Operations;

/// <summary>The matrices that the sequences of a [T, B, W] tensor are: matrix b has the rows [t, b], one for each step.</summary>
/// <param name="Memory">The tensor.</param>
/// <param name="BatchSize">B.</param>
/// <param name="Width">W.</param>
/// <param name="IsTransposed">True where the product takes each matrix with rows and columns exchanged.</param>
internal readonly record struct SequenceFactor(ArrayView<float> Memory, int BatchSize, int Width, bool IsTransposed = false)
{
    /// <summary>Elements from one row of a matrix to the next.</summary>
    public int RowStride => BatchSize * Width;

    /// <summary>The memory of one matrix, from its first element on.</summary>
    public ArrayView<float> Matrix(int sequence)
    {
        return Memory.SubView(sequence * Width, Memory.Length - (sequence * Width));
    }
}
