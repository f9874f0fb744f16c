using GpuRnn.Devices.Sequences;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;

namespace GpuRnn.Layers.EncoderDecoders;

/// <summary>Makes the decoder's initial state from the encoder's last one, whatever layers, directions, sizes and cells the two have.</summary>
/// <remarks>
/// s₀ = tanh(W [h→; h←] + b) for each layer and state (Cho et al. 2014; Bahdanau et al. 2015 with the backward direction alone). A layer of the decoder reads the
/// encoder's layer of the same number, or its last one; a state reads the encoder's of the same name, or its output.
/// </remarks>
public sealed class StateBridge : Module
{
    private readonly Recurrent _encoder;
    private readonly Recurrent _decoder;
    private readonly Dense[][] _layers;
    private readonly Parameter[] _parameters;

    /// <summary>Draws a dense layer for each state of each layer of the decoder.</summary>
    /// <param name="encoder">Whose last state comes in; not taken over.</param>
    /// <param name="decoder">Whose initial state goes out; not taken over.</param>
    /// <param name="random">Decides the initial weights.</param>
    /// <exception cref="ArgumentException">The two are on different devices.</exception>
    public StateBridge(Recurrent encoder, Recurrent decoder, RandomSource random)
        : base(ModuleParts.RequireOneDevice(nameof(StateBridge), (nameof(encoder), encoder), (nameof(decoder), decoder)))
    {
        ArgumentNullException.ThrowIfNull(random);
        (_encoder, _decoder) = (encoder, decoder);
        _layers = new Dense[decoder.States.Count][];
        List<(string Name, Module Module)> parts = [];
        for (int state = 0; state < _layers.Length; state++)
        {
            int width = encoder.States[SourceState(state)].Width * Directions;
            _layers[state] = new Dense[decoder.Options.LayerCount];
            for (int layer = 0; layer < _layers[state].Length; layer++)
            {
                _layers[state][layer] = new Dense(Device, width, decoder.States[state].Width, random);
                parts.Add(($"{decoder.States[state].Name}_l{layer}", _layers[state][layer]));
            }
        }

        _parameters = ModuleParts.Parameters([.. parts]);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => _parameters;

    /// <inheritdoc/>
    protected override IReadOnlyList<Module> Children => [.. _layers.SelectMany(layers => layers)];

    private int Directions => _encoder.Options.Bidirectional ? 2 : 1;

    /// <summary>The decoder's initial state.</summary>
    /// <param name="tape">Records the operations.</param>
    /// <param name="encoded">The encoder's last state.</param>
    public RecurrentState Forward(Tape tape, RecurrentState encoded)
    {
        ArgumentNullException.ThrowIfNull(encoded);
        return new RecurrentState([.. Enumerable.Range(0, _layers.Length).Select(state => Initial(tape, encoded, state))]);
    }

    private Tensor Initial(Tape tape, RecurrentState encoded, int state)
    {
        Tensor source = encoded.Tensors[SourceState(state)];
        int batchSize = source.Shape[1];
        int width = _decoder.States[state].Width;
        Tensor[] layers = new Tensor[_layers[state].Length];
        for (int layer = 0; layer < layers.Length; layer++)
        {
            int first = Math.Min(layer, _encoder.Options.LayerCount - 1) * Directions;
            Tensor last = SliceTime.Forward(tape, source, first);
            Tensor both = Directions == 1 ? last : Concat.Forward(tape, last, SliceTime.Forward(tape, source, first + 1));
            Tensor initial = Tanh.Forward(tape, _layers[state][layer].Forward(tape, both));
            layers[layer] = Reshape.Forward(tape, initial, 1, batchSize, width);
        }

        return TimeSteps.Join(tape, layers);
    }

    private int SourceState(int state)
    {
        string name = _decoder.States[state].Name;
        IReadOnlyList<StepState> states = _encoder.States;
        for (int i = 0; i < states.Count; i++)
        {
            if (states[i].Name == name)
            {
                return i;
            }
        }

        return _encoder.OutputState;
    }
}
