using FsCheck;
using FsCheck.Fluent;
using GpuRnn.Composition;
using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Tensors;
using GpuRnn.Testing;
using GpuRnn.Tests.Tensors;
using GpuRnn.Tests.TestSupport;

namespace GpuRnn.Tests.Layers;

/// <summary>However sequences are put into a batch, each gives what it gives alone: outputs, and gradients of inputs and parameters.</summary>
public sealed class AloneProperties : IDisposable
{
    private const int Channels = 2;

    private readonly Device _device = DeviceCatalog.Open("cpu");

    public void Dispose()
    {
        _device.Dispose();
    }

    [Fact]
    public void Sequences_PaddedPackedAndOneByOne_GiveTheSame()
    {
        Cell[] cells = [Cells.Lstm, Cells.Gru(), Cells.Parse("elman")];
        Gen<(int Cell, int Layers, bool IsBidirectional, int[] Lengths, int More)> cases =
            from cell in Gen.Choose(0, cells.Length - 1)
            from layers in Gen.Choose(1, 2)
            from isBidirectional in Gen.Elements(false, true)
            from batchSize in Gen.Choose(1, 5)
            from lengths in Gen.Choose(0, 6).ArrayOf(batchSize)
            from more in Gen.Choose(0, 2)
            select (cell, layers, isBidirectional, lengths, more);
        PropertyCheck.Run(cases, 25, one => MaskedForms.Compare(
            _device, cells[one.Cell], one.Layers, one.IsBidirectional, one.Lengths, Math.Max(1, one.Lengths.Max() + one.More)));
    }

    [Fact]
    public void PoolingOverTime_OfAnyMask_GivesWhatEachRowGivesAlone()
    {
        Func<Layer>[] layers =
        [
            () => new LastStep(_device),
            () => new FirstAndLastStep(_device),
            () => new MeanOverTime(_device),
            () => new MaxOverTime(_device),
            () => new AttentionPooling(_device, Channels, 3, new RandomSource(5)),
        ];
        Gen<(int Layer, int TimeSteps, int BatchSize, bool[] Flags)> cases =
            from layer in Gen.Choose(0, layers.Length - 1)
            from timeSteps in Gen.Choose(1, 6)
            from batchSize in Gen.Choose(1, 4)
            from flags in Gen.Choose(0, 3).Select(number => number > 0).ArrayOf(timeSteps * batchSize)
            select (layer, timeSteps, batchSize, flags);
        PropertyCheck.Run(cases, 60, one =>
        {
            using Layer layer = layers[one.Layer]();
            SequenceMask mask = SequenceMask.FromFlags(one.TimeSteps, one.BatchSize, one.Flags);
            if (mask.Lengths.Contains(0))
            {
                using Tape tape = new(_device);
                Tensor input = tape.Input(new float[one.Flags.Length * Channels], one.TimeSteps, one.BatchSize, Channels);
                Assert.Contains($"row {mask.Lengths.IndexOf(0)} of the batch has no step", Assert.Throws<ArgumentException>(() => layer.Forward(tape, input, mask)).Message);
                return;
            }

            CompareWithRowsAlone(layer, mask, row => [.. Enumerable.Range(0, one.TimeSteps).Where(step => mask.IsPresent(step, row))], _ => 0);
        });
    }

    [Fact]
    public void WindowsOverTime_OfAnySequences_GiveWhatEachRowGivesAlone()
    {
        Gen<(int Kind, SlidingWindow Window, int TimeSteps, (int First, int Length)[] Rows)> cases =
            from kind in Gen.Choose(0, 2)
            from size in Gen.Choose(1, 3)
            from stride in Gen.Choose(1, 3)
            from padding in Gen.Choose(0, size / 2)
            from dilation in Gen.Choose(1, 2)
            from shape in Gen.Choose(0, 2)
            from timeSteps in Gen.Choose(1, 7)
            from batchSize in Gen.Choose(1, 4)
            from rows in (from length in Gen.Choose(0, timeSteps) from first in Gen.Choose(0, timeSteps - length) select (first, length)).ArrayOf(batchSize)
            let window = shape == 0 ? SlidingWindow.Same(size, dilation) : shape == 1 && kind != 1 ? SlidingWindow.Causal(size, dilation) : new SlidingWindow(size, stride, padding, dilation)
            select (kind, window, timeSteps, rows);
        PropertyCheck.Run(cases, 120, one => CompareWindows(one.Kind, one.Window, one.TimeSteps, one.Rows));
    }

    [Fact]
    public void Attention_OfAnyMask_GivesWhatEachSequenceGivesAlone()
    {
        AttentionScore[] scores = Enum.GetValues<AttentionScore>();
        Gen<(AttentionScore Score, int Queries, int Steps, int BatchSize, bool[] Flags)> cases =
            from score in Gen.Elements(scores)
            from queries in Gen.Choose(1, 3)
            from steps in Gen.Choose(1, 5)
            from batchSize in Gen.Choose(1, 4)
            from flags in Gen.Choose(0, 3).Select(number => number > 0).ArrayOf(steps * batchSize)
            select (score, queries, steps, batchSize, flags);
        PropertyCheck.Run(cases, 40, one => CompareAttention(one.Score, one.Queries, SequenceMask.FromFlags(one.Steps, one.BatchSize, one.Flags)));
    }

    [Fact]
    public void Pieces_OfAStatefulLayer_GiveWhatTheStepsBetweenResetsGiveTogether()
    {
        Gen<(bool IsLstm, int BatchSize, (int Steps, bool[] Resets)[] Pieces)> cases =
            from isLstm in Gen.Elements(false, true)
            from batchSize in Gen.Choose(1, 3)
            from count in Gen.Choose(1, 5)
            from pieces in (
                from steps in Gen.Choose(1, 3)
                from resets in Gen.Choose(0, 3).Select(number => number == 0).ArrayOf(batchSize)
                select (steps, resets)).ArrayOf(count)
            select (isLstm, batchSize, pieces);
        PropertyCheck.Run(cases, 40, one => ComparePieces(one.IsLstm ? Cells.Lstm : Cells.Gru(), one.BatchSize, one.Pieces));
    }

    private void CompareWindows(int kind, SlidingWindow window, int timeSteps, (int First, int Length)[] rows)
    {
        using Layer layer = kind switch
        {
            0 => new Conv1d(_device, Channels, 3, window, new RandomSource(1)),
            1 => new MaxPool1d(_device, window),
            _ => new MeanPool1d(_device, window),
        };
        bool[] flags = [.. Enumerable.Range(0, timeSteps * rows.Length).Select(place =>
        {
            (int first, int length) = rows[place % rows.Length];
            int step = place / rows.Length;
            return step >= first && step < first + length;
        })];
        SequenceMask mask = SequenceMask.FromFlags(timeSteps, rows.Length, flags);
        if (window.CountOver(timeSteps) == 0 || (!layer.KeepsTime && !mask.IsRightPadded))
        {
            using Tape tape = new(_device);
            Tensor input = tape.Input(new float[flags.Length * Channels], timeSteps, rows.Length, Channels);
            string named = window.CountOver(timeSteps) == 0 && (layer.KeepsTime || mask.IsRightPadded) ? $"T={timeSteps}" : $"but windows of {window}";
            Assert.Contains(named, Assert.ThrowsAny<ArgumentException>(() => layer.Forward(tape, input, mask)).Message);
            return;
        }

        // Taps apart can all miss a row, or even the whole batch.
        bool Misses(int length) => Enumerable.Range(0, window.CountOver(length)).Any(index =>
            Enumerable.Range(0, window.Size).All(tap => (index * window.Stride) + (tap * window.Dilation) - window.Padding is int step && (step < 0 || step >= length)));
        if (kind == 1 && (Misses(timeSteps) || rows.Any(row => row.Length > 0 && Misses(row.Length))))
        {
            using Tape tape = new(_device);
            Tensor input = tape.Input(new float[flags.Length * Channels], timeSteps, rows.Length, Channels);
            Assert.Matches("reads (padding|absent steps) alone", Assert.ThrowsAny<ArgumentException>(() => layer.Forward(tape, input, mask)).Message);
            return;
        }

        CompareWithRowsAlone(
            layer, mask, row => [.. Enumerable.Range(rows[row].First, window.CountOver(rows[row].Length) == 0 ? 0 : rows[row].Length)], row => layer.KeepsTime ? rows[row].First : 0);
    }

    // What a row gives alone begins in the batch's output at a step of its own; all else there is zero.
    private void CompareWithRowsAlone(Layer layer, SequenceMask mask, Func<int, int[]> stepsOf, Func<int, int> firstOf)
    {
        int batchSize = mask.BatchSize;
        float[] values = TestDevice.Values(mask.TimeSteps * batchSize * Channels, 3);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = mask.IsPresent(i / Channels / batchSize, i / Channels % batchSize) ? values[i] : float.NaN;
        }

        ToleranceSpec tolerance = Tolerances.Single(30, 2);
        using Tape tape = new(_device);
        using Tensor batch = Tensor.FromArray(_device, values, mask.TimeSteps, batchSize, Channels).TrackGradient();
        (float[] outputs, float[] upstream, float[][] gradients) = Pass(tape, layer, batch, mask, null);
        float[] inputGradient = batch.Gradient!.ToArray();
        double[][] sums = [.. gradients.Select(gradient => new double[gradient.Length])];
        bool hasTime = mask.BatchSize * mask.TimeSteps > 0 && layer.MaskAfter(mask) is not null;
        int width = outputs.Length / batchSize / (hasTime ? layer.MaskAfter(mask)!.TimeSteps : 1);
        float[] rest = [.. outputs];
        float[] restOfGradient = [.. inputGradient];
        for (int row = 0; row < batchSize; row++)
        {
            int[] steps = stepsOf(row);
            if (steps.Length == 0)
            {
                continue;
            }

            float[] own = [.. steps.SelectMany(step => values.AsSpan(((step * batchSize) + row) * Channels, Channels).ToArray())];
            using Tensor input = Tensor.FromArray(_device, own, steps.Length, 1, Channels).TrackGradient();
            int first = firstOf(row);
            (float[] alone, _, float[][] aloneGradients) = Pass(tape, layer, input, null, count =>
                [.. Enumerable.Range(0, count / width).SelectMany(step => upstream.AsSpan((((first + step) * batchSize) + row) * width, width).ToArray())]);
            ElementwiseAssert.Close(alone, Take(rest, Enumerable.Range(first, alone.Length / width), row, batchSize, width), tolerance, $"output of row {row}");
            ElementwiseAssert.Close(input.Gradient!.ToArray(), Take(restOfGradient, steps, row, batchSize, Channels), tolerance, $"gradient of row {row}");
            sums = [.. sums.Zip(aloneGradients, (sum, gradient) => sum.Zip(gradient, (left, right) => left + right).ToArray())];
        }

        Assert.All(rest, value => Assert.Equal(0.0f, value));
        Assert.All(restOfGradient, value => Assert.Equal(0.0f, value));
        for (int i = 0; i < sums.Length; i++)
        {
            ElementwiseAssert.Close(sums[i], gradients[i], Tolerances.Single(60, 2, 4.0), $"gradient of {layer.Parameters[i].Name}");
        }
    }

    private static (float[] Output, float[] Upstream, float[][] Gradients) Pass(Tape tape, Layer layer, Tensor input, SequenceMask? mask, Func<int, float[]>? upstreamOf)
    {
        foreach (Parameter parameter in layer.Parameters)
        {
            parameter.Gradient.Clear();
        }

        Tensor output = layer.Forward(tape, input, mask);
        float[] given = output.ToArray();
        float[] upstream = upstreamOf is null ? TestDevice.Values(given.Length, 4) : upstreamOf(given.Length);
        tape.Backward(output, tape.Input(upstream, output.Shape));
        return (given, upstream, [.. layer.Parameters.Select(parameter => parameter.Gradient.ToArray())]);
    }

    // Takes the steps of a row out of an array, in which zeros are left.
    private static float[] Take(float[] values, IEnumerable<int> steps, int row, int batchSize, int width) =>
    [
        .. steps.SelectMany(step =>
        {
            Span<float> place = values.AsSpan(((step * batchSize) + row) * width, width);
            float[] taken = place.ToArray();
            place.Clear();
            return taken;
        }),
    ];

    private void CompareAttention(AttentionScore score, int queryCount, SequenceMask mask)
    {
        (int querySize, int valueSize) = (3, score == AttentionScore.Dot ? 3 : 2);
        (int steps, int batchSize) = (mask.TimeSteps, mask.BatchSize);
        using Attention attention = new(_device, new AttentionOptions { Score = score, QuerySize = querySize, ValueSize = valueSize }, new RandomSource(2));
        float[] queries = TestDevice.Values(queryCount * batchSize * querySize, 5);
        float[] values = TestDevice.Values(steps * batchSize * valueSize, 6);
        float[] upstream = TestDevice.Values(queryCount * batchSize * valueSize, 7);
        AttentionPass batch = AttentionPass.Run(attention, queries, values, upstream, batchSize, mask);
        ToleranceSpec tolerance = Tolerances.Single(30, 6);
        for (int row = 0; row < batchSize; row++)
        {
            int[] own = [.. Enumerable.Range(0, steps).Where(step => mask.IsPresent(step, row))];
            float[] Of(float[] all, IEnumerable<int> places, int width) => Take([.. all], places, row, batchSize, width);
            int[] asked = [.. Enumerable.Range(0, queryCount)];
            float[] weights = Of(batch.Weights, asked, steps);
            Assert.All(Enumerable.Range(0, weights.Length).Where(i => !own.Contains(i % steps)), i => Assert.Equal(0.0f, weights[i]));
            Assert.All(Of(batch.ValueGradient, Enumerable.Range(0, steps).Except(own), valueSize), value => Assert.Equal(0.0f, value));
            if (own.Length == 0)
            {
                Assert.All(Of(batch.Context, asked, valueSize), value => Assert.Equal(0.0f, value));
                continue;
            }

            AttentionPass alone = AttentionPass.Run(attention, Of(queries, asked, querySize), Of(values, own, valueSize), Of(upstream, asked, valueSize), 1, null);
            ElementwiseAssert.Close(alone.Context, Of(batch.Context, asked, valueSize), tolerance, $"context of row {row}");
            ElementwiseAssert.Close(alone.QueryGradient, Of(batch.QueryGradient, asked, querySize), tolerance, $"gradient of the queries of row {row}");
            ElementwiseAssert.Close(alone.ValueGradient, Of(batch.ValueGradient, own, valueSize), tolerance, $"gradient of the values of row {row}");
        }
    }

    private void ComparePieces(Cell cell, int batchSize, (int Steps, bool[] Resets)[] pieces)
    {
        RecurrentOptions options = new() { InputSize = Channels, HiddenSize = 3 };
        using Recurrent stateful = new(_device, cell, options with { IsStateful = true }, new RandomSource(7));
        using Recurrent plain = new(_device, cell, options, new RandomSource(7));
        using Tape tape = Tape.Inference(_device);
        int total = pieces.Sum(piece => piece.Steps);
        float[] values = TestDevice.Values(total * batchSize * Channels, 3);
        List<float> outputs = [];
        int done = 0;
        foreach ((int steps, bool[] resets) in pieces)
        {
            stateful.ResetState(resets);
            Tensor input = tape.Input(values.AsSpan(done * batchSize * Channels, steps * batchSize * Channels), steps, batchSize, Channels);
            outputs.AddRange(stateful.Forward(tape, input).Output.ToArray());
            tape.Reset();
            done += steps;
        }

        float[] all = [.. outputs];
        for (int row = 0; row < batchSize; row++)
        {
            // The steps at which the row begins anew; the first piece begins anew in any case.
            int at = 0;
            List<int> begins = [0];
            foreach ((int steps, bool[] resets) in pieces)
            {
                if (resets[row] && at > 0)
                {
                    begins.Add(at);
                }

                at += steps;
            }

            for (int i = 0; i < begins.Count; i++)
            {
                int[] own = [.. Enumerable.Range(begins[i], (i + 1 < begins.Count ? begins[i + 1] : total) - begins[i])];
                float[] expected = plain.Forward(tape, tape.Input(Take([.. values], own, row, batchSize, Channels), own.Length, 1, Channels)).Output.ToArray();
                ElementwiseAssert.Close(expected, Take([.. all], own, row, batchSize, 3), Tolerances.Single(8, 2 * total), $"row {row} from step {begins[i]}");
                tape.Reset();
            }
        }
    }

    /// <summary>Context, weights and gradients of one pass.</summary>
    private sealed record AttentionPass(float[] Context, float[] Weights, float[] QueryGradient, float[] ValueGradient)
    {
        public static AttentionPass Run(Attention attention, float[] queries, float[] values, float[] upstream, int batchSize, SequenceMask? mask)
        {
            (int querySize, int valueSize) = (attention.Options.QuerySize, attention.Options.ValueSize);
            using Tape tape = new(attention.Device);
            using Tensor asked = Tensor.FromArray(attention.Device, queries, queries.Length / batchSize / querySize, batchSize, querySize).TrackGradient();
            using Tensor read = Tensor.FromArray(attention.Device, values, values.Length / batchSize / valueSize, batchSize, valueSize).TrackGradient();
            AttentionResult result = attention.Forward(tape, asked, read, mask);
            AttentionPass pass = new(result.Context.ToArray(), result.Weights.ToArray(), [], []);
            tape.Backward(result.Context, tape.Input(upstream, result.Context.Shape));
            return pass with { QueryGradient = asked.Gradient!.ToArray(), ValueGradient = read.Gradient!.ToArray() };
        }
    }
}
