using GpuRnn.Devices.Sequences;
using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Cells.Activations;

namespace GpuRnn.Scheduling.Cells;

/// <summary>The simple recurrent unit of Elman (1990): one product of x_t, one of h at t−1, and an activation.</summary>
/// <remarks>
/// Formula: <see cref="ElmanNode{TActivation}"/>; with a function of ONNX's or a limit, <see cref="ChosenElmanNode"/>. State: h. Started from the identity it is the IRNN of Le, Jaitly and Hinton (2015), "A simple
/// way to initialize recurrent networks of rectified linear units": <c>weight_hh</c> the identity, both biases zero.
/// </remarks>
public sealed class ElmanCell : Cell
{
    private static readonly CellOption s_start = CellOption.Choice(
        "recurrent-start", "Start of the recurrent weight: drawn, or the identity with biases of zero (IRNN)", "uniform", "uniform", "identity");

    private const string UsualActivation = "tanh";

    private static readonly (FunctionOption Place, string Usual)[] s_places = [(FunctionOption.State, UsualActivation)];

    private readonly Type _activation;
    private readonly bool _startsAsIdentity;
    private readonly ChosenFunctions? _functions;

    private ElmanCell(string name, Type activation, bool startsAsIdentity, ChosenFunctions? functions = null)
    {
        Name = name;
        _activation = activation;
        _startsAsIdentity = startsAsIdentity;
        _functions = functions;
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <summary>Its entry in the list of cells.</summary>
    internal static CellDescription Description { get; } = new(
        "elman",
        "simple recurrent unit (Elman 1990)",
        [ActivationChoice.Option, s_start, ChosenFunctions.Clip, .. FunctionOption.State.All],
        Make,
        [
            .. ActivationChoice.FormsBut(UsualActivation),
            CellOptionValues.None.With(FunctionOption.State.Function.Name, "scaled-tanh").With(FunctionOption.State.Alpha.Name, 0.8)
                .With(FunctionOption.State.Beta.Name, 1.5).With(ChosenFunctions.Clip.Name, 0.4),
        ])
    {
        RefusalTogether = Refuse,
    };

    /// <summary>Makes the cell for an activation, which may be one of your own.</summary>
    /// <typeparam name="TActivation">The activation.</typeparam>
    /// <param name="name">The cell's name; saved models and errors show it.</param>
    /// <param name="startsAsIdentity">True to start as an IRNN.</param>
    public static ElmanCell Create<TActivation>(string name, bool startsAsIdentity = false)
        where TActivation : struct, IActivation
    {
        return new ElmanCell(name, typeof(TActivation), startsAsIdentity);
    }

    /// <inheritdoc/>
    public override StepGraph BuildGraph(int inputSize, int hiddenSize)
    {
        Type node = _functions is null ? typeof(ElmanNode<>).MakeGenericType(_activation) : typeof(ChosenElmanNode);
        return new StepGraph(
            Name,
            [inputSize],
            [new StepState("h", hiddenSize)],
            _functions is null ? [] : [new StepValue("clipped sum", hiddenSize)],
            [.. _functions?.Vectors(hiddenSize) ?? []],
            [
                InputProduct(1, inputSize, hiddenSize),
                RecurrentProduct(1, hiddenSize, 0),
                new PointwiseNode("activation", node, hiddenSize, [0], _functions is null ? [] : [0]),
            ],
            0);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<CellParameter> Parameters(int inputSize, int hiddenSize)
    {
        IReadOnlyList<CellParameter> parameters = GatedParameters(1, inputSize, hiddenSize);
        IEnumerable<CellParameter> started =
            _startsAsIdentity ? parameters.Select(parameter => StartAsIdentity(parameter, hiddenSize)) : parameters;
        return [.. started, .. _functions?.Parameters(hiddenSize) ?? []];
    }

    private static ElmanCell Make(CellOptionValues options)
    {
        string activation = options.Find(ActivationChoice.Option.Name) ?? UsualActivation;
        ChosenFunctions? functions = ChosenFunctions.Read(options, isNeeded: false, hasCellClip: false, s_places);
        string name = functions is not null ? "elman-chosen" : activation == UsualActivation ? "elman" : $"elman-{activation}";
        return new ElmanCell(name, ActivationChoice.Find(activation), options.Word(s_start) == "identity", functions);
    }

    private static (string Option, string Problem, string Remedy)? Refuse(CellOptionValues options)
    {
        string name = ActivationChoice.Option.Name;
        CellOption? other = FunctionOption.State.All.Append(ChosenFunctions.Clip).FirstOrDefault(option => options.Find(option.Name) is not null);
        return options.Find(name) is string value && other is not null
            ? (name, $"'{value}' arrived beside --{other.Name}, but only one of them can say what the activation is", $"Give --{FunctionOption.State.Function.Name} instead")
            : ChosenFunctions.Refusal(options, s_places);
    }

    private static CellParameter StartAsIdentity(CellParameter parameter, int hiddenSize)
    {
        return parameter.Name switch
        {
            "weight_ih" => parameter,
            "weight_hh" => parameter with { Start = values => SetIdentity(values, hiddenSize) },
            _ => parameter with { Start = Array.Clear },
        };
    }

    private static void SetIdentity(float[] values, int size)
    {
        Array.Clear(values);
        for (int i = 0; i < size; i++)
        {
            values[(i * size) + i] = 1.0f;
        }
    }
}
