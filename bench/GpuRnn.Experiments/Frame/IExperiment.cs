namespace GpuRnn.Experiments.Frame;

/// <summary>A result of a paper, tried again: what is trained and measured, what must be reached, and what was published.</summary>
/// <remarks>Its page, <c>bench/experiments/NAME.md</c>, states the protocol and repeats every threshold; a test compares them.</remarks>
internal interface IExperiment
{
    /// <summary>The word on the command line and the name of the page; lower case with hyphens.</summary>
    string Name { get; }

    /// <summary>What is shown, in one line.</summary>
    string Title { get; }

    /// <summary>Author, year and title of the paper, and where in it the published figures stand.</summary>
    string Source { get; }

    /// <summary>The file that it reads, relative to the folder that <c>GPURNN_DATA</c> names; null when it makes its own data.</summary>
    string? DataFile => null;

    /// <summary>What a run measures, in the order of the table.</summary>
    /// <param name="isQuick">True for the form of a second or so that tests run: another size, and thresholds of its own.</param>
    IReadOnlyList<Figure> Figures(bool isQuick);

    /// <summary>Measures everything once, for one seed.</summary>
    /// <remarks>Test data are looked at once, after all choices; whatever ends training looks at other data.</remarks>
    void Run(ExperimentRun run);
}
