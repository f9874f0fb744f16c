using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Layers.EncoderDecoders;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Tensors;

namespace GpuRnn.Conformance.Layers;

/// <summary>One form of an encoder and a decoder, at small sizes.</summary>
internal sealed record EncoderDecoderVariant
{
    public const int InputSize = 2;
    public const int VectorSize = 3;
    public const int FeatureSize = 4;
    public const int VocabularySize = 5;

    public required Cell EncoderCell { get; init; }

    public required Cell DecoderCell { get; init; }

    public bool IsBidirectional { get; init; }

    public int LayerCount { get; init; } = 1;

    /// <summary>The source as one vector at every step.</summary>
    public bool HasContext { get; init; }

    /// <summary>Null without attention.</summary>
    public AttentionScore? Score { get; init; }

    /// <summary>Attention before the recurrent step (Bahdanau) instead of behind it (Luong).</summary>
    public bool IsBeforeStep { get; init; }

    public bool FeedsInput { get; init; }

    public int SourceSteps => 3;

    public int TargetSteps => 3;

    public int BatchSize => Lengths.Length;

    public int[] Lengths { get; } = [3, 1];

    public int EncoderSize => 3;

    public int DecoderSize => 4;

    public int DirectionCount => IsBidirectional ? 2 : 1;

    public bool Attends => Score is not null;

    public int ValueSize => DirectionCount * EncoderSize;

    public int DecoderInputSize => VectorSize + (HasContext || IsBeforeStep ? ValueSize : 0) + (FeedsInput ? FeatureSize : 0);

    public AttentionOptions AttentionOptions => new() { Score = Score!.Value, QuerySize = DecoderSize, ValueSize = ValueSize, AttentionSize = 3 };

    public int AttentionParameterCount => Score switch
    {
        AttentionScore.Additive => 3,
        AttentionScore.Concat => 2,
        AttentionScore.General => 1,
        _ => 0,
    };

    /// <summary>Builds the model.</summary>
    public EncoderDecoder Build(Device device)
    {
        RandomSource random = new(3);
        RecurrentOptions reading = new() { InputSize = VectorSize, HiddenSize = EncoderSize, Bidirectional = IsBidirectional };
        RecurrentOptions writing = new() { InputSize = DecoderInputSize, HiddenSize = DecoderSize, LayerCount = LayerCount };
        Encoder encoder = new(new Dense(device, InputSize, VectorSize, random, hasBias: false), new Recurrent(device, EncoderCell, reading, random));
        Recurrent recurrent = new(device, DecoderCell, writing, random);
        Decoder decoder = !Attends ? new PlainDecoder(recurrent, VectorSize, HasContext ? ValueSize : 0)
            : IsBeforeStep ? new BahdanauDecoder(recurrent, new Attention(device, AttentionOptions, random), VectorSize, FeatureSize, random)
            : new LuongDecoder(recurrent, new Attention(device, AttentionOptions, random), VectorSize, FeatureSize, random, FeedsInput);
        Dense output = new(device, decoder.FeatureSize, VocabularySize, random);
        return new EncoderDecoder(encoder, new Dense(device, InputSize, VectorSize, random, hasBias: false), decoder, output, random);
    }

    public override string ToString()
    {
        string form = !Attends ? HasContext ? "context at every step" : "context as initial state"
            : $"{(IsBeforeStep ? "before" : "behind")} the step, {Score}{(FeedsInput ? ", input feeding" : string.Empty)}";
        return $"{form}: {EncoderCell}{(IsBidirectional ? " in both directions" : string.Empty)} to {DecoderCell} of {LayerCount} layers";
    }
}
