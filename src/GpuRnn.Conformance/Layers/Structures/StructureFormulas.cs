namespace GpuRnn.Conformance.Layers.Structures;

/// <summary>What several structures are made of, in double.</summary>
internal static class StructureFormulas
{
    /// <summary>W x + b.</summary>
    public static double[] Dense(double[] weight, double[] bias, double[] x) => [.. AttentionFormula.Multiply(weight, x).Zip(bias, (sum, one) => sum + one)];

    /// <summary>W x + b for each row of an array.</summary>
    public static double[] DenseRows(double[] weight, double[] bias, double[] rows) =>
        [.. rows.Chunk(weight.Length / bias.Length).SelectMany(row => Dense(weight, bias, row))];

    /// <summary>1 / (1 + e^−x).</summary>
    public static double Sigmoid(double x) => 1.0 / (1.0 + Math.Exp(-x));
}
