using FsCheck;
using FsCheck.Fluent;
using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;
using GpuRnn.Tests.Tensors;
using GpuRnn.Tests.TestSupport;

namespace GpuRnn.Tests.Layers;

/// <summary>Whatever shape and mask a layer gets, it works forward and backward or refuses with an error that names what arrived.</summary>
public sealed class ShapeProperties : IDisposable
{
    private const int Width = 3;

    private readonly Device _device = TestDevice.Open();
    private readonly Door[] _doors;

    public ShapeProperties()
    {
        RandomSource random = new(5);
        Dense Square() => new(_device, Width, Width, random);
        Recurrent gru = new(_device, Cells.Gru(), new RecurrentOptions { InputSize = Width, HiddenSize = 2 }, random);
        _doors =
        [
            new(Square(), [Width], shape => IsRow(shape)),
            new(new LayerNorm(_device, Width), [Width], shape => IsRow(shape)),
            new(new BatchNorm(_device, Width), [Width], shape => IsRow(shape) && Count(shape) >= 2 * Width, one => one.PresentCount >= 2),
            new(new GpuRnn.Layers.Embedding(_device, 4, 2, random), [], _ => true),
            new(new OneHot(_device, 4), [], _ => true),
            new(new Apply(_device, Relu.Forward), [Width], _ => true),
            new(new Flatten(_device, 2), [2, Width], shape => shape.Length >= 2),
            new(new BidirectionalMerge(_device, MergeKind.Sum), [4], shape => shape.Length >= 1 && shape[^1] % 2 == 0),
            new(new Residual(Square()), [Width], shape => IsRow(shape)),
            new(new Highway(Square(), Width, random), [Width], shape => IsRow(shape)),
            new(new RepeatVector(_device, 2), [Width], _ => true, TakesMask: false),
            new(new FirstStepVector(_device, 2), [Width], _ => true, TakesMask: false),
            new(new TimeDistributed(Square()), [Width], shape => shape.Length >= 3 && IsRow(shape)),
            new(gru, [Width], shape => shape.Length == 3 && IsRow(shape) && shape[0] * shape[1] > 0),
            new(new LastStep(_device), [Width], shape => shape.Length >= 2 && shape[0] > 0, HasEachRow),
            new(new FirstAndLastStep(_device), [Width], shape => shape.Length == 3 && shape[0] > 0, HasEachRow),
            new(new MeanOverTime(_device), [Width], shape => shape.Length >= 2 && shape[0] > 0, HasEachRow),
            new(new MaxOverTime(_device), [Width], shape => shape.Length == 3 && shape[0] > 0, HasEachRow),
            new(new AttentionPooling(_device, Width, 2, random), [Width], shape => shape.Length == 3 && IsRow(shape) && shape[0] > 0, HasEachRow),
            new(new Conv1d(_device, Width, 2, SlidingWindow.Same(3), random), [Width], shape => shape.Length == 3 && IsRow(shape) && shape[0] > 0),
            new(new Conv1d(_device, Width, 2, new SlidingWindow(2, 2), random), [Width], shape => shape.Length == 3 && IsRow(shape) && shape[0] > 1, one => one.IsRightPadded),
            new(new MaxPool1d(_device, 2), [Width], shape => shape.Length == 3 && shape[0] > 1, one => one.IsRightPadded),
            new(new MeanPool1d(_device, SlidingWindow.Same(2)), [Width], shape => shape.Length == 3 && shape[0] > 0),
            new(new Conv2d(_device, Width, 2, new SlidingWindow(2), random), [2, Width], shape => shape.Length == 4 && IsRow(shape) && IsImage(shape), TakesMask: false),
            new(new MaxPool2d(_device, 2), [2, Width], shape => shape.Length == 4 && IsImage(shape), TakesMask: false),
            new(new MeanPool2d(_device, 2), [2, Width], shape => shape.Length == 4 && IsImage(shape), TakesMask: false),
        ];
    }

    public void Dispose()
    {
        foreach (Door door in _doors)
        {
            door.Layer.Dispose();
        }

        _device.Dispose();
    }

    [Fact]
    public void Shapes_OfAnyKind_WorkOrAreRefusedByName()
    {
        Gen<(int Door, int[] Shape)> cases =
            from door in Gen.Choose(0, _doors.Length - 1)
            from shape in ShapeNear(_doors[door].Axes)
            select (door, shape);
        PropertyCheck.Run(cases, 600, one => WorksOrNames(_doors[one.Door], one.Shape, null));
    }

    [Fact]
    public void Masks_OfAnyKind_WorkOrAreRefusedByName()
    {
        int[] takers = [.. Enumerable.Range(0, _doors.Length).Where(door => _doors[door].TakesMask)];
        Gen<(int Door, int[] Shape, SequenceMask Mask)> cases =
            from door in Gen.Elements(takers)
            from timeSteps in Gen.Choose(1, 4)
            from batchSize in Gen.Choose(1, 3)
            from maskSteps in Gen.Frequency((6, Gen.Constant(timeSteps)), (1, Gen.Choose(0, 5)))
            from maskRows in Gen.Frequency((6, Gen.Constant(batchSize)), (1, Gen.Choose(0, 4)))
            from flags in Gen.Frequency((4, Gen.Choose(1, 4)), (1, Gen.Choose(0, 3))).Select(number => number > 0).ArrayOf(maskSteps * maskRows)
            from isLeft in Gen.Elements(false, false, true)
            let mask = SequenceMask.FromFlags(maskSteps, maskRows, flags)
            select (door, (int[])[timeSteps, batchSize, .. _doors[door].Axes], isLeft ? SequenceMask.LeftPadded(maskSteps, mask.Lengths.ToArray()) : mask);
        PropertyCheck.Run(cases, 600, one => WorksOrNames(_doors[one.Door], one.Shape, one.Mask));
    }

    // What the layer takes behind [T, B], and often an axis more, an axis less, or another number.
    private static Gen<int[]> ShapeNear(int[] axes) =>
        from timeSteps in Gen.Choose(0, 3)
        from batchSize in Gen.Choose(0, 3)
        from kind in Gen.Choose(0, 5)
        from at in Gen.Choose(0, axes.Length + 1)
        from number in Gen.Choose(0, 4)
        let shape = (int[])[timeSteps, batchSize, .. axes]
        select kind switch
        {
            0 => [.. shape[..at], .. shape[(at + 1)..]],
            1 => [.. shape[..at], number, .. shape[at..]],
            2 => [.. shape[..at], number, .. shape[(at + 1)..]],
            3 => shape[at..],
            _ => shape,
        };

    private static bool IsRow(int[] shape) => shape.Length > 0 && shape[^1] == Width;

    private static bool IsImage(int[] shape) => shape[1] >= 2 && shape[2] >= 2;

    private static bool HasEachRow(SequenceMask mask) => !mask.Lengths.Contains(0);

    private static int Count(int[] shape) => shape.Aggregate(1, (count, axis) => count * axis);

    private void WorksOrNames(Door door, int[] shape, SequenceMask? mask)
    {
        string name = $"{door.Layer.GetType().Name} of {Tensor.Describe(shape)}{(mask is null ? "" : $" with a mask of [{mask.TimeSteps}, {mask.BatchSize}]")}";
        bool isOfTheMask = mask is null || (shape.Length >= 2 && shape[0] == mask.TimeSteps && shape[1] == mask.BatchSize);
        bool works = door.Fits(shape) && isOfTheMask && (mask is null || door.FitsMask is null || door.FitsMask(mask));
        using Tape tape = new(_device);
        using Tensor input = Tensor.Zeros(_device, shape).TrackGradient();
        try
        {
            Tensor output = door.Layer.Forward(tape, input, mask);
            Assert.True(works, $"{name} gave {Tensor.Describe(output.Shape)}");
            Assert.All(output.ToArray(), value => Assert.True(float.IsFinite(value), name));
            if (door.Axes.Length > 0)
            {
                using Tensor upstream = Tensor.Zeros(_device, [.. output.Shape]);
                tape.Backward(output, upstream);
            }
        }
        catch (ArgumentException error)
        {
            Assert.False(works, $"{name}: {error.Message}");
            string rest = shape.Length < 2 ? Tensor.Describe(shape) : Tensor.Describe([shape[0] * shape[1], .. shape[2..]]);
            string[] ofMask = mask is null ? [] : ["row", $"[{mask.PresentCount},", .. isOfTheMask ? [] : (string[])[$"T={mask.TimeSteps}, B={mask.BatchSize}"]];
            string[] names = [Tensor.Describe(shape), rest, .. AxesOf(shape), .. ofMask];
            Assert.True(names.Any(one => error.Message.Contains(one, StringComparison.Ordinal)), $"{name}: {error.Message}");
        }
    }

    // An axis that windows do not fit on is named alone.
    private static string[] AxesOf(int[] shape) => shape.Length == 3 ? [$"T={shape[0]},"] : shape.Length == 4 ? [$"H={shape[1]},", $"W={shape[2]},"] : [];

    /// <summary>A layer, what it takes behind [T, B], and what it can work with.</summary>
    private sealed record Door(Layer Layer, int[] Axes, Func<int[], bool> Fits, Func<SequenceMask, bool>? FitsMask = null, bool TakesMask = true);
}
