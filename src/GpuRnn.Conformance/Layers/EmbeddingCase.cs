using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Tensors;

namespace GpuRnn.Conformance.Layers;

/// <summary>The embedding layer with padding and a mask: y = weight[token], and the table's gradient is the sum over a token's places.</summary>
internal sealed class EmbeddingCase : ConformanceCase
{
    private readonly int _timeSteps;
    private readonly int _batchSize;
    private readonly int _vocabularySize;
    private readonly int _embeddingSize;

    private EmbeddingCase(int timeSteps, int batchSize, int vocabularySize, int embeddingSize)
        : base("layer embedding", $"T={timeSteps} B={batchSize} V={vocabularySize} E={embeddingSize}")
    {
        (_timeSteps, _batchSize, _vocabularySize, _embeddingSize) = (timeSteps, batchSize, vocabularySize, embeddingSize);
    }

    public static IEnumerable<ConformanceCase> All()
    {
        return [new EmbeddingCase(1, 1, 1, 1), new EmbeddingCase(3, 2, 7, 5), new EmbeddingCase(17, 5, 13, 33)];
    }

    /// <inheritdoc/>
    protected override void Run(Device device, ConformanceRecorder recorder)
    {
        // Rows get shorter one by one; what stands behind their ends is no token at all. The padding is the last token where there are several.
        int padding = _vocabularySize > 1 ? _vocabularySize - 1 : -1;
        int[] lengths = [.. Enumerable.Range(0, _batchSize).Select(row => Math.Max(0, _timeSteps - row))];
        int count = _timeSteps * _batchSize;
        int[] tokens = [.. Enumerable.Range(0, count).Select(i =>
            i / _batchSize < lengths[i % _batchSize] ? i * 5 % _vocabularySize : -1)];
        using Embedding layer = new(device, _vocabularySize, _embeddingSize, new RandomSource(3), padding < 0 ? null : padding);
        double[] table = CaseValues.Widen(layer.Parameters[0].Value.ToArray());
        using Tape tape = new(device);
        Tensor input = tape.Input(Array.ConvertAll(tokens, token => (float)token), _timeSteps, _batchSize);
        Tensor result = layer.Forward(tape, input, SequenceMask.FromLengths(_timeSteps, lengths));
        float[] upstream = CaseValues.Uniform(count * _embeddingSize, 2);
        Sums expected = new(upstream.Length);
        Sums gradient = new(table.Length);
        for (int i = 0; i < upstream.Length; i++)
        {
            int token = tokens[i / _embeddingSize];
            int element = (token * _embeddingSize) + (i % _embeddingSize);
            if (token >= 0)
            {
                expected.Add(i, table[element], 0.0);
            }

            if (token >= 0 && token != padding)
            {
                gradient.Add(element, upstream[i]);
            }
        }

        recorder.Compare("result", expected.Values, result.ToArray(), expected.Allowed(), Sums.BoundName);
        using Tensor upstreamTensor = Tensor.FromArray(device, upstream, _timeSteps, _batchSize, _embeddingSize);
        tape.Backward(result, upstreamTensor);
        recorder.Compare("gradient of weight", gradient.Values, layer.Parameters[0].Gradient.ToArray(), gradient.Allowed(), Sums.BoundName);
    }
}
