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
                .. options.RecurrentDropout > 0.0f && isTraining ? ["recurrent-dropout"] : Array.Empty<string>(),
                .. options.Zoneout > 0.0f ? ["zoneout"] : Array.Empty<string>(),
            ];
            return string.Join('-', names);
        }
    }

    /// <inheritdoc/>
    public override StepGraph BuildGraph(int inputSize, int hiddenSize)
    {
        StepGraph graph = cell.BuildGraph(inputSize, hiddenSize);
        if (options.RecurrentDropout > 0.0f && isTraining)
        {
            graph = RecurrentDropoutAmendment.Apply(graph, options.RecurrentDropout);
        }

        if (options.Zoneout > 0.0f)
        {
            graph = ZoneoutAmendment.Apply(graph, options.Zoneout, isTraining);
        }

        return graph with { Name = Name };
    }

    /// <inheritdoc/>
    public override IReadOnlyList<CellParameter> Parameters(int inputSize, int hiddenSize)
    {
        IEnumerable<CellParameter> parameters = cell.Parameters(inputSize, hiddenSize);
        if (options.Zoneout > 0.0f)
        {
            parameters = parameters.Concat(ZoneoutAmendment.Parameters(cell.BuildGraph(inputSize, hiddenSize), options.Zoneout));
        }

        return [.. parameters];
    }
}
