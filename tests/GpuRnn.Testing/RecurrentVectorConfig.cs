using System.Text.Json;

namespace GpuRnn.Testing;

/// <summary>The configuration of a recurrent case (families elman, lstm, gru, gru_reset_before).</summary>
public sealed record RecurrentVectorConfig
{
    private static readonly JsonSerializerOptions s_options = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>elman, lstm or gru.</summary>
    public required string Cell { get; init; }

    /// <summary>Elman only: tanh, relu, sigmoid, leaky_relu or identity.</summary>
    public string? Nonlinearity { get; init; }

    /// <summary>Leaky relu only: the slope below zero.</summary>
    public double? NegativeSlope { get; init; }

    /// <summary>GRU only: "after" the recurrent product (PyTorch, cuDNN) or "before" it (Cho et al. 2014).</summary>
    public string? Reset { get; init; }

    /// <summary>Projected LSTM only: the width of h.</summary>
    public int? Projection { get; init; }

    /// <summary>Cells of ONNX's with chosen functions only: the options of our cell by name.</summary>
    public Dictionary<string, string>? Options { get; init; }

    /// <summary>T, the time steps of x and y.</summary>
    public required int TimeSteps { get; init; }

    /// <summary>B, the rows of a batch.</summary>
    public required int BatchSize { get; init; }

    /// <summary>I, the last axis of x.</summary>
    public required int InputSize { get; init; }

    /// <summary>H, the state size of each layer and direction.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>L, stacked layers.</summary>
    public required int Layers { get; init; }

    /// <summary>D: 1 forward, 2 bidirectional.</summary>
    public required int Directions { get; init; }

    /// <summary>Whether h0 (LSTM: and c0) are given; zeros otherwise.</summary>
    public required bool HasInitialState { get; init; }

    /// <summary>The rows' lengths, 0 to T, unsorted; null when every row is T long.</summary>
    public int[]? Lengths { get; init; }

    /// <summary>Reads the configuration of one case.</summary>
    public static RecurrentVectorConfig Of(VectorCase vectorCase) => vectorCase.Config.Deserialize<RecurrentVectorConfig>(s_options)!;
}
