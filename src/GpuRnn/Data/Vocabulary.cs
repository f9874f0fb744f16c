using System.Globalization;
using GpuRnn.Tensors;

namespace GpuRnn.Data;

/// <summary>Numbers the symbols of a corpus, special ones first, and names them again.</summary>
/// <remarks>Immutable. Numbers run from 0 without gaps, so they index an embedding's table or the classes of a softmax.</remarks>
public sealed class Vocabulary
{
    private readonly string[] _symbols;
    private readonly Dictionary<string, int> _numbers;
    private readonly SpecialSymbols _specials;

    /// <summary>Numbers special symbols and then the given ones, in this order.</summary>
    /// <param name="symbols">Distinct and not empty.</param>
    /// <param name="specials">The special ones; all four when null.</param>
    /// <exception cref="ArgumentException">A symbol is empty or stands twice.</exception>
    public Vocabulary(IEnumerable<string> symbols, SpecialSymbols? specials = null)
    {
        ArgumentNullException.ThrowIfNull(symbols);
        _specials = specials ?? new SpecialSymbols();
        _symbols = [.. _specials.Present().Select(entry => entry.Symbol), .. symbols];
        _numbers = new Dictionary<string, int>(_symbols.Length, StringComparer.Ordinal);
        for (int number = 0; number < _symbols.Length; number++)
        {
            if (string.IsNullOrEmpty(_symbols[number]))
            {
                throw new ArgumentException($"Vocabulary: symbol {number} is empty, but must have a character. Leave it out.", nameof(symbols));
            }

            if (!_numbers.TryAdd(_symbols[number], number))
            {
                throw new ArgumentException(
                    $"Vocabulary: '{VocabularyFile.Escape(_symbols[number])}' is symbol {_numbers[_symbols[number]]} and symbol {number}, "
                    + "but each may stand once. Remove one, or name the special symbol differently.",
                    nameof(symbols));
            }
        }

        Padding = Find(_specials.Padding);
        Unknown = Find(_specials.Unknown);
        Start = Find(_specials.Start);
        End = Find(_specials.End);
    }

    /// <summary>V: symbols, special ones included.</summary>
    public int Count => _symbols.Length;

    /// <summary>All symbols by number.</summary>
    public IReadOnlyList<string> Symbols => _symbols;

    /// <summary>The special symbols.</summary>
    public SpecialSymbols Specials => _specials;

    /// <summary>The number of the padding symbol; null without one.</summary>
    public int? Padding { get; }

    /// <summary>The number that stands for symbols that are not here; null without one.</summary>
    public int? Unknown { get; }

    /// <summary>The number of the symbol before a sequence; null without one.</summary>
    public int? Start { get; }

    /// <summary>The number of the symbol behind a sequence; null without one.</summary>
    public int? End { get; }

    /// <summary>The symbol of a number.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such number.</exception>
    public string this[int number] => (uint)number < (uint)_symbols.Length
        ? _symbols[number]
        : throw new ArgumentOutOfRangeException(
            nameof(number), $"Vocabulary: number {number} was asked for, but the numbers are 0 to {Count - 1}. Pass a number of this vocabulary.");

    /// <summary>Counts the symbols of a corpus and numbers them by falling count, symbols of one count in ordinal order.</summary>
    /// <param name="corpus">Walked once.</param>
    /// <param name="options">Which symbols to take; every one when null.</param>
    /// <exception cref="ArgumentOutOfRangeException">The smallest count is below 1, or the largest size holds not even the special symbols.</exception>
    public static Vocabulary FromCorpus(IEnumerable<string> corpus, VocabularyOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        options ??= new VocabularyOptions();
        ArgumentCheck.AtLeast(options.MinimumCount, 1, nameof(Vocabulary), nameof(options.MinimumCount), "how often a symbol must occur");
        HashSet<string> specials = [.. options.Specials.Present().Select(entry => entry.Symbol)];
        if (options.MaximumSize is int maximumSize)
        {
            ArgumentCheck.AtLeast(
                maximumSize, specials.Count + 1, nameof(Vocabulary), nameof(options.MaximumSize), "room for the special symbols and at least one more");
        }

        Dictionary<string, long> counts = new(StringComparer.Ordinal);
        foreach (string symbol in corpus)
        {
            counts[symbol] = counts.GetValueOrDefault(symbol) + 1;
        }

        IEnumerable<string> kept = counts
            .Where(entry => entry.Value >= options.MinimumCount && !specials.Contains(entry.Key))
            .OrderByDescending(entry => entry.Value)
            .ThenBy(entry => entry.Key, StringComparer.Ordinal)
            .Select(entry => entry.Key);
        return new Vocabulary(options.MaximumSize is int size ? kept.Take(size - specials.Count) : kept, options.Specials);
    }

    /// <summary>Reads a vocabulary that <see cref="Save"/> wrote.</summary>
    /// <exception cref="DataFileException">The file is missing or is no vocabulary.</exception>
    public static Vocabulary Load(string path)
    {
        return VocabularyFile.Read(path);
    }

    /// <summary>Writes the vocabulary as text, one symbol a line, replacing an earlier file only once it is complete.</summary>
    /// <param name="path">UTF-8. Line ends, tabs and backslashes of symbols are written as \n, \r, \t and \\.</param>
    /// <exception cref="DataFileException">The file cannot be written.</exception>
    public void Save(string path)
    {
        VocabularyFile.Write(path, this);
    }

    /// <summary>True where the symbol has a number of its own.</summary>
    public bool Contains(string symbol)
    {
        return _numbers.ContainsKey(symbol);
    }

    /// <summary>The number of a symbol; that of the unknown one where it is not here.</summary>
    /// <exception cref="ArgumentException">It is not here, and there is no unknown symbol.</exception>
    public int NumberOf(string symbol)
    {
        ArgumentNullException.ThrowIfNull(symbol);
        return _numbers.TryGetValue(symbol, out int number) ? number
            : Unknown ?? throw new ArgumentException(
                $"Vocabulary.NumberOf: '{VocabularyFile.Escape(symbol)}' is none of the {Count} symbols, and there is no unknown symbol. "
                + "Build the vocabulary from a corpus that has it, or with SpecialSymbols.Unknown.",
                nameof(symbol));
    }

    /// <summary>The numbers of symbols.</summary>
    /// <exception cref="ArgumentException">One is not here, and there is no unknown symbol.</exception>
    public int[] Encode(IEnumerable<string> symbols)
    {
        ArgumentNullException.ThrowIfNull(symbols);
        return [.. symbols.Select(NumberOf)];
    }

    /// <summary>The symbols of numbers.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such number.</exception>
    public string[] Decode(IEnumerable<int> numbers)
    {
        ArgumentNullException.ThrowIfNull(numbers);
        return [.. numbers.Select(number => this[number])];
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        return string.Create(CultureInfo.InvariantCulture, $"Vocabulary of {Count} symbols");
    }

    private int? Find(string? special)
    {
        return special is null ? null : _numbers[special];
    }
}
