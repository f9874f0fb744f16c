using GpuRnn.Tensors;

namespace GpuRnn.Data;

/// <summary>One sequence with what is to be predicted from it, as the batch sources of this folder take it.</summary>
public sealed class SequenceExample
{
    private SequenceExample(float[] inputs, int inputSize, int timeSteps)
    {
        (Inputs, InputSize, TimeSteps) = (inputs, inputSize, timeSteps);
    }

    /// <summary>[T, I], or [T] where they are tokens.</summary>
    public float[] Inputs { get; }

    /// <summary>I; 0 where each step is one token.</summary>
    public int InputSize { get; }

    /// <summary>T, its own length.</summary>
    public int TimeSteps { get; }

    /// <summary>Class numbers: one for the sequence, or one for each step. Empty where values are predicted.</summary>
    public int[] Classes { get; init; } = [];

    /// <summary>Values: those of the sequence, or those of each step one step after the other. Empty where classes are predicted.</summary>
    public float[] Targets { get; init; } = [];

    /// <summary>A sequence of tokens, which a batch holds as [T, B]: what an embedding takes.</summary>
    public static SequenceExample FromTokens(IReadOnlyList<int> tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        float[] inputs = new float[tokens.Count];
        for (int i = 0; i < inputs.Length; i++)
        {
            inputs[i] = tokens[i];
        }

        return new SequenceExample(inputs, 0, inputs.Length);
    }

    /// <summary>A sequence of vectors, which a batch holds as [T, B, I].</summary>
    /// <param name="inputs">[T, I]; kept, not copied.</param>
    /// <param name="inputSize">I, at least 1.</param>
    /// <exception cref="ArgumentException">inputSize does not divide the number of values.</exception>
    public static SequenceExample FromValues(float[] inputs, int inputSize)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentCheck.AtLeast(inputSize, 1, nameof(SequenceExample), nameof(inputSize), "the values a time step");
        return inputs.Length % inputSize == 0
            ? new SequenceExample(inputs, inputSize, inputs.Length / inputSize)
            : throw new ArgumentException(
                $"SequenceExample: inputs has {inputs.Length} values, which inputSize {inputSize} does not divide. Pass {inputSize} values a step.",
                nameof(inputs));
    }

    /// <summary>The same sequence with classes to predict.</summary>
    /// <param name="classes">One for the sequence, or one for each step; kept, not copied.</param>
    public SequenceExample WithClasses(params int[] classes)
    {
        return new SequenceExample(Inputs, InputSize, TimeSteps) { Classes = classes };
    }

    /// <summary>The same sequence with values to predict.</summary>
    /// <param name="targets">Those of the sequence, or those of each step one after the other; kept, not copied.</param>
    public SequenceExample WithTargets(params float[] targets)
    {
        return new SequenceExample(Inputs, InputSize, TimeSteps) { Targets = targets };
    }
}
