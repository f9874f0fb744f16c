using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Layers.EncoderDecoders;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Tensors;

namespace GpuRnn.Tests.Layers.EncoderDecoders;

/// <summary>Small models over tokens, one for each form of decoder.</summary>
internal static class TinyTranslation
{
    public const int VocabularySize = 7;
    private const int VectorSize = 3;
    private const int HiddenSize = 4;
    private const int FeatureSize = 5;

    /// <summary>The forms.</summary>
    public static IEnumerable<string> Forms => ["plain", "context", "luong", "feeding", "bahdanau"];

    /// <summary>Builds one.</summary>
    public static EncoderDecoder Build(Device device, string form, ulong seed = 1)
    {
        RandomSource random = new(seed);
        Recurrent reading = new(device, Cells.Gru(), new RecurrentOptions { InputSize = VectorSize, HiddenSize = HiddenSize, Bidirectional = true }, random);
        Encoder encoder = new(new Embedding(device, VocabularySize, VectorSize, random), reading);
        Recurrent Writing(int more) =>
            new(device, Cells.Lstm, new RecurrentOptions { InputSize = VectorSize + more, HiddenSize = HiddenSize }, random);
        Attention Reader() => new(
            device, new AttentionOptions { Score = AttentionScore.General, QuerySize = HiddenSize, ValueSize = 2 * HiddenSize }, random);
        Decoder decoder = form switch
        {
            "plain" => new PlainDecoder(Writing(0), VectorSize),
            "context" => new PlainDecoder(Writing(2 * HiddenSize), VectorSize, 2 * HiddenSize),
            "luong" => new LuongDecoder(Writing(0), Reader(), VectorSize, FeatureSize, random),
            "feeding" => new LuongDecoder(Writing(FeatureSize), Reader(), VectorSize, FeatureSize, random, feedsInput: true),
            _ => new BahdanauDecoder(Writing(2 * HiddenSize), Reader(), VectorSize, FeatureSize, random),
        };
        Dense output = new(device, decoder.FeatureSize, VocabularySize, random);
        return new EncoderDecoder(encoder, new Embedding(device, VocabularySize, VectorSize, random), decoder, output, random);
    }
}
