using GpuRnn.Tensors;

namespace GpuRnn.Decoding;

/// <summary>What every search needs of its arguments.</summary>
internal static class DecodingChecks
{
    public static void Require(ITokenPredictor predictor, DecodingOptions options, string where)
    {
        ArgumentNullException.ThrowIfNull(predictor);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentCheck.AtLeast(options.MaximumLength, 1, where, nameof(options.MaximumLength), "the most tokens of a row");
        RequireToken(options.StartToken, 0, predictor.VocabularySize, nameof(options.StartToken), where);
        RequireToken(options.EndToken, -1, predictor.VocabularySize, nameof(options.EndToken), where);
    }

    public static float RequireFinite(float logSum, int step, string where)
    {
        return float.IsFinite(logSum) ? logSum : throw new InvalidOperationException(
            $"{where}: the logarithm of the sum of exponentials of the logits of token {step + 1} is {logSum}, but must be finite. Look for NaN or infinity in the model's weights.");
    }

    private static void RequireToken(int token, int smallest, int vocabularySize, string name, string where)
    {
        if (token < smallest || token >= vocabularySize)
        {
            throw new ArgumentOutOfRangeException(
                name, $"{where}: {name} is {token}, but the vocabulary has the tokens 0 to {vocabularySize - 1}. Pass one of them{(smallest < 0 ? ", or -1 for none" : string.Empty)}.");
        }
    }
}
