using FsCheck;
using FsCheck.Fluent;
using GpuRnn.Composition;
using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Tensors;
using GpuRnn.Tests.Tensors;
using GpuRnn.Tests.TestSupport;
using GpuRnn.Training;

namespace GpuRnn.Tests.Layers;

/// <summary>Shapes, masks and lengths of any kind work and agree with the sequences one by one, or are refused with an error that names them.</summary>
public sealed class MaskProperties : IDisposable
{
    private const int InputSize = 2;

    private readonly Device _device = DeviceCatalog.Open("cpu");
    private readonly Recurrent _layer;

    public MaskProperties()
    {
        RecurrentOptions options = new() { InputSize = InputSize, HiddenSize = 3, Bidirectional = true };
        _layer = new Recurrent(_device, Cells.Gru(), options, new RandomSource(5));
    }

    public void Dispose()
    {
        _layer.Dispose();
        _device.Dispose();
    }

    [Fact]
    public void Flags_OfAnyKind_GiveEachRowWhatItGivesAlone()
    {
        Gen<(int TimeSteps, int BatchSize, bool[] Flags)> cases =
            from timeSteps in Gen.Choose(1, 7)
            from batchSize in Gen.Choose(1, 5)
            from flags in Gen.Choose(0, 3).Select(number => number > 0).ArrayOf(timeSteps * batchSize)
            select (timeSteps, batchSize, flags);
        PropertyCheck.Run(cases, 40, one => CompareWithRowsAlone(one.TimeSteps, one.BatchSize, one.Flags));
    }

    [Fact]
    public void LengthsAndShapes_OfAnyKind_WorkOrAreRefusedByName()
    {
        Gen<(int TimeSteps, int BatchSize, int Width, int MaskSteps, int[] Lengths)> cases =
            from timeSteps in Gen.Choose(0, 4)
            from batchSize in Gen.Choose(0, 3)
            from width in Gen.Frequency((4, Gen.Constant(InputSize)), (1, Gen.Choose(0, 4)))
            from maskSteps in Gen.Frequency((4, Gen.Constant(timeSteps)), (1, Gen.Choose(0, 4)))
            from count in Gen.Frequency((4, Gen.Constant(batchSize)), (1, Gen.Choose(0, 4)))
            from lengths in Gen.Frequency((8, Gen.Choose(0, maskSteps)), (1, Gen.Choose(-1, 5))).ArrayOf(count)
            select (timeSteps, batchSize, width, maskSteps, lengths);
        PropertyCheck.Run(cases, 150, one => WorksOrNames(one.TimeSteps, one.BatchSize, one.Width, one.MaskSteps, one.Lengths));
    }

    [Fact]
    public void Batches_OfAnySequences_HoldEachOnceAtTheStepsOfItsMask()
    {
        Gen<(int[] Lengths, SequenceBatchOptions Options, int Seed)> cases =
            from count in Gen.Choose(1, 9)
            from lengths in Gen.Choose(0, 6).ArrayOf(count)
            from batchSize in Gen.Choose(1, 4)
            from bucket in Gen.Choose(1, 3)
            from multiple in Gen.Choose(1, 4)
            from isLeft in Gen.Elements(false, true)
            from seed in Gen.Choose(0, 1000)
            select (lengths, new SequenceBatchOptions
            {
                BatchSize = batchSize, BatchesPerBucket = bucket, TimeStepMultiple = multiple, Padding = isLeft ? PaddingSide.Left : PaddingSide.Right,
            }, seed);
        PropertyCheck.Run(cases, 60, one => HoldsEachOnce(one.Lengths, one.Options, one.Seed));
    }

    private void CompareWithRowsAlone(int timeSteps, int batchSize, bool[] flags)
    {
        float[] input = TestDevice.Values(timeSteps * batchSize * InputSize, 3);
        SequenceMask mask = SequenceMask.FromFlags(timeSteps, batchSize, flags);
        using Tape tape = Tape.Inference(_device);
        float[] output = _layer.Forward(tape, tape.Input(input, timeSteps, batchSize, InputSize), mask).ToArray();
        tape.Reset();
        int width = _layer.OutputSize;
        for (int row = 0; row < batchSize; row++)
        {
            int[] places = [.. Enumerable.Range(0, timeSteps).Where(step => flags[(step * batchSize) + row]).Select(step => (step * batchSize) + row)];
            float[] own = [.. places.SelectMany(place => input.Skip(place * InputSize).Take(InputSize))];
            float[] alone = places.Length == 0 ? [] : _layer.Forward(tape, tape.Input(own, places.Length, 1, InputSize)).Output.ToArray();
            tape.Reset();
            float[] actual = [.. places.SelectMany(place => output.Skip(place * width).Take(width))];
            Testing.ElementwiseAssert.Close(alone, actual, Tolerances.Single(InputSize + 3, 2 * timeSteps), $"row {row}");
            Assert.All(Enumerable.Range(0, timeSteps).Select(step => (step * batchSize) + row).Except(places), place =>
                Assert.All(output.Skip(place * width).Take(width), value => Assert.Equal(0.0f, value)));
        }
    }

    private void WorksOrNames(int timeSteps, int batchSize, int width, int maskSteps, int[] lengths)
    {
        using Tape tape = Tape.Inference(_device);
        string[] named = lengths.Any(length => length < 0 || length > maskSteps) ? [$"{lengths.First(length => length < 0 || length > maskSteps)}"]
            : width != InputSize ? [$"I={width}", $"inputSize {InputSize}"]
            : timeSteps * batchSize == 0 ? ["at least one time step"]
            : maskSteps != timeSteps || lengths.Length != batchSize ? [$"T={maskSteps}", $"B={lengths.Length}"]
            : [];
        string? message = null;
        try
        {
            SequenceMask mask = SequenceMask.FromLengths(maskSteps, lengths);
            Tensor output = _layer.Forward(tape, tape.Input(new float[timeSteps * batchSize * width], timeSteps, batchSize, width), mask);
            Assert.Equal([timeSteps, batchSize, _layer.OutputSize], output.Shape.ToArray());
        }
        catch (ArgumentException error)
        {
            message = error.Message;
        }

        Assert.Equal(named.Length > 0, message is not null);
        Assert.All(named, name => Assert.Contains(name, message));
    }

    private static void HoldsEachOnce(int[] lengths, SequenceBatchOptions options, int seed)
    {
        int[][] tokens = [.. lengths.Select((length, sequence) => Enumerable.Repeat(sequence + 1, length).ToArray())];
        SequenceBatchSource source = SequenceBatchSource.ForClasses(tokens, [.. Enumerable.Range(0, lengths.Length)], options);
        source.StartEpoch(new RandomSource((ulong)seed));
        List<int> seen = [];
        for (int index = 0; index < source.BatchCount; index++)
        {
            Batch batch = source.GetBatch(index);
            SequenceMask mask = batch.Mask!;
            Assert.Equal(0, mask.TimeSteps % options.TimeStepMultiple);
            seen.AddRange(batch.Classes);
            for (int i = 0; i < batch.Inputs.Length; i++)
            {
                int sequence = batch.Classes[i % mask.BatchSize];
                Assert.Equal(mask.IsPresent(i / mask.BatchSize, i % mask.BatchSize) ? sequence + 1 : 0, batch.Inputs[i]);
            }

            Assert.Equal(batch.Classes.Select(sequence => lengths[sequence]), mask.Lengths.ToArray());
        }

        Assert.Equal(Enumerable.Range(0, lengths.Length), seen.Order());
    }
}
