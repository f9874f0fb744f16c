using System.Reflection;
using System.Runtime.InteropServices;
using GpuRnn.Devices;
using GpuRnn.KernelModel;
using GpuRnn.Kernels.Elementwise;
using GpuRnn.Tensors;

namespace GpuRnn.Layers;

/// <summary>Turns each token into a vector of zeros with a single 1 at the token's place: an embedding without parameters.</summary>
public sealed class OneHot : Layer
{
    private static readonly MethodInfo s_scatter = TensorKernels.Method(typeof(ScatterRows), nameof(ScatterRows.Forward));
    private float[] _values = [];
    private int[] _numbers = [];

    /// <summary>Has no parameters.</summary>
    /// <param name="device">Where inputs lie.</param>
    /// <param name="vocabularySize">V, elements of a vector, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is below 1.</exception>
    public OneHot(Device device, int vocabularySize)
        : base(device)
    {
        ArgumentCheck.AtLeast(vocabularySize, 1, nameof(OneHot), nameof(vocabularySize), "the number of tokens there are");
        VocabularySize = vocabularySize;
    }

    /// <summary>V: tokens are 0 to V − 1.</summary>
    public int VocabularySize { get; }

    /// <inheritdoc/>
    public override bool CanBeCutInTime => true;

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [];

    /// <summary>Writes a vector for every token.</summary>
    /// <param name="tape">Lends the memory; nothing is recorded, tokens have no gradient.</param>
    /// <param name="input">Tokens in any shape, such as [T, B].</param>
    /// <returns>The input's axes and V behind them.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A token is no whole number from 0 to V − 1; the message names its place.</exception>
    public override Tensor Forward(Tape tape, Tensor input)
    {
        return Forward(tape, input, mask: null);
    }

    /// <summary>Writes a vector for the tokens of the steps that are there; the others give zeros and are not looked at.</summary>
    /// <inheritdoc cref="Forward(Tape, Tensor)"/>
    /// <param name="tape">Lends the memory.</param>
    /// <param name="input">[T, B], or more axes behind them.</param>
    /// <param name="mask">Which steps are there; null for all.</param>
    /// <exception cref="ShapeException">The mask is of another T or B.</exception>
    public override Tensor Forward(Tape tape, Tensor input, SequenceMask? mask)
    {
        ArgumentNullException.ThrowIfNull(tape);
        tape.Require(input, "OneHot.Forward");
        if (_values.Length < input.Length)
        {
            (_values, _numbers) = (new float[input.Length], new int[input.Length]);
        }

        int count = input.Length;
        Span<int> numbers = _numbers.AsSpan(0, count);
        TokenReader.Read(input, mask, VocabularySize, _values.AsSpan(0, count), numbers, "OneHot.Forward");
        Tensor result = tape.Allocate([.. input.Shape, VocabularySize]);
        result.Clear();
        if (count == 0)
        {
            return result;
        }

        // The result as one column: the 1 of token i stands in row i·V + token. Absent tokens keep a negative number, which is left out.
        for (int i = 0; i < count; i++)
        {
            numbers[i] = numbers[i] < 0 ? -1 : (i * VocabularySize) + numbers[i];
        }

        DeviceBuffer<float> memory = tape.Rent(count);
        memory.CopyFrom(MemoryMarshal.Cast<int, float>(numbers));
        ArrayView<float> ones = tape.Rent(count).View.SubView(0, count);
        TensorKernels.Fill(tape.Device, ones, 1.0f);
        TensorKernels.Launch(tape.Device, s_scatter, count, ones, memory.View.SubView(0, count).Cast<int>(), result.View, 1, 1, 1);
        return result;
    }
}
