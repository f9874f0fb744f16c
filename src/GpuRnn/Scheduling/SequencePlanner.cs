using GpuRnn.Devices;

namespace GpuRnn.Scheduling;

/// <summary>Makes plans: the scheduler's entry point.</summary>
public static class SequencePlanner
{
    /// <summary>Chooses the schedules and allocates all memory for one layer stack and batch shape.</summary>
    /// <param name="device">Where the plan runs; it must outlive the plan.</param>
    /// <param name="specification">The layer and the batch.</param>
    /// <exception cref="ShapeException">A size is below 1.</exception>
    /// <exception cref="ArgumentException">The lengths do not fit the batch, or the cell's graph contradicts itself.</exception>
    /// <exception cref="DeviceException">No schedule of the device can run the cell, or the one asked for cannot.</exception>
    /// <remarks>Expensive: keep the plan for as long as the shape stays. Lengths may change without a new plan.</remarks>
    public static SequencePlan Create(Device device, SequenceSpecification specification)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(specification);
        PlanChecks.RequireSizes(specification);
        RowOperations operations = new(device, device.MatrixExecutor ?? new PlainMatrixExecutor(device), specification.Precision);
        bool hasBatchRows = specification.Cell.BuildGraph(specification.InputSize, specification.HiddenSize).Masks.Any(mask => mask.IsPerSequence);
        PlanRows rows = new(device, specification.TimeSteps, specification.BatchSize, specification.Lengths, hasBatchRows);
        PlanLayers? layers = null;
        try
        {
            layers = new PlanLayers(device, specification, rows, operations);
            return new SequencePlan(device, specification, layers, rows, operations);
        }
        catch
        {
            layers?.Dispose();
            rows.Dispose();
            throw;
        }
    }
}
