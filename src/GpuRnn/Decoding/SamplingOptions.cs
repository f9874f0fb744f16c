namespace GpuRnn.Decoding;

/// <summary>From which tokens one is drawn; where several limits are set, all of them hold.</summary>
public sealed record SamplingOptions
{
    /// <summary>Divides the logits: below 1 likely tokens become likelier, above 1 all become alike. Above 0.</summary>
    public double Temperature { get; init; } = 1.0;

    /// <summary>Only so many of the likeliest tokens (Fan, Lewis and Dauphin 2018); 0 for all.</summary>
    public int TopK { get; init; }

    /// <summary>Only the likeliest tokens that together have this probability, the last one included (nucleus: Holtzman et al. 2020); in (0, 1].</summary>
    public double TopP { get; init; } = 1.0;
}
