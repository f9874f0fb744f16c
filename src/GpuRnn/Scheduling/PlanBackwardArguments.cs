using GpuRnn.KernelModel;

namespace GpuRnn.Scheduling;

/// <summary>What every loop of a backward pass reads and adds to.</summary>
/// <param name="Parameters">As in the forward pass.</param>
/// <param name="FinalStateGradients">For each state, [L·D, B, width] or empty for zeros.</param>
/// <param name="ParameterGradients">In parameter order; added to.</param>
/// <param name="InitialStateGradients">For each state, [L·D, B, width] or empty when not wanted.</param>
internal sealed record PlanBackwardArguments(
    IReadOnlyList<ArrayView<float>> Parameters,
    IReadOnlyList<ArrayView<float>> FinalStateGradients,
    IReadOnlyList<ArrayView<float>> ParameterGradients,
    IReadOnlyList<ArrayView<float>> InitialStateGradients);
