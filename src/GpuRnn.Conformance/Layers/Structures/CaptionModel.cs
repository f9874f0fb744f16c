using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;

namespace GpuRnn.Conformance.Layers.Structures;

/// <summary>A picture's vector beside the words, at the first step or at every step: a small captioning model (Vinyals et al. 2015).</summary>
internal sealed class CaptionModel : Module
{
    private readonly Sequential _picture;
    private readonly Layer _spread;
    private readonly Recurrent _decoder;
    private readonly Dense _output;
    private readonly Parameter[] _parameters;

    public CaptionModel(Device device, CaptionShape shape, bool isFirst)
        : base(device)
    {
        RandomSource random = new(3);
        RecurrentOptions options = new() { InputSize = CaptionShape.WordSize + CaptionShape.VectorSize, HiddenSize = CaptionShape.HiddenSize };
        _picture = new Sequential(
            new Conv2d(device, 1, CaptionShape.Filters, shape.Image.Rows, shape.Image.Columns, random),
            new Apply(device, Tanh.Forward),
            new MaxPool2d(device, shape.Maps.Rows, shape.Maps.Columns),
            new Flatten(device),
            new Dense(device, shape.PooledSize, CaptionShape.VectorSize, random));
        _spread = isFirst ? new FirstStepVector(device, shape.Steps.TimeSteps) : new RepeatVector(device, shape.Steps.TimeSteps);
        _decoder = new Recurrent(device, Cells.Lstm, options, random);
        _output = new Dense(device, CaptionShape.HiddenSize, CaptionShape.VocabularySize, random);
        _parameters = [.. _picture.Parameters, .. _decoder.Parameters, .. _output.Parameters];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => _parameters;

    /// <inheritdoc/>
    protected override IReadOnlyList<Module> Children => [_picture, _spread, _decoder, _output];

    /// <summary>The logits of every word from a picture [B, H, W, 1] and the words before, [T, B, E].</summary>
    public Tensor Forward(Tape tape, Tensor picture, Tensor words, SequenceMask? mask)
    {
        Tensor vector = _spread.Forward(tape, _picture.Forward(tape, picture));
        return _output.Forward(tape, _decoder.Forward(tape, Concat.Forward(tape, words, vector), mask));
    }
}
