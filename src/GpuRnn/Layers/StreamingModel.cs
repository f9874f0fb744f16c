using GpuRnn.Devices;
using GpuRnn.Tensors;

namespace GpuRnn.Layers;

/// <summary>Runs a model one time step at a time as inputs arrive, and carries its state between them.</summary>
/// <remarks>
/// <para>
/// Puts the model into evaluation mode. Nothing is allocated on the device after the first step; outputs lie in one array of this object. One stream
/// a row; no two streams at once over the same model, as the states lie in its layers.
/// </para>
/// <para>
/// A model of recurrent and dense layers, dropout and <see cref="LastStep"/>, one behind another, is bound to its memory once: a step of it makes no
/// object on the host either. Other layers run on a tape, which makes some at each step.
/// </para>
/// </remarks>
public sealed class StreamingModel : IDisposable
{
    private readonly Layer _model;
    private readonly Tape _tape;
    private readonly int[] _inputShape;
    private readonly Tensor? _input;
    private readonly BoundStep? _step;
    private float[] _output = [];

    /// <summary>Begins at states of zero.</summary>
    /// <param name="model">Its recurrent layers are stateful, and all others treat each step by itself; stays the caller's.</param>
    /// <param name="batchSize">B, streams side by side.</param>
    /// <param name="inputSize">I; null where each step is one token, as an embedding takes it.</param>
    /// <exception cref="ArgumentException">The model has a layer that cannot be cut in time.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    public StreamingModel(Layer model, int batchSize, int? inputSize)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentCheck.AtLeast(batchSize, 1, nameof(StreamingModel), nameof(batchSize), "the number of streams");
        ArgumentCheck.AtLeast(inputSize ?? 1, 1, nameof(StreamingModel), nameof(inputSize), "the values a step, or null for tokens");
        if (!model.CanBeCutInTime)
        {
            throw new ArgumentException(
                "StreamingModel: the model has a layer that looks at several steps at once and carries nothing, but steps arrive one by one. "
                + "Set IsStateful in its recurrent layers, and leave out what cannot be cut, such as convolutions over time.",
                nameof(model));
        }

        _model = model;
        _tape = Tape.Inference(model.Device);
        _inputShape = inputSize is int width ? [1, batchSize, width] : [1, batchSize];
        model.Evaluate();
        model.ResetState();
        if (inputSize is int inputWidth)
        {
            _input = Tensor.Zeros(model.Device, 1, batchSize, inputWidth);
            _step = model.BindStep(_input);
        }
    }

    /// <summary>Runs one step of every stream.</summary>
    /// <param name="input">[B, I], or [B] where steps are tokens.</param>
    /// <returns>The model's output for the step, [B, …]; overwritten by the next call.</returns>
    /// <exception cref="ShapeException">There are not B·I values.</exception>
    public ReadOnlySpan<float> Step(ReadOnlySpan<float> input)
    {
        if (_step is not null)
        {
            ShapeCheck.RequireCount(input.Length, _input!.Length, _inputShape, "StreamingModel.Step");
            _input.CopyFrom(input);
            _step.Run(_tape.Stream);
            return Read(_step.Output);
        }

        ReadOnlySpan<float> values = Read(_model.Forward(_tape, _tape.Input(input, _inputShape)));
        _tape.Reset();
        return values;
    }

    /// <summary>Lets all streams begin anew.</summary>
    public void Reset()
    {
        _model.ResetState();
    }

    /// <summary>Lets some streams begin anew.</summary>
    /// <param name="streams">[B]: true for each that begins.</param>
    public void Reset(ReadOnlySpan<bool> streams)
    {
        _model.ResetState(streams);
    }

    /// <summary>Frees the memory of the steps; the model stays.</summary>
    public void Dispose()
    {
        _step?.Dispose();
        _input?.Dispose();
        _tape.Dispose();
        _model.ResetState();
    }

    private float[] Read(Tensor output)
    {
        if (_output.Length != output.Length)
        {
            _output = new float[output.Length];
        }

        output.CopyTo(_output);
        return _output;
    }
}
