using GpuRnn.Reservoirs;

namespace GpuRnn.Tests.Reservoirs;

/// <summary>Jaeger's equations for one sequence as plain loops in double: the state goes on, the output is W_out (x, u, 1).</summary>
internal sealed class PlainEchoState(EchoStateNetwork network)
{
    private readonly double[] _recurrent = network.Weights.Recurrent;

    public double[] State { get; private set; } = new double[network.Options.ReservoirSize];

    public void Step(ReadOnlySpan<double> input, double fedBack)
    {
        int size = State.Length;
        double leak = network.Options.LeakRate;
        double[] next = new double[size];
        for (int i = 0; i < size; i++)
        {
            double sum = network.Weights.Bias[i] + (network.Weights.Feedback[i] * fedBack);
            for (int j = 0; j < size; j++)
            {
                sum += _recurrent[(i * size) + j] * State[j];
            }

            for (int j = 0; j < input.Length; j++)
            {
                sum += network.Weights.Input[(i * input.Length) + j] * input[j];
            }

            next[i] = ((1.0 - leak) * State[i]) + (leak * Math.Tanh(sum));
        }

        State = next;
    }

    public double Output(ReadOnlySpan<double> input)
    {
        double[] features = [.. State, .. network.Options.HasDirectInput ? input.ToArray() : [], .. network.Options.HasOutputBias ? new[] { 1.0 } : []];
        return features.Zip(network.OutputWeights!, (feature, weight) => feature * weight).Sum();
    }
}
