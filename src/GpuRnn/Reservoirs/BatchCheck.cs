using GpuRnn.Devices;

namespace GpuRnn.Reservoirs;

/// <summary>Rejects batches that a network cannot run, before anything runs.</summary>
internal static class BatchCheck
{
    public static void Require(ReservoirBatch batch, EchoStateOptions options, bool needsTargets, string where)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.TimeSteps < 1 || batch.BatchSize < 1)
        {
            throw new ShapeException(
                $"{where}: the batch is [T={batch.TimeSteps}, B={batch.BatchSize}], but needs at least one step and one sequence. Skip empty batches.", nameof(batch));
        }

        RequireArray(batch, batch.Inputs, options.InputSize, "Inputs", "I", options.InputSize > 0, where);
        RequireArray(batch, batch.Targets, options.OutputSize, "Targets", "O", needsTargets, where);
        RequireLengths(batch, where);
    }

    private static void RequireArray(ReservoirBatch batch, double[]? values, int width, string name, string letter, bool isNeeded, string where)
    {
        long needed = (long)batch.TimeSteps * batch.BatchSize * width;
        if (values is null && !isNeeded)
        {
            return;
        }

        if (values is null || values.Length != needed)
        {
            string arrived = values is null ? "no" : $"{values.Length}";
            throw new ShapeException(
                $"{where}: {arrived} {name} arrived, but [T={batch.TimeSteps}, B={batch.BatchSize}, {letter}={width}] are needed. "
                + $"Pass {needed} numbers, step by step and in each step sequence by sequence.",
                nameof(batch));
        }

        int bad = Array.FindIndex(values, value => !double.IsFinite(value));
        if (bad >= 0)
        {
            throw new ArgumentException(
                $"{where}: {name}[{bad}] is {values[bad]}, but finite numbers are needed. Fill or leave out what is missing in the data.", nameof(batch));
        }
    }

    private static void RequireLengths(ReservoirBatch batch, string where)
    {
        if (batch.Lengths is null)
        {
            return;
        }

        if (batch.Lengths.Count != batch.BatchSize || batch.Lengths.Any(length => length < 0 || length > batch.TimeSteps))
        {
            throw new ShapeException(
                $"{where}: Lengths are [{string.Join(", ", batch.Lengths)}], but B={batch.BatchSize} of them, each 0 to T={batch.TimeSteps}, are needed. "
                + "Pass one length for each sequence.",
                nameof(batch));
        }
    }
}
