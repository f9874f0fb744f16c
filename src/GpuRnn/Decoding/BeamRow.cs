namespace GpuRnn.Decoding;

/// <summary>An unfinished row of a beam: its last token and what stands before it.</summary>
/// <param name="Previous">The row without its last token; null at the start.</param>
/// <param name="Token">The last token.</param>
/// <param name="LogProbability">Of all tokens so far.</param>
internal sealed record BeamRow(BeamRow? Previous, int Token, double LogProbability)
{
    /// <summary>The tokens after the start token.</summary>
    public List<int> Tokens()
    {
        List<int> tokens = [];
        for (BeamRow row = this; row.Previous is not null; row = row.Previous)
        {
            tokens.Add(row.Token);
        }

        tokens.Reverse();
        return tokens;
    }
}
