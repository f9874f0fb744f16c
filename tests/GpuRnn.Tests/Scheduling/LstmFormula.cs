namespace GpuRnn.Tests.Scheduling;

/// <summary>One step of the LSTM for one row, as the formula stands in the papers.</summary>
internal sealed class LstmFormula(Dictionary<string, double[]> parameters)
{
    /// <summary>h_t and c_t.</summary>
    public (double[] H, double[] C) Step(double[] x, double[] h, double[] c)
    {
        double[] gates = Add(Product("weight_ih", x), parameters["bias_ih"], Product("weight_hh", h), parameters["bias_hh"]);
        double[] next = Cell(gates, c);
        return ([.. next.Select((value, unit) => Sigmoid(gates[(3 * c.Length) + unit]) * Math.Tanh(value))], next);
    }

    /// <summary>c_t from the sums of the gates i f g o.</summary>
    public static double[] Cell(double[] gates, double[] c) =>
        [.. c.Select((old, unit) => (Sigmoid(gates[c.Length + unit]) * old) + (Sigmoid(gates[unit]) * Math.Tanh(gates[(2 * c.Length) + unit])))];

    public static double Sigmoid(double value) => 1 / (1 + Math.Exp(-value));

    public static double[] Add(params double[][] vectors) => [.. vectors[0].Select((_, i) => vectors.Sum(vector => vector[i]))];

    /// <summary>The product of a weight with a vector.</summary>
    public double[] Product(string weight, double[] vector) =>
        [.. parameters[weight].Chunk(vector.Length).Select(row => row.Zip(vector, (left, right) => left * right).Sum())];
}
