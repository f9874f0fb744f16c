using GpuRnn.Experiments.Sequences;
using GpuRnn.Tensors;
using GpuRnn.Training;

namespace GpuRnn.Experiments.Learning;

/// <summary>The embedded Reber grammar: at each symbol, say which may come next.</summary>
/// <remarks>
/// Hochreiter and Schmidhuber (1997), experiment 1: B, T or P, a string of Reber's grammar, the same T or P again, E. Trained on the symbol that came
/// next. A string is right when at every step each of the (one or two) legal symbols is more likely than all others. Strings above the longest
/// length are drawn again; the shorter ones begin later.
/// </remarks>
/// <param name="longest">Symbols of the longest string, at least 9.</param>
internal sealed class ReberTask(int longest) : ISequenceTask
{
    private const string Alphabet = "BTSXPVE";

    // For each state of Reber's automaton its two edges; state 5 leads to E alone.
    private static readonly (char Symbol, int Next)[][] s_edges =
    [
        [('T', 1), ('P', 2)],
        [('S', 1), ('X', 3)],
        [('T', 2), ('V', 4)],
        [('X', 2), ('S', 5)],
        [('P', 3), ('V', 5)],
    ];

    // The legal symbols of each row's steps, as sets of bits, of the latest batch.
    private List<int[]> _legal = [];

    /// <inheritdoc/>
    public int InputSize => Alphabet.Length;

    /// <inheritdoc/>
    public int OutputSize => Alphabet.Length;

    /// <inheritdoc/>
    public bool AnswersAtTheEnd => false;

    /// <inheritdoc/>
    public LossFunction Loss => Losses.SoftmaxCrossEntropy;

    /// <inheritdoc/>
    public Batch Draw(RandomSource random, int count)
    {
        List<int[]> strings = [];
        List<int[]> answers = [];
        _legal = [];
        while (strings.Count < count)
        {
            (List<int> symbols, List<int> legal) = DrawString(random);
            if (symbols.Count <= longest + 1)
            {
                // The last symbol is an answer only.
                strings.Add([.. symbols.Take(symbols.Count - 1)]);
                answers.Add([.. symbols.Skip(1)]);
                _legal.Add([.. legal]);
            }
        }

        return Symbols.Batch(strings, longest, InputSize, answers);
    }

    /// <inheritdoc/>
    public int CountWrong(Batch batch, float[] answers)
    {
        int wrong = 0;
        for (int row = 0; row < batch.SequenceCount; row++)
        {
            int first = longest - _legal[row].Length;
            bool isRight = true;
            for (int step = 0; step < _legal[row].Length; step++)
            {
                int position = ((first + step) * batch.SequenceCount) + row;
                isRight &= RanksLegal(answers.AsSpan(position * OutputSize, OutputSize), _legal[row][step]);
            }

            wrong += isRight ? 0 : 1;
        }

        return wrong;
    }

    private static bool RanksLegal(ReadOnlySpan<float> logits, int legal)
    {
        float leastLegal = float.PositiveInfinity;
        float mostIllegal = float.NegativeInfinity;
        for (int symbol = 0; symbol < logits.Length; symbol++)
        {
            bool isLegal = (legal & (1 << symbol)) != 0;
            leastLegal = isLegal ? MathF.Min(leastLegal, logits[symbol]) : leastLegal;
            mostIllegal = isLegal ? mostIllegal : MathF.Max(mostIllegal, logits[symbol]);
        }

        return leastLegal > mostIllegal;
    }

    private static (List<int> Symbols, List<int> Legal) DrawString(RandomSource random)
    {
        char outer = random.NextInt(2) == 0 ? 'T' : 'P';
        List<int> symbols = [Code('B'), Code(outer), Code('B')];
        List<int> legal = [Bit('T') | Bit('P'), Bit('B')];
        int state = 0;
        while (state < s_edges.Length)
        {
            (char Symbol, int Next)[] edges = s_edges[state];
            legal.Add(Bit(edges[0].Symbol) | Bit(edges[1].Symbol));
            (char symbol, state) = edges[random.NextInt(2)];
            symbols.Add(Code(symbol));
        }

        foreach (char last in new[] { 'E', outer, 'E' })
        {
            legal.Add(Bit(last));
            symbols.Add(Code(last));
        }

        return (symbols, legal);
    }

    private static int Code(char symbol) => Alphabet.IndexOf(symbol, StringComparison.Ordinal);

    private static int Bit(char symbol) => 1 << Code(symbol);
}
