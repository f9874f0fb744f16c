using GpuRnn.Devices;

namespace GpuRnn.Tensors;

/// <summary>Checks of shapes, with the project's form of message.</summary>
internal static class ShapeCheck
{
    public static int Length(ReadOnlySpan<int> shape, string where)
    {
        long length = 1;
        foreach (int axis in shape)
        {
            if (axis < 0)
            {
                throw new ShapeException(
                    $"{where}: the shape {Tensor.Describe(shape)} has an axis of {axis}, but every axis must be at least 0. "
                    + "Pass the number of elements on each axis.");
            }

            length *= axis;
            if (length > int.MaxValue)
            {
                throw new ShapeException(
                    $"{where}: the shape {Tensor.Describe(shape)} holds more than {int.MaxValue} elements, the most a tensor can have. "
                    + "Split it.");
            }
        }

        return (int)length;
    }

    public static void RequireCount(int arrived, int needed, ReadOnlySpan<int> shape, string where)
    {
        if (arrived != needed)
        {
            throw new ShapeException(
                $"{where}: {arrived} values arrived, but {Tensor.Describe(shape)} holds {needed}. Pass {needed} values.");
        }
    }

    public static void RequireSame(Tensor left, Tensor right, string where)
    {
        if (!left.Shape.SequenceEqual(right.Shape))
        {
            throw new ShapeException(
                $"{where}: one input is {Tensor.Describe(left.Shape)}, the other {Tensor.Describe(right.Shape)}, but both must have the "
                + "same shape. Reshape one of them.");
        }
    }

    public static void RequireRank(Tensor tensor, int minimum, string letters, string where)
    {
        if (tensor.Rank < minimum)
        {
            throw new ShapeException(
                $"{where}: the input is {Tensor.Describe(tensor.Shape)}, but must be {letters}. Reshape it.");
        }
    }

    /// <summary>For what reads axes by their number, to which one more would be another thing.</summary>
    public static void RequireAxes(Tensor tensor, int count, string letters, string where)
    {
        if (tensor.Rank != count)
        {
            throw new ShapeException(
                $"{where}: the input is {Tensor.Describe(tensor.Shape)}, but must be {letters}. Reshape it to {count} axes.");
        }
    }

    public static void RequireQueriesAndKeys(Tensor queries, Tensor keys, string where)
    {
        if (queries.Rank != 3 || keys.Rank != 3 || queries.Shape[1] != keys.Shape[1] || queries.Shape[2] != keys.Shape[2])
        {
            throw new ShapeException(
                $"{where}: the queries are {Tensor.Describe(queries.Shape)} and the keys {Tensor.Describe(keys.Shape)}, but [T, B, K] and [S, B, K] are needed. "
                + "Give both the same batch and the same last axis.");
        }
    }
}
