using GpuRnn.Devices.Sequences;

namespace GpuRnn.Scheduling.Reference;

/// <summary>All gradients of one backward pass of <see cref="ReferenceSequence"/>.</summary>
public sealed class ReferenceSequenceGradients
{
    internal ReferenceSequenceGradients(
        ReferenceSequencePass pass,
        IReadOnlyList<double[]> stateGradients,
        IReadOnlyList<double[]> finalStateGradients)
    {
        // A gradient that no node sets must show, so these two start as NaN.
        Inputs = new double[pass.Inputs.Length];
        Array.Fill(Inputs, double.NaN);
        Products = new double[pass.Products.Length];
        Array.Fill(Products, double.NaN);
        PreviousStates = [.. pass.PreviousStates.Select(state => new double[state.Length])];
        States = [.. stateGradients.Select(gradient => (double[])gradient.Clone())];
        Values = [.. pass.Values.Select(value => new double[value.Length])];
        Sequences = [.. pass.Sequences.Select(sequence => new double[sequence.Length])];
        Parameters = pass.Parameters.ToDictionary(entry => entry.Key, entry => new double[entry.Value.Length]);
        InitialStates = [.. finalStateGradients.Select(gradient => (double[])gradient.Clone())];
    }

    /// <summary>Of the hoisted nodes' results, [TotalRows, InputWidth].</summary>
    public double[] Inputs { get; }

    /// <summary>Of the step products, [TotalRows, ProductWidth].</summary>
    public double[] Products { get; }

    /// <summary>Of each state at t−1 as step t reads it, [TotalRows, width].</summary>
    public IReadOnlyList<double[]> PreviousStates { get; }

    /// <summary>Of each state at t from everything that depends on it, [TotalRows, width].</summary>
    public IReadOnlyList<double[]> States { get; }

    /// <summary>Of each value, [TotalRows, width]; of a sum over the batch, each row's share.</summary>
    public IReadOnlyList<double[]> Values { get; }

    /// <summary>Of each sequence, [TotalRows, width].</summary>
    public IReadOnlyList<double[]> Sequences { get; }

    /// <summary>Of each parameter, by name.</summary>
    public IReadOnlyDictionary<string, double[]> Parameters { get; }

    /// <summary>Of each initial state, [B, width].</summary>
    public IReadOnlyList<double[]> InitialStates { get; }

    internal double[] Source(StepSource source)
    {
        return ReferenceSequencePass.Choose(source, Sequences, PreviousStates, States, Values);
    }
}
