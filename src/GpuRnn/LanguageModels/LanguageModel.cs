using GpuRnn.Data;
using GpuRnn.Decoding;
using GpuRnn.Tensors;

namespace GpuRnn.LanguageModels;

/// <summary>Gives sentences a probability: that of each symbol after those before it, and of the end after the last.</summary>
/// <remarks>Logarithms are natural. A symbol outside the vocabulary counts with the probability of the unknown symbol.</remarks>
public abstract class LanguageModel
{
    /// <summary>Keeps the encoder.</summary>
    /// <param name="encoder">Its vocabulary has a start and an end symbol.</param>
    /// <exception cref="ArgumentException">The vocabulary lacks one of the two.</exception>
    protected LanguageModel(TextEncoder encoder)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        if (encoder.Vocabulary.Start is null || encoder.Vocabulary.End is null)
        {
            throw new ArgumentException(
                $"LanguageModel: the {encoder.Vocabulary} lacks a start or an end symbol, but sentences begin and end with one. "
                + "Build it with SpecialSymbols.Start and SpecialSymbols.End.",
                nameof(encoder));
        }

        Encoder = encoder;
    }

    /// <summary>Cuts and numbers sentences.</summary>
    public TextEncoder Encoder { get; }

    /// <summary>log p(sentence): the sum over its symbols and its end.</summary>
    public double Score(string sentence)
    {
        return LogProbabilities([Encoder.Encode(sentence)])[0].Sum();
    }

    /// <summary>log p of each sentence; faster than one by one.</summary>
    public double[] Score(IEnumerable<string> sentences)
    {
        ArgumentNullException.ThrowIfNull(sentences);
        return [.. LogProbabilities([.. sentences.Select(Encoder.Encode)]).Select(one => one.Sum())];
    }

    /// <summary>e to the mean of −log p over all symbols and ends of the sentences: how many symbols the model wavers between.</summary>
    /// <exception cref="ArgumentException">There is no sentence.</exception>
    public double Perplexity(IEnumerable<string> sentences)
    {
        ArgumentNullException.ThrowIfNull(sentences);
        IReadOnlyList<double[]> scores = LogProbabilities([.. sentences.Select(Encoder.Encode)]);
        return scores.Count > 0
            ? Math.Exp(-scores.Sum(one => one.Sum()) / scores.Sum(one => one.Length))
            : throw new ArgumentException("LanguageModel.Perplexity: no sentence arrived, but at least one is needed. Pass the text to judge.", nameof(sentences));
    }

    /// <summary>log p of each symbol of each sentence after those before it, and behind them of its end.</summary>
    /// <param name="sentences">Numbers of symbols, without start and end; a sentence may be empty.</param>
    /// <returns>For each sentence one value more than it has symbols.</returns>
    public abstract IReadOnlyList<double[]> LogProbabilities(IReadOnlyList<int[]> sentences);

    /// <summary>log p of every symbol of the vocabulary as the next one.</summary>
    /// <param name="before">The sentence so far, without its start.</param>
    /// <returns>[V].</returns>
    public abstract double[] NextLogProbabilities(IReadOnlyList<int> before);

    /// <summary>Draws a sentence symbol by symbol.</summary>
    /// <param name="random">Decides the draws: the same seed gives the same sentence.</param>
    /// <param name="maximumLength">The most symbols, where no end is drawn before.</param>
    /// <param name="sampling">From which symbols each is drawn; from all, in proportion, when null.</param>
    /// <returns>The text, without special symbols.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range, or the length is below 1.</exception>
    /// <remarks>
    /// Each symbol costs a pass over all before it. A recurrent model writes faster by its state: <see cref="LanguageModelPredictor"/>.
    /// </remarks>
    public string Generate(RandomSource random, int maximumLength, SamplingOptions? sampling = null)
    {
        ArgumentNullException.ThrowIfNull(random);
        ArgumentCheck.AtLeast(maximumLength, 1, "LanguageModel.Generate", nameof(maximumLength), "the most symbols of a sentence");
        TokenSampler sampler = new(sampling ?? new SamplingOptions());
        List<int> symbols = [];
        while (symbols.Count < maximumLength)
        {
            int symbol = sampler.Draw(Array.ConvertAll(NextLogProbabilities(symbols), log => (float)log), random);
            if (symbol == Encoder.Vocabulary.End)
            {
                break;
            }

            symbols.Add(symbol);
        }

        return Encoder.Decode(symbols);
    }
}
