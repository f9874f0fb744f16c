using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Tensors;

namespace GpuRnn.LanguageModels;

/// <summary>Puts at each step the last tokens side by side, the oldest first: [T, B] becomes [T, B, size].</summary>
/// <remarks>What turns a sequence into inputs of a network without memory. Tokens have no gradient.</remarks>
public sealed class ContextWindow : Layer
{
    private float[] _tokens = [];
    private float[] _windows = [];

    /// <summary>Has no parameters.</summary>
    /// <param name="device">Where inputs lie.</param>
    /// <param name="size">Tokens of a window, the present step's included; at least 1.</param>
    /// <param name="before">The token that stands before the first step.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is below 1.</exception>
    public ContextWindow(Device device, int size, int before)
        : base(device)
    {
        ArgumentCheck.AtLeast(size, 1, nameof(ContextWindow), nameof(size), "the tokens of a window");
        (Size, Before) = (size, before);
    }

    /// <summary>Tokens of a window.</summary>
    public int Size { get; }

    /// <summary>The token that stands before the first step.</summary>
    public int Before { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [];

    /// <summary>Copies the tokens of each window, on the host.</summary>
    /// <exception cref="ShapeException">The input is not [T, B].</exception>
    public override Tensor Forward(Tape tape, Tensor input)
    {
        ArgumentNullException.ThrowIfNull(tape);
        tape.Require(input, "ContextWindow.Forward");
        if (input.Rank != 2)
        {
            throw new ShapeException($"ContextWindow.Forward: the input is {Tensor.Describe(input.Shape)}, but must be tokens [T, B]. Pass them before the embedding.");
        }

        int columns = input.Shape[1];
        if (_tokens.Length < input.Length)
        {
            (_tokens, _windows) = (new float[input.Length], new float[input.Length * Size]);
        }

        Span<float> tokens = _tokens.AsSpan(0, input.Length);
        Span<float> windows = _windows.AsSpan(0, input.Length * Size);
        input.CopyTo(tokens);
        for (int place = 0; place < tokens.Length; place++)
        {
            for (int i = 0; i < Size; i++)
            {
                int from = place - ((Size - 1 - i) * columns);
                windows[(place * Size) + i] = from >= 0 ? tokens[from] : Before;
            }
        }

        return tape.Input(windows, input.Shape[0], columns, Size);
    }
}
