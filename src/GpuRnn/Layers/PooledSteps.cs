using GpuRnn.Devices;
using GpuRnn.Tensors;

namespace GpuRnn.Layers;

/// <summary>What every layer needs that makes one step of a sequence.</summary>
internal static class PooledSteps
{
    public static void Require(Tensor input, string where)
    {
        ShapeCheck.RequireRank(input, 2, "[T, B, …]", where);
        RequireStep(input, where);
    }

    /// <summary>For layers that pool unit by unit, to which one more axis would be another thing.</summary>
    public static void RequireThreeAxes(Tensor input, string where)
    {
        ShapeCheck.RequireAxes(input, 3, "[T, B, W]", where);
        RequireStep(input, where);
    }

    public static void RequireSteps(SequenceMask mask, string where)
    {
        for (int row = 0; row < mask.BatchSize; row++)
        {
            if (mask.Lengths[row] == 0)
            {
                throw new ArgumentException(
                    $"{where}: row {row} of the batch has no step, but at least one is needed. Leave empty sequences out of the batch.", nameof(mask));
            }
        }
    }

    private static void RequireStep(Tensor input, string where)
    {
        if (input.Shape[0] == 0)
        {
            throw new ShapeException($"{where}: the input is {Tensor.Describe(input.Shape)}, but needs at least one time step. Skip empty batches.");
        }
    }
}
