namespace GpuRnn.Simd.Gemm;

/// <summary>The counts a tile can have.</summary>
internal static class TileCounts
{
    /// <summary>0.</summary>
    public readonly struct None : ITileCount
    {
        /// <inheritdoc/>
        public static int Count => 0;
    }

    /// <summary>1.</summary>
    public readonly struct One : ITileCount
    {
        /// <inheritdoc/>
        public static int Count => 1;
    }

    /// <summary>2.</summary>
    public readonly struct Two : ITileCount
    {
        /// <inheritdoc/>
        public static int Count => 2;
    }

    /// <summary>3.</summary>
    public readonly struct Three : ITileCount
    {
        /// <inheritdoc/>
        public static int Count => 3;
    }

    /// <summary>4.</summary>
    public readonly struct Four : ITileCount
    {
        /// <inheritdoc/>
        public static int Count => 4;
    }

    /// <summary>5.</summary>
    public readonly struct Five : ITileCount
    {
        /// <inheritdoc/>
        public static int Count => 5;
    }

    /// <summary>6.</summary>
    public readonly struct Six : ITileCount
    {
        /// <inheritdoc/>
        public static int Count => 6;
    }

    /// <summary>7.</summary>
    public readonly struct Seven : ITileCount
    {
        /// <inheritdoc/>
        public static int Count => 7;
    }

    /// <summary>8.</summary>
    public readonly struct Eight : ITileCount
    {
        /// <inheritdoc/>
        public static int Count => 8;
    }
}
