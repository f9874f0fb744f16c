using FsCheck;
using FsCheck.Fluent;
using GpuRnn.Devices.Cpu;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;
using GpuRnn.Tests.TestSupport;

namespace GpuRnn.Tests.Tensors;

/// <summary>Whatever shapes an operation gets, it works forward and backward or refuses with an error that names one that arrived.</summary>
public sealed class OperationShapeProperties : IDisposable
{
    private static readonly Door[] s_doors =
    [
        new("Add", [[2, 3], [2, 3]], (tape, x) => Add.Forward(tape, x[0], x[1]), s => Same(s[0], s[1])),
        new("Multiply", [[2, 3], [2, 3]], (tape, x) => Multiply.Forward(tape, x[0], x[1]), s => Same(s[0], s[1])),
        new("MatMul", [[2, 3], [3, 4]], (tape, x) => MatMul.Forward(tape, x[0], x[1]), s => s[0].Length == 2 && s[1].Length == 2 && s[0][1] == s[1][0]),
        new("Linear", [[2, 3], [4, 3], [4]], (tape, x) => Linear.Forward(tape, x[0], x[1], x[2]),
            s => s[0].Length > 0 && s[1].Length == 2 && s[0][^1] == s[1][1] && Same(s[2], [s[1][0]])),
        new("Concat", [[2, 3], [2, 1]], (tape, x) => Concat.Forward(tape, x), s => s[0].Length > 0 && s[1].Length > 0 && Same(s[0][..^1], s[1][..^1])),
        new("SliceTime", [[3, 2]], (tape, x) => SliceTime.Forward(tape, x[0], 1, 2), s => s[0].Length > 0 && s[0][0] >= 3),
        new("SliceColumns", [[2, 3]], (tape, x) => SliceColumns.Forward(tape, x[0], 1, 2), s => s[0].Length > 0 && s[0][^1] >= 3),
        new("SwapTimeAndBatch", [[2, 3, 2]], (tape, x) => SwapTimeAndBatch.Forward(tape, x[0]), s => s[0].Length >= 2),
        new("Reshape", [[2, 3]], (tape, x) => Reshape.Forward(tape, x[0], 3, 2), s => Count(s[0]) == 6),
        new("SumOverTime", [[2, 3]], (tape, x) => SumOverTime.Forward(tape, x[0]), s => s[0].Length > 0),
        new("RepeatTime", [[2, 3]], (tape, x) => RepeatTime.Forward(tape, x[0], 2), _ => true),
        new("Softmax", [[2, 3]], (tape, x) => Softmax.Forward(tape, x[0]), s => s[0].Length > 0),
        new("LogSoftmax", [[2, 3]], (tape, x) => LogSoftmax.Forward(tape, x[0]), s => s[0].Length > 0),
        new("MaskedSoftmax", [[2, 3, 4], [4, 3]], (tape, x) => MaskedSoftmax.Forward(tape, x[0], x[1]), s => s[0].Length == 3 && Same(s[1], [s[0][2], s[0][1]])),
        new("SequenceScores", [[2, 3, 4], [1, 3, 4]], (tape, x) => SequenceScores.Forward(tape, x[0], x[1]),
            s => s[0].Length == 3 && s[1].Length == 3 && Same(s[0][1..], s[1][1..])),
        new("SequenceSums", [[2, 3, 4], [4, 3, 1]], (tape, x) => SequenceSums.Forward(tape, x[0], x[1]),
            s => s[0].Length == 3 && s[1].Length == 3 && s[0][1] == s[1][1] && s[0][2] == s[1][0]),
        new("AdditiveScores", [[2, 3, 4], [1, 3, 4], [4]], (tape, x) => AdditiveScores.Forward(tape, x[0], x[1], x[2]),
            s => s[0].Length == 3 && s[1].Length == 3 && Same(s[0][1..], s[1][1..]) && Same(s[2], [s[0][2]])),
        new("PickRows", [[3, 2]], (tape, x) => PickRows.Forward(tape, x[0], [2, -1, 0]), s => s[0].Length > 0 && s[0][0] >= 3),
        new("Normalisation.OverRows", [[2, 3], [3], [3]], (tape, x) => Normalisation.OverRows(tape, x[0], x[1], x[2], 1e-5f),
            s => s[0].Length > 0 && Same(s[1], [s[0][^1]]) && Same(s[2], [s[0][^1]])),
        new("Convolution over time", [[3, 2, 2], [4, 2, 2], [4]], (tape, x) => Convolution.Forward(tape, x[0], x[1], x[2], new SlidingWindow(2)),
            s => s[0].Length == 3 && s[1].Length == 3 && s[0][0] >= 2 && s[1][2] == 2 && s[0][2] == s[1][1] && Same(s[2], [s[1][0]])),
        new("Convolution of images", [[1, 3, 2, 2], [4, 2, 2, 1], [4]], (tape, x) => Convolution.Forward(tape, x[0], x[1], x[2], new SlidingWindow(2), SlidingWindow.One),
            s => s[0].Length == 4 && s[1].Length == 4 && s[0][1] >= 2 && s[0][2] >= 1 && Same(s[1][1..], [s[0][3], 2, 1]) && Same(s[2], [s[1][0]])),
        new("MaxPooling over time", [[3, 2, 2]], (tape, x) => MaxPooling.Forward(tape, x[0], new SlidingWindow(2)), s => s[0].Length == 3 && s[0][0] >= 2),
        new("MeanPooling of images", [[1, 3, 2, 2]], (tape, x) => MeanPooling.Forward(tape, x[0], new SlidingWindow(2), SlidingWindow.One),
            s => s[0].Length == 4 && s[0][1] >= 2 && s[0][2] >= 1),
        new("Embedding", [[3, 2]], (tape, x) => Embedding.Forward(tape, x[0], [2, 0], 2), s => s[0].Length == 2 && s[0][0] >= 3),
    ];

    private readonly CpuDevice _device = TestDevice.Open();

    public void Dispose()
    {
        _device.Dispose();
    }

    [Fact]
    public void Shapes_OfAnyKind_WorkOrAreRefusedByName()
    {
        Gen<(int Door, int[][] Shapes)> cases =
            from door in Gen.Choose(0, s_doors.Length - 1)
            from at in Gen.Choose(0, s_doors[door].Shapes.Length - 1)
            from axis in Gen.Choose(0, s_doors[door].Shapes[at].Length - 1)
            from number in Gen.Choose(0, 4)
            from kind in Gen.Choose(0, 4)
            let shape = s_doors[door].Shapes[at]
            let changed = kind switch
            {
                0 => (int[])[.. shape[..axis], .. shape[(axis + 1)..]],
                1 => [.. shape[..axis], number, .. shape[axis..]],
                2 => [.. shape[..axis], number, .. shape[(axis + 1)..]],
                3 => shape[(axis + 1)..],
                _ => shape,
            }
            select (door, (int[][])[.. s_doors[door].Shapes[..at], changed, .. s_doors[door].Shapes[(at + 1)..]]);
        PropertyCheck.Run(cases, 600, one => WorksOrNames(s_doors[one.Door], one.Shapes));
    }

    private void WorksOrNames(Door door, int[][] shapes)
    {
        string name = $"{door.Name} of {string.Join(" and ", shapes.Select(shape => Tensor.Describe(shape)))}";
        bool works = door.Fits(shapes);
        using Tape tape = new(_device);
        Tensor[] inputs = [.. shapes.Select((shape, i) => Tensor.FromArray(_device, TestDevice.Values(Count(shape), (ulong)i + 1), shape).TrackGradient())];
        try
        {
            Tensor output = door.Operation(tape, inputs);
            Assert.True(works, $"{name} gave {Tensor.Describe(output.Shape)}");
            using Tensor upstream = Tensor.Zeros(_device, [.. output.Shape]);
            tape.Backward(output, upstream);
            Assert.All(output.ToArray(), value => Assert.True(float.IsFinite(value), name));
        }
        catch (ArgumentException error)
        {
            Assert.False(works, $"{name}: {error.Message}");
            Assert.True(shapes.Any(shape => error.Message.Contains(Tensor.Describe(shape), StringComparison.Ordinal)) || NamesAxis(shapes[0], error.Message), $"{name}: {error.Message}");
        }
        finally
        {
            Array.ForEach(inputs, input => input.Dispose());
        }
    }

    // An axis that is too short for what is taken from it is named alone.
    private static bool NamesAxis(int[] shape, string message) =>
        shape.Any(axis => new[] { $"T={axis},", $"H={axis},", $"W={axis},", $"0 to {axis - 1}" }.Any(words => message.Contains(words, StringComparison.Ordinal)));

    private static bool Same(int[] left, int[] right) => left.SequenceEqual(right);

    private static int Count(int[] shape) => shape.Aggregate(1, (count, axis) => count * axis);

    /// <summary>An operation, shapes that fit it, and which others do.</summary>
    private sealed record Door(string Name, int[][] Shapes, Func<Tape, Tensor[], Tensor> Operation, Func<int[][], bool> Fits);
}
