using GpuRnn.Scheduling.Cells;

namespace GpuRnn.Tests.Scheduling;

/// <summary>The constants of a cell, which tests leave as they are where they draw what is learned.</summary>
internal static class ConstantStart
{
    /// <summary>The constant's values, or null for what is learned.</summary>
    public static double[]? Of(CellParameter parameter)
    {
        if (parameter.IsLearned || parameter.Start is null)
        {
            return null;
        }

        float[] values = new float[parameter.ElementCount];
        parameter.Start(values);
        return [.. values.Select(value => (double)value)];
    }
}
