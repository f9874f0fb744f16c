using GpuRnn.Layers;
using GpuRnn.Tensors;
using GpuRnn.Training;

namespace GpuRnn.Samples;

/// <summary>Strings of 3 to 6 random digits, spoken by whoever: recordings put end to end. Digit d is label d + 1.</summary>
/// <remarks>The strings of an epoch are drawn anew, or, for validation and test, are the same each time.</remarks>
public sealed class DigitStrings : IBatchSource
{
    private const int Shortest = 3;
    private const int Longest = 6;

    private readonly SpokenDigit[] _digits;
    private readonly int _batchSize;
    private readonly RandomState? _fixed;
    private RandomSource _random;

    /// <summary>Draws from recordings.</summary>
    /// <param name="digits">What strings are made of.</param>
    /// <param name="batchCount">Batches an epoch.</param>
    /// <param name="batchSize">Strings a batch.</param>
    /// <param name="fixedSeed">Makes every epoch the same; null draws new strings each time.</param>
    public DigitStrings(IEnumerable<SpokenDigit> digits, int batchCount, int batchSize, ulong? fixedSeed = null)
    {
        ArgumentNullException.ThrowIfNull(digits);
        _digits = [.. digits];
        (BatchCount, _batchSize) = (batchCount, batchSize);
        _random = new RandomSource(fixedSeed ?? 0);
        _fixed = fixedSeed is null ? null : _random.State;
    }

    /// <inheritdoc/>
    public int BatchCount { get; }

    /// <inheritdoc/>
    public void StartEpoch(RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        _random = _fixed is null ? new RandomSource(random.NextUInt64()) : _random;
    }

    /// <inheritdoc/>
    /// <remarks>Batches must be asked for in order.</remarks>
    public Batch GetBatch(int index)
    {
        if (_fixed is RandomState start && index == 0)
        {
            _random.State = start;
        }

        int[][] labels = new int[_batchSize][];
        float[][] features = new float[_batchSize][];
        for (int row = 0; row < _batchSize; row++)
        {
            SpokenDigit[] chosen = new SpokenDigit[Shortest + _random.NextInt(Longest - Shortest + 1)];
            for (int i = 0; i < chosen.Length; i++)
            {
                chosen[i] = _digits[_random.NextInt(_digits.Length)];
            }

            labels[row] = [.. chosen.Select(digit => digit.Digit + 1)];
            features[row] = [.. chosen.SelectMany(digit => digit.Features)];
        }

        return Pad(features, labels);
    }

    private static LabelledBatch Pad(float[][] features, int[][] labels)
    {
        const int Width = SpokenDigit.Width;
        int[] lengths = [.. features.Select(row => row.Length / Width)];
        int timeSteps = lengths.Max();
        float[] inputs = new float[timeSteps * lengths.Length * Width];
        for (int row = 0; row < lengths.Length; row++)
        {
            for (int step = 0; step < lengths[row]; step++)
            {
                features[row].AsSpan(step * Width, Width).CopyTo(inputs.AsSpan(((step * lengths.Length) + row) * Width));
            }
        }

        return new LabelledBatch
        {
            Inputs = inputs,
            InputShape = [timeSteps, lengths.Length, Width],
            Mask = SequenceMask.FromLengths(timeSteps, lengths),
            Labels = labels,
            SequenceCount = lengths.Length,
        };
    }
}
