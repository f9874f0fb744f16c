namespace GpuRnn.Experiments.Sequences;

/// <summary>How a model is trained on fresh sequences, and when that ends.</summary>
internal sealed record TrainingBudget
{
    /// <summary>Sequences a step.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Adam's rate.</summary>
    public required float LearningRate { get; init; }

    /// <summary>The most steps.</summary>
    public required int MaximumSteps { get; init; }

    /// <summary>Steps between two looks at validation sequences.</summary>
    public required int StepsACheck { get; init; }

    /// <summary>Sequences of a look; fresh each time.</summary>
    public int ValidationCount { get; init; } = 500;

    /// <summary>The share of them that must be right for training to end, twice in a row.</summary>
    public double EnoughRight { get; init; } = 1.0;

    /// <summary>The largest global norm of the gradients.</summary>
    public float ClipNorm { get; init; } = 1.0f;
}
