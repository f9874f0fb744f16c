using GpuRnn.Decoding;
using GpuRnn.Devices;
using GpuRnn.Devices.Cpu;
using GpuRnn.Layers;
using GpuRnn.Tensors;
using GpuRnn.Testing;
using GpuRnn.Training;

namespace GpuRnn.Tests.Decoding;

public sealed class CtcDecoderTests : IDisposable
{
    private const int Steps = 5;
    private const int Classes = 3;

    private readonly CpuDevice _device = new();

    public void Dispose()
    {
        _device.Dispose();
    }

    [Fact]
    public void Greedy_MergesRepeatsAndLeavesBlanksOut()
    {
        using Tensor logits = Paths([0, 1, 1, 0, 1, 2], [2, 2, 1, 0, 0, 1], [0, 0, 0, 0, 0, 0]);
        Assert.Equal([[1, 1, 2], [2, 1, 1], []], CtcDecoder.Greedy(logits));
        Assert.Equal([[1], [2, 1], []], CtcDecoder.Greedy(logits, SequenceMask.FromLengths(6, 3, 4, 0)));

        // With another blank the class 0 is a label.
        Assert.Equal([0, 1, 0, 1], CtcDecoder.Greedy(logits, blank: 2)[0]);
    }

    [Fact]
    public void Logits_OfFourAxes_OrRowsThatBeginLate_AreRefused()
    {
        using Tensor four = Tensor.Zeros(_device, 2, 1, 3, 2);
        using Tensor logits = Tensor.Zeros(_device, Steps, 1, Classes);

        Assert.Contains("the input is [2, 1, 3, 2], but must be [T, B, V]", Assert.Throws<ShapeException>(() => CtcDecoder.Greedy(four)).Message);
        Assert.Contains("row 0 of the mask has 2", Assert.Throws<ArgumentException>(() => CtcDecoder.Search(logits, 3, SequenceMask.LeftPadded(Steps, 2))).Message);
    }

    [Fact]
    public void Logits_ThatAreNoNumbers_AreRefused_UnlessTheirStepIsAbsent()
    {
        float[] values = Values(1);
        values[(4 * Classes) + 1] = float.NaN;
        using Tensor logits = Tensor.FromArray(_device, values, Steps, 1, Classes);
        Assert.Contains("step 4, row 0", Assert.Throws<ArgumentException>(() => CtcDecoder.Greedy(logits)).Message);
        Assert.Contains("step 4, row 0", Assert.Throws<ArgumentException>(() => CtcDecoder.Search(logits, 3)).Message);
        Assert.Single(CtcDecoder.Greedy(logits, SequenceMask.FromLengths(Steps, 4)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Search_WideEnough_GivesWhatEveryPathTogetherGives(int seed)
    {
        const int Blank = 1;
        float[] values = Values(seed);
        using Tensor logits = Tensor.FromArray(_device, values, Steps, 1, Classes);
        List<(string Labels, double Probability)> exhaustive = Exhaustive(values, Blank);
        IReadOnlyList<CtcHypothesis> found = CtcDecoder.Search(logits, width: 1000, blank: Blank)[0];

        Assert.Equal(exhaustive.Select(one => one.Labels), found.Select(one => string.Join(' ', one.Labels)));
        ElementwiseAssert.Close(
            [.. exhaustive.Select(one => one.Probability)], [.. found.Select(one => Math.Exp(one.LogProbability))],
            Tolerances.Double(64, Steps), "probabilities");
    }

    [Fact]
    public void Search_ProbabilityOfTheBest_IsThatOfTheLoss()
    {
        using Tensor logits = Tensor.FromArray(_device, Values(4), Steps, 1, Classes);
        CtcHypothesis best = CtcDecoder.Search(logits, width: 1000)[0][0];
        using Tape tape = new(_device);
        float loss = CtcLoss.Rows(tape, logits, [[.. best.Labels]]).ToArray()[0];
        ElementwiseAssert.Close([-best.LogProbability], [loss], Tolerances.Single(16 * Steps, 1, 16.0), "loss");
    }

    [Fact]
    public void Search_FindsLabelsThatTheBestPathMisses()
    {
        // The blank is the likeliest class of both steps: 0.16 for no label at all. A single label 1 has three paths: 0.12 + 0.12 + 0.09.
        float[] step = [MathF.Log(0.4f), MathF.Log(0.3f), MathF.Log(0.3f)];
        using Tensor logits = Tensor.FromArray(_device, [.. step, .. step], 2, 1, 3);
        Assert.Empty(CtcDecoder.Greedy(logits)[0]);
        IReadOnlyList<CtcHypothesis> found = CtcDecoder.Search(logits, width: 10)[0];
        Assert.Equal([1], found[0].Labels);
        ElementwiseAssert.Close([0.33], [Math.Exp(found[0].LogProbability)], Tolerances.Single(8), "probability");
    }

    [Fact]
    public void Search_NarrowBeam_KeepsItsWidthAndRowsApart()
    {
        using Tensor logits = Tensor.FromArray(_device, [.. Values(5), .. Values(6)], Steps, 2, Classes);
        IReadOnlyList<CtcHypothesis>[] found = CtcDecoder.Search(logits, width: 2, SequenceMask.FromLengths(Steps, Steps, 0));
        Assert.Equal(2, found[0].Count);
        Assert.True(found[0][0].LogProbability >= found[0][1].LogProbability);
        CtcHypothesis empty = Assert.Single(found[1]);
        Assert.Empty(empty.Labels);
        Assert.Equal(0.0, empty.LogProbability);
    }

    /// <summary>Prefixes that fell out of the beam and come back later bring nothing of what they had.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Search_NarrowBeam_KeepsWhatTheDefinitionKeeps(int width)
    {
        for (int seed = 1; seed <= 20; seed++)
        {
            float[] values = [.. Values(seed), .. Values(seed + 50)];
            using Tensor logits = Tensor.FromArray(_device, values, 2 * Steps, 1, Classes);
            IReadOnlyList<CtcHypothesis> found = CtcDecoder.Search(logits, width)[0];
            (string Labels, double Probability)[] expected = PrefixSearch(values, width);

            Assert.Equal(expected.Select(one => one.Labels), found.Select(one => string.Concat(one.Labels)));
            Assert.All(expected.Zip(found), pair => Assert.Equal(Math.Log(pair.First.Probability), pair.Second.LogProbability, 1e-4));
        }
    }

    [Fact]
    public void Decoder_WrongArguments_AreNamed()
    {
        using Tensor logits = Tensor.Zeros(_device, 2, 1, 3);
        using Tensor flat = Tensor.Zeros(_device, 2, 3);
        Assert.Throws<ShapeException>(() => CtcDecoder.Greedy(flat));
        Assert.Throws<ShapeException>(() => CtcDecoder.Greedy(logits, SequenceMask.FromLengths(3, 1)));
        Assert.Contains("the blank is 3", Assert.Throws<ArgumentException>(() => CtcDecoder.Search(logits, 1, blank: 3)).Message);
        Assert.Contains("Pad on the right", Assert.Throws<ArgumentException>(() => CtcDecoder.Greedy(logits, SequenceMask.LeftPadded(2, 1))).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => CtcDecoder.Search(logits, 0));
    }

    private static float[] Values(int seed)
    {
        RandomSource random = new((ulong)seed);
        return [.. Enumerable.Range(0, Steps * Classes).Select(_ => random.NextUniform(-2.0f, 2.0f))];
    }

    // Hannun et al. 2014, algorithm 1, with probabilities by prefix: of alignments that end in the blank 0, and of those that do not.
    private static (string Labels, double Probability)[] PrefixSearch(float[] values, int width)
    {
        Dictionary<string, (double Blank, double Label)> kept = new() { [string.Empty] = (1.0, 0.0) };
        for (int step = 0; step < values.Length / Classes; step++)
        {
            double[] powers = [.. values.Skip(step * Classes).Take(Classes).Select(value => Math.Exp(value))];
            Dictionary<string, (double Blank, double Label)> next = [];
            void Add(string prefix, double blank, double label)
            {
                (double oldBlank, double oldLabel) = next.GetValueOrDefault(prefix);
                next[prefix] = (oldBlank + (blank / powers.Sum()), oldLabel + (label / powers.Sum()));
            }

            foreach ((string prefix, (double blank, double label)) in kept)
            {
                Add(prefix, (blank + label) * powers[0], prefix.Length > 0 ? label * powers[prefix[^1] - '0'] : 0.0);
                for (int one = 1; one < Classes; one++)
                {
                    bool isRepeat = prefix.Length > 0 && prefix[^1] - '0' == one;
                    Add($"{prefix}{one}", 0.0, (isRepeat ? blank : blank + label) * powers[one]);
                }
            }

            kept = next.OrderByDescending(pair => pair.Value.Blank + pair.Value.Label).Take(width).ToDictionary();
        }

        return [.. kept.Select(pair => (pair.Key, pair.Value.Blank + pair.Value.Label)).OrderByDescending(pair => pair.Item2)];
    }

    // All V^T paths, each added to the labels that it gives.
    private static List<(string Labels, double Probability)> Exhaustive(float[] values, int blank)
    {
        Dictionary<string, double> sums = [];
        for (int number = 0; number < (int)Math.Pow(Classes, Steps); number++)
        {
            int[] path = [.. Enumerable.Range(0, Steps).Select(step => number / (int)Math.Pow(Classes, step) % Classes)];
            double probability = 1.0;
            for (int step = 0; step < Steps; step++)
            {
                double[] powers = [.. values.Skip(step * Classes).Take(Classes).Select(value => Math.Exp(value))];
                probability *= powers[path[step]] / powers.Sum();
            }

            string labels = string.Join(' ', path.Where((label, step) => label != blank && (step == 0 || path[step - 1] != label)));
            sums[labels] = sums.GetValueOrDefault(labels) + probability;
        }

        return [.. sums.OrderByDescending(pair => pair.Value).Select(pair => (pair.Key, pair.Value))];
    }

    private Tensor Paths(params int[][] rows)
    {
        float[] values = new float[rows[0].Length * rows.Length * Classes];
        for (int row = 0; row < rows.Length; row++)
        {
            for (int step = 0; step < rows[row].Length; step++)
            {
                values[(((step * rows.Length) + row) * Classes) + rows[row][step]] = 1.0f;
            }
        }

        return Tensor.FromArray(_device, values, rows[0].Length, rows.Length, Classes);
    }
}
