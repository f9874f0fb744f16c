using GpuRnn.Devices;
using GpuRnn.Devices.Sequences;
using GpuRnn.KernelModel;
using GpuRnn.Scheduling.Cells;

namespace GpuRnn.Scheduling;

/// <summary>Everything that <see cref="SequencePlanner.Create"/> must know about a recurrent layer and the batches it will run.</summary>
public sealed record SequenceSpecification
{
    /// <summary>What one time step computes.</summary>
    public required Cell Cell { get; init; }

    /// <summary>I, the last axis of the input.</summary>
    public required int InputSize { get; init; }

    /// <summary>H, as the cell understands it.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>L; each layer above the first reads the outputs of the one below.</summary>
    public int LayerCount { get; init; } = 1;

    /// <summary>True for a second direction, from the last step to the first, beside the forward one.</summary>
    public bool Bidirectional { get; init; }

    /// <summary>T of the padded batch.</summary>
    public required int TimeSteps { get; init; }

    /// <summary>B, the rows of the padded batch.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Steps of each row, 0 to T, in any order; null when every row has T.</summary>
    /// <remarks><see cref="SequencePlan.SetLengths"/> changes them.</remarks>
    public IReadOnlyList<int>? Lengths { get; init; }

    /// <summary>True when the backward pass will be called; without it a plan keeps far less memory.</summary>
    public bool NeedsGradient { get; init; }

    /// <summary>
    /// Fills the dropout factors of one gap between layers, each 0 or 1/(1 − p), before the gap is used in a forward pass; null for none.
    /// </summary>
    /// <remarks>The factors are independent, so their order is of no account to the caller. PyTorch drops there and nowhere else.</remarks>
    public Action<DeviceStream, ArrayView<float>>? FillDropoutFactors { get; init; }

    /// <summary>
    /// Draws the factors of one mask of the cell's graph in one layer and direction, before that runs in a forward pass; null where the graph has none.
    /// </summary>
    /// <remarks>The view has a row for each packed row, or for each row of the batch where the mask is per sequence.</remarks>
    public Action<DeviceStream, ArrayView<float>, MaskNode>? FillMask { get; init; }

    /// <summary>The name of the schedule to use; null to choose, unless <c>GPURNN_SCHEDULE</c> names one.</summary>
    public string? ScheduleOverride { get; init; }

    /// <summary>How far products may round their factors; anything but single precision must be offered by the device's schedules.</summary>
    public ProductPrecision Precision { get; init; }

    /// <summary>True to keep the gradients of the output states for <see cref="SequencePlan.GradientNorms"/>; needs gradients.</summary>
    /// <remarks>The time loops then run on a schedule that hands them out, which is a slower one; otherwise this costs nothing.</remarks>
    public bool RecordsGradients { get; init; }

    /// <summary>D: 1, or 2 when bidirectional.</summary>
    public int DirectionCount => Bidirectional ? 2 : 1;
}
