using GpuRnn.Devices.Sequences;

namespace GpuRnn.Scheduling.Cells.Amendments;

/// <summary>A cell with options of its layer in its step, in one of the two modes.</summary>
internal sealed class AmendedCell(Cell cell, StepOptions options, bool isTraining) : Cell
{
    /// <inheritdoc/>
    public override string Name
    {
        get
        {
            string[] names =
            [
                cell.Name,
                .. options.LayerNorm ? ["layer-norm"] : Array.Empty<string>(),
                .. options.BatchNormSteps > 0 ? ["batch-norm"] : Array.Empty<string>(),
                .. options.RecurrentDropout > 0.0f && isTraining ? ["recurrent-dropout"] : Array.Empty<string>(),
                .. options.HasZoneout ? ["zoneout"] : Array.Empty<string>(),
            ];
            return string.Join('-', names);
        }
    }

    /// <inheritdoc/>
    public override StepGraph BuildGraph(int inputSize, int hiddenSize)
    {
        StepGraph graph = Normalised(inputSize, hiddenSize)?.Graph ?? cell.BuildGraph(inputSize, hiddenSize);
        if (options.RecurrentDropout > 0.0f && isTraining)
        {
            graph = RecurrentDropoutAmendment.Apply(graph, options.RecurrentDropout);
        }

        if (options.HasZoneout)
        {
            graph = ZoneoutAmendment.Apply(graph, options.ZoneoutOf, isTraining);
        }

        return graph with { Name = Name };
    }

    /// <inheritdoc/>
    public override IReadOnlyList<CellParameter> Parameters(int inputSize, int hiddenSize)
    {
        IEnumerable<CellParameter> parameters = Normalised(inputSize, hiddenSize)?.Parameters ?? cell.Parameters(inputSize, hiddenSize);
        if (options.HasZoneout)
        {
            parameters = parameters.Concat(ZoneoutAmendment.Parameters(cell.BuildGraph(inputSize, hiddenSize), options.ZoneoutOf));
        }

        return [.. parameters];
    }

    private NormalisationAmendment? Normalised(int inputSize, int hiddenSize)
    {
        return options.LayerNorm || options.BatchNormSteps > 0
            ? new NormalisationAmendment(cell, inputSize, hiddenSize, options.BatchNormSteps, isTraining)
            : null;
    }
}
