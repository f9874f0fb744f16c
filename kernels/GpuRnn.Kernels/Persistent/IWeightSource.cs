namespace GpuRnn.Kernels.Persistent;

/// <summary>The part of the recurrent weight that a block keeps, as the factors of its product.</summary>
internal interface IWeightSource
{
    /// <summary>Terms whose weights lie side by side in the layer's weight, so that neighbouring threads read them together.</summary>
    static abstract int Run { get; }

    /// <summary>The weight of a term for a column of the block; zero where the layer has no such term or column.</summary>
    float Read(int term, int column);
}
