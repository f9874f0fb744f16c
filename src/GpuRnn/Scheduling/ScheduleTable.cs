using GpuRnn.Devices;
using GpuRnn.Devices.Sequences;

namespace GpuRnn.Scheduling;

/// <summary>The one place where a time loop's executor is chosen.</summary>
/// <remarks>
/// The table is the device's own list: the composition registers the fastest executor first, and the first that says yes is taken.
/// On the CPU that is the fused loop wherever it can run the cell; the plain loop launches several kernels a step and exists to be
/// right on every device. LSTM inference, T=64 B=32 I=128 H=256, two busy Zen 3 cores, 2026-11-21, medians: persistent 29 ms,
/// stepwise 1,801 ms. On an OpenCL driver for the processor the fused step comes first: the same work on two Zen 5 cores with PoCL 7.5 to 8.6 ms
/// beside 5.4 ms of the CPU's persistent loop (bench/results/2026-11-21-zen5-2core-opencl). Cells of several nodes and without a product come before
/// plain launches there too: at no size tried, from one row of 32 units on, were plain launches faster, and at T=64 B=32 I=128 H=256 the fused ones are 1.8
/// to 7 times as fast (bench/results/2026-11-22-zen5-2core-opencl-nodes).
/// </remarks>
internal static class ScheduleTable
{
    /// <summary>The environment variable that names the schedule of every plan.</summary>
    public const string Variable = "GPURNN_SCHEDULE";

    /// <summary>Chooses the executor of one loop.</summary>
    /// <param name="device">Its executors are asked in order.</param>
    /// <param name="request">The loop.</param>
    /// <param name="name">The schedule asked for, or null to read the environment.</param>
    /// <exception cref="DeviceException">No executor says yes, or the one asked for is not there or says no.</exception>
    public static ScheduleChoice Choose(Device device, SequenceLoopRequest request, string? name)
    {
        string origin = "ScheduleOverride";
        if (name is null && Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } fromEnvironment)
        {
            name = fromEnvironment;
            origin = Variable;
        }

        return name is null ? First(device, request) : Named(device, request, name, origin);
    }

    private static ScheduleChoice First(Device device, SequenceLoopRequest request)
    {
        List<string> answers = [];
        ISequenceExecutor? chosen = null;
        foreach (ISequenceExecutor executor in device.SequenceExecutors)
        {
            if (chosen is not null)
            {
                answers.Add($"{executor.Name}: not asked");
                continue;
            }

            SupportAnswer answer = Ask(executor, request);
            answers.Add($"{executor.Name}: {answer}");
            chosen = answer.IsSupported ? executor : null;
        }

        return chosen is null
            ? throw new DeviceException(
                $"SequencePlanner: device {device.Id} cannot run the cell \"{request.Graph.Name}\": "
                + (answers.Count == 0
                    ? "no schedule is registered. Open the device through DeviceCatalog."
                    : $"{string.Join("; ", answers)}. Change what a reason names, or open another device."))
            : new ScheduleChoice(chosen, answers);
    }

    private static ScheduleChoice Named(Device device, SequenceLoopRequest request, string name, string origin)
    {
        IReadOnlyList<ISequenceExecutor> all = device.SequenceExecutors;
        ISequenceExecutor executor = all.FirstOrDefault(entry => entry.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw new DeviceException(
                $"SequencePlanner: {origin} asks for the schedule \"{name}\", but device {device.Id} has "
                + $"{string.Join(", ", all.Select(entry => entry.Name))}. Choose one of them, or leave {origin} unset.");
        SupportAnswer answer = Ask(executor, request);
        return answer.IsSupported
            ? new ScheduleChoice(executor, [$"{executor.Name}: asked for by {origin}; {answer}"])
            : throw new DeviceException(
                $"SequencePlanner: {origin} asks for the schedule \"{name}\", but it cannot run the cell \"{request.Graph.Name}\": "
                + $"{answer.Reason}. Choose another schedule, or leave {origin} unset.");
    }

    private static SupportAnswer Ask(ISequenceExecutor executor, SequenceLoopRequest request)
    {
        return request.RecordsGradients && !executor.RecordsGradients
            ? SupportAnswer.No("the gradients of the states are to be recorded, and it hands them out at no step")
            : executor.Supports(request);
    }
}
