using GpuRnn.Devices.Sequences;

namespace GpuRnn.Scheduling;

/// <summary>The executor that runs a time loop, and what each one said.</summary>
/// <param name="Executor">The chosen one.</param>
/// <param name="Answers">One line for each executor of the device: its answer, or that it was not asked.</param>
internal sealed record ScheduleChoice(ISequenceExecutor Executor, IReadOnlyList<string> Answers);
