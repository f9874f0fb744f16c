namespace GpuRnn.Layers.EncoderDecoders;

/// <summary>What encoders and decoders need of their recurrent layers.</summary>
internal static class DecoderChecks
{
    public static void RequireTimeFirst(Recurrent recurrent, string where)
    {
        if (recurrent.Options.BatchFirst)
        {
            throw new ArgumentException(
                $"{where}: the recurrent layer takes [B, T, ·], but [T, B, ·] is needed. Build it with {nameof(RecurrentOptions.BatchFirst)} = false.",
                nameof(recurrent));
        }
    }

    /// <summary>Refuses what does something else when a sequence is written with one pass for each step.</summary>
    public static void RequireStepByStep(Recurrent recurrent, string where)
    {
        if (recurrent.WholeSequenceReason is string reason)
        {
            throw new ArgumentException(
                $"{where}: the recurrent layer has {reason}, but what writes token by token runs one pass for each step. Build it without.", nameof(recurrent));
        }
    }

    /// <summary>Refuses a mask that is drawn for a whole sequence where training too runs one pass for each step.</summary>
    public static void RequireLooped(Recurrent recurrent, string where)
    {
        if (recurrent.Options.Step.RecurrentDropout > 0.0f)
        {
            throw new ArgumentException(
                $"{where}: the recurrent layer has RecurrentDropout {recurrent.Options.Step.RecurrentDropout}, whose mask is one for a whole sequence, but this decoder runs one pass for each step. "
                + "Build it without, or take a decoder without feedback.",
                nameof(recurrent));
        }
    }

    public static void RequireDecoder(Recurrent recurrent, int inputSize, string inputMeaning, string where)
    {
        RequireStepByStep(recurrent, where);
        RequireTimeFirst(recurrent, where);
        if (recurrent.Options.Bidirectional)
        {
            throw new ArgumentException(
                $"{where}: the recurrent layer runs in both directions, but a decoder cannot see what it has yet to write. Build it with {nameof(RecurrentOptions.Bidirectional)} = false.",
                nameof(recurrent));
        }

        if (recurrent.Options.InputSize != inputSize)
        {
            throw new ArgumentException(
                $"{where}: the recurrent layer has InputSize {recurrent.Options.InputSize}, but {inputMeaning} make {inputSize}. Build it with InputSize = {inputSize}.",
                nameof(recurrent));
        }
    }

    public static void RequireQueries(Attention attention, Recurrent recurrent, string where)
    {
        if (attention.Options.QuerySize != recurrent.OutputSize)
        {
            throw new ArgumentException(
                $"{where}: the attention has QuerySize {attention.Options.QuerySize}, but the recurrent layer's output has {recurrent.OutputSize} elements. "
                + $"Build it with QuerySize = {recurrent.OutputSize}.",
                nameof(attention));
        }
    }
}
