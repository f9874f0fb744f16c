namespace GpuRnn.Bench;

/// <summary>One line that the driver of <c>bench/peers/cpu</c> writes to a worker.</summary>
internal sealed record PeerRequest
{
    /// <summary>"peak", "prepare", "time" or "quit".</summary>
    public required string Do { get; init; }

    /// <summary>Threads of the CPU device.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>A name of the list of cells.</summary>
    public string Cell { get; init; } = "lstm";

    /// <summary>Stacked layers.</summary>
    public int Layers { get; init; } = 1;

    /// <summary>True for both directions.</summary>
    public bool Bidirectional { get; init; }

    /// <summary>I.</summary>
    public int Input { get; init; }

    /// <summary>H.</summary>
    public int Hidden { get; init; }

    /// <summary>True for forward, backward and the Adam update; false for a forward pass.</summary>
    public bool Training { get; init; }

    /// <summary>Steps of each row; null when all have T.</summary>
    public int[]? Lengths { get; init; }

    /// <summary>A safetensors file with the input "x" [T, B, I] and the weights under PyTorch's names.</summary>
    public string Data { get; init; } = string.Empty;

    /// <summary>Where the results of the first pass go, as safetensors: "y", and in training the gradients under the names of the weights.</summary>
    public string Results { get; init; } = string.Empty;

    /// <summary>Passes to time.</summary>
    public int Passes { get; init; }
}
