namespace GpuRnn.Scheduling.Cells;

/// <summary>The start of a forget gate's bias, so that a cell keeps what it holds until it learns to forget.</summary>
/// <remarks>
/// Source: Gers, Schmidhuber and Cummins (2000); Jozefowicz, Zaremba and Sutskever (2015), "An empirical exploration of recurrent network
/// architectures", advise 1. With PyTorch's two biases, <c>bias_ih</c> starts from the whole value and <c>bias_hh</c> from zero.
/// </remarks>
internal static class ForgetBias
{
    /// <summary>The option of every cell with a forget gate.</summary>
    public static CellOption Option { get; } = CellOption.Number(
        "forget-bias", "Start of the forget gate's bias, such as 1 [default: drawn as all others]", null, _ => true, "a number");

    /// <summary>The parameters, those of the biases with the start that is asked for.</summary>
    /// <param name="parameters">Those of a gated cell.</param>
    /// <param name="bias">The start; null leaves the usual one.</param>
    /// <param name="gate">The forget gate's block.</param>
    /// <param name="hiddenSize">H, the elements of a block.</param>
    public static IReadOnlyList<CellParameter> Apply(IReadOnlyList<CellParameter> parameters, float? bias, int gate, int hiddenSize)
    {
        return bias is not float value ? parameters : [.. parameters.Select(parameter => parameter.Name switch
        {
            "bias_ih" => parameter with { Start = values => values.AsSpan(gate * hiddenSize, hiddenSize).Fill(value) },
            "bias_hh" => parameter with { Start = values => values.AsSpan(gate * hiddenSize, hiddenSize).Clear() },
            _ => parameter,
        })];
    }
}
