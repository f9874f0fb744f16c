using GpuRnn.Conformance.Layers;
using GpuRnn.LanguageModels;
using GpuRnn.Tensors;

namespace GpuRnn.Conformance.LanguageModels;

/// <summary>The layers that only language models have.</summary>
internal static class LanguageModelCases
{
    public static IEnumerable<ConformanceCase> All()
    {
        return
        [
            Ngram(timeSteps: 1, batchSize: 1, order: 2, hasDirect: false),
            Ngram(timeSteps: 4, batchSize: 2, order: 3, hasDirect: true),
            Around(timeSteps: 3, batchSize: 1, half: 1),
            Around(timeSteps: 6, batchSize: 3, half: 5),
        ];
    }

    // The formula of Bengio et al. 2003 stands on NgramNetwork.
    private static ComposedCase Ngram(int timeSteps, int batchSize, int order, bool hasDirect)
    {
        NgramNetworkOptions options = new()
        {
            VocabularySize = 5, Order = order, StartIndex = 4, EmbeddingSize = 3, HiddenSize = 4, HasDirectConnections = hasDirect,
        };
        int count = timeSteps * batchSize;
        int[] tokens = [.. Enumerable.Range(0, count).Select(i => i * 3 % 5)];
        int width = (order - 1) * options.EmbeddingSize;
        return new ComposedCase($"layer n-gram network{(hasDirect ? " with direct connections" : string.Empty)}", $"T={timeSteps} B={batchSize} n={order}")
        {
            Shapes = [],
            Build = device => new NgramNetwork(device, options, new RandomSource(3)),
            Forward = (tape, module, _) =>
                ((NgramNetwork)module).Forward(tape, tape.Input(Array.ConvertAll(tokens, token => (float)token), timeSteps, batchSize)),
            Formula = (_, p) => [.. Enumerable.Range(0, count).SelectMany(place => Logits(place, p))],
            SummationLength = (width + options.HiddenSize) * count,
            Depth = 6,
        };

        double[] Logits(int place, double[][] p)
        {
            int Token(int back) => place - (back * batchSize) >= 0 ? tokens[place - (back * batchSize)] : options.StartIndex;
            double[] x =
            [
                .. Enumerable.Range(0, order - 1).SelectMany(i =>
                    p[0].AsSpan(Token(order - 2 - i) * options.EmbeddingSize, options.EmbeddingSize).ToArray()),
            ];
            double[] hidden = [.. Product(p[1], x, options.HiddenSize).Select((sum, j) => Math.Tanh(sum + p[2][j]))];
            double[] logits = [.. Product(p[3], hidden, options.VocabularySize).Select((sum, k) => sum + p[4][k])];
            return hasDirect ? [.. logits.Zip(Product(p[5], x, options.VocabularySize), (logit, direct) => logit + direct)] : logits;
        }
    }

    private static double[] Product(double[] matrix, double[] x, int rows)
    {
        return [.. Enumerable.Range(0, rows).Select(row => x.Select((value, column) => value * matrix[(row * x.Length) + column]).Sum())];
    }

    private static ComposedCase Around(int timeSteps, int batchSize, int half)
    {
        int width = 2 * half;
        return new ComposedCase("layer around each step", $"T={timeSteps} B={batchSize} H={half}")
        {
            Shapes = [[timeSteps, batchSize, width]],
            Build = device => new AroundEachStep(device),
            Forward = (tape, module, x) => ((AroundEachStep)module).Forward(tape, x[0]),
            Formula = (x, _) =>
            [
                .. Enumerable.Range(0, (timeSteps - 2) * batchSize * width).Select(i =>
                    x[0][i + (i % width < half ? 0 : 2 * batchSize * width)]),
            ],
            SummationLength = 1,
            Depth = 1,
        };
    }
}
