using GpuRnn.Accuracy;
using GpuRnn.Reservoirs;

namespace GpuRnn.Conformance.Reservoirs;

/// <summary>One sequence through an echo state network in double precision, with a bound of the error that a float32 state may have.</summary>
/// <remarks>
/// <para>
/// x_t = (1 − α) x_(t−1) + α tanh(W x_(t−1) + W_in u_t + W_back y_(t−1) + b), y_t = W_out (x_t, u_t, 1): Jaeger (2001), equations 1.1 and 1.2, with leaky units.
/// </para>
/// <para>
/// An error e of a state becomes at most (1 − α) e + α (|W| e + |W_back| |W_out| e) a step later, because |tanh'| is at most 1; the step adds
/// γ_n of the absolute values that its sums run over (<see cref="Tolerances.Single"/>), where a fed back output's own sum counts as part of them.
/// </para>
/// </remarks>
internal sealed class EchoStateReference
{
    private readonly EchoStateNetwork _network;
    private readonly EchoStateOptions _options;
    private readonly double[] _recurrent;
    private readonly double[] _readout;
    private double[] _state;
    private double[] _error;
    private double _last;
    private double _lastError;
    private double _lastMagnitude;
    private double[] _input = [];

    public EchoStateReference(EchoStateNetwork network, double[] readout)
    {
        (_network, _options, _readout) = (network, network.Options, readout);
        _recurrent = network.Weights.Recurrent;
        _state = new double[_options.ReservoirSize];
        _error = new double[_options.ReservoirSize];
    }

    /// <summary>Takes a step with what came last fed back.</summary>
    public void Step(ReadOnlySpan<double> input)
    {
        int size = _state.Length;
        double[] next = new double[size];
        double[] nextError = new double[size];
        for (int unit = 0; unit < size; unit++)
        {
            double back = _network.Weights.Feedback[unit];
            double sum = _network.Weights.Bias[unit] + (back * _last);
            double magnitude = Math.Abs(_network.Weights.Bias[unit]) + (Math.Abs(back) * _lastMagnitude) + 1.0;
            double error = Math.Abs(back) * _lastError;
            for (int j = 0; j < size; j++)
            {
                double weight = _recurrent[(unit * size) + j];
                sum += weight * _state[j];
                magnitude += Math.Abs(weight * _state[j]);
                error += Math.Abs(weight) * _error[j];
            }

            for (int j = 0; j < input.Length; j++)
            {
                double term = _network.Weights.Input[(unit * input.Length) + j] * input[j];
                sum += term;
                magnitude += Math.Abs(term);
            }

            double leak = _options.LeakRate;
            next[unit] = ((1.0 - leak) * _state[unit]) + (leak * Math.Tanh(sum));
            nextError[unit] = ((1.0 - leak) * _error[unit]) + (leak * error) + Tolerances.Single(size + _readout.Length, 1, magnitude).Absolute;
        }

        (_state, _error) = (next, nextError);
        _input = input.ToArray();
        Output();
    }

    /// <summary>Replaces the output by a target.</summary>
    public void Teach(double target)
    {
        (_last, _lastError, _lastMagnitude) = (target, 0.0, Math.Abs(target));
    }

    public void WriteStates(EchoStateCase.Bounded target, int position)
    {
        _state.CopyTo(target.Values, position * _state.Length);
        _error.CopyTo(target.Errors, position * _state.Length);
    }

    public void WriteOutput(EchoStateCase.Bounded target, int position)
    {
        target.Values[position] = _last;

        // The comparison rounds the output once.
        target.Errors[position] = _lastError + (Tolerances.SingleUnitRoundoff * (Math.Abs(_last) + _lastError));
    }

    private void Output()
    {
        double[] features = [.. _state, .. _input, 1.0];
        (_last, _lastError, _lastMagnitude) = (0.0, 0.0, 0.0);
        for (int i = 0; i < features.Length; i++)
        {
            _last += _readout[i] * features[i];
            _lastMagnitude += Math.Abs(_readout[i] * features[i]);
            _lastError += i < _error.Length ? Math.Abs(_readout[i]) * _error[i] : 0.0;
        }
    }
}
