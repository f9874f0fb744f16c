using GpuRnn.Layers;
using GpuRnn.Training;

namespace GpuRnn.Data;

/// <summary>The memory of a batch into which streams are written step by step.</summary>
internal sealed class ContinuedSteps
{
    private readonly int _batchSize;
    private readonly int _inputSize;
    private readonly int _targetSize;
    private readonly bool[] _continues;
    private float[] _inputs = [];
    private float[] _targets = [];
    private int[] _classes = [];
    private int _timeSteps = -1;

    private ContinuedSteps(int batchSize, int inputSize, int targetSize)
    {
        (_batchSize, _inputSize, _targetSize) = (batchSize, inputSize, targetSize);
        _continues = new bool[batchSize];
    }

    // A token takes one place.
    private int InputWidth => Math.Max(1, _inputSize);

    /// <summary>Memory for pieces of one kind: of this one's input size, and with classes or as many values a step.</summary>
    public static ContinuedSteps Like(SequenceExample piece, int batchSize)
    {
        return new ContinuedSteps(batchSize, piece.InputSize, piece.Classes.Length > 0 ? 0 : piece.Targets.Length / piece.TimeSteps);
    }

    /// <summary>Empties the memory for a batch of some steps.</summary>
    public void Begin(int timeSteps)
    {
        int rows = timeSteps * _batchSize;
        if (timeSteps != _timeSteps)
        {
            _timeSteps = timeSteps;
            _inputs = new float[rows * InputWidth];
            _targets = new float[rows * _targetSize];
            _classes = new int[_targetSize == 0 ? rows : 0];
        }

        Array.Clear(_inputs);
        Array.Clear(_targets);
        Array.Fill(_classes, Losses.DefaultIgnoreIndex);
    }

    /// <summary>Writes steps of a piece.</summary>
    /// <param name="piece">Where they are from.</param>
    /// <param name="first">The first of them in the piece.</param>
    /// <param name="count">How many.</param>
    /// <param name="step">Where they begin in the batch.</param>
    /// <param name="row">The stream.</param>
    /// <exception cref="ArgumentException">The piece is not like the first one.</exception>
    public void Write(SequenceExample piece, int first, int count, int step, int row)
    {
        Require(piece, row);
        for (int i = 0; i < count; i++)
        {
            int place = ((step + i) * _batchSize) + row;
            piece.Inputs.AsSpan((first + i) * InputWidth, InputWidth).CopyTo(_inputs.AsSpan(place * InputWidth));
            if (_targetSize == 0)
            {
                _classes[place] = piece.Classes[first + i];
            }
            else
            {
                piece.Targets.AsSpan((first + i) * _targetSize, _targetSize).CopyTo(_targets.AsSpan(place * _targetSize));
            }
        }
    }

    /// <summary>The batch over this memory.</summary>
    /// <param name="lengths">Steps of each row.</param>
    /// <param name="continues">Whether rows go on.</param>
    public Batch ToBatch(int[] lengths, bool continues)
    {
        Array.Fill(_continues, continues);
        return new Batch
        {
            Inputs = _inputs,
            InputShape = _inputSize == 0 ? [_timeSteps, _batchSize] : [_timeSteps, _batchSize, _inputSize],
            Mask = Array.TrueForAll(lengths, length => length == _timeSteps) ? null : SequenceMask.FromLengths(_timeSteps, lengths),
            Continues = _continues,
            Targets = _targets,
            TargetShape = _targetSize == 0 ? [0] : [_timeSteps, _batchSize, _targetSize],
            Classes = _classes,
            SequenceCount = _batchSize,
            LossWeight = lengths.Sum(),
        };
    }

    private void Require(SequenceExample piece, int row)
    {
        bool fits = piece.InputSize == _inputSize
            && (_targetSize == 0
                ? piece.Targets.Length == 0 && piece.Classes.Length == piece.TimeSteps
                : piece.Classes.Length == 0 && piece.Targets.Length == piece.TimeSteps * _targetSize);
        if (!fits)
        {
            string needed = _targetSize == 0 ? "a class for each step" : $"{_targetSize} values for each step";
            throw new ArgumentException(
                $"ContinuedStreamBatchSource.GetBatch: a piece of stream {row} has inputSize {piece.InputSize}, {piece.TimeSteps} steps, {piece.Classes.Length} classes and "
                + $"{piece.Targets.Length} target values, but inputSize {_inputSize} and {needed} are needed. Give all pieces the same, by WithClasses or WithTargets.");
        }
    }
}
