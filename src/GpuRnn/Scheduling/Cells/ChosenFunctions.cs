using GpuRnn.Devices.Sequences;
using GpuRnn.Kernels.Cells;

namespace GpuRnn.Scheduling.Cells;

/// <summary>The functions and limits of a cell that were chosen with options: vectors of constants that its nodes read.</summary>
/// <remarks>The order of the vectors is that of <see cref="ChosenVectors"/>. A cell with none of these options has no such vectors, and its fast node.</remarks>
internal sealed class ChosenFunctions
{
    // A number that nothing exceeds: no limit.
    private const float NoLimit = float.MaxValue;

    private static readonly string[] s_kindAlphaBeta = ["activation", "alpha", "beta"];

    private readonly (string Name, float Value)[] _constants;

    private ChosenFunctions((string Name, float Value)[] constants)
    {
        _constants = constants;
    }

    /// <summary>The limit of what activations read (ONNX's <c>clip</c>).</summary>
    public static CellOption Clip { get; } = Limit("clip", "Limit of the sums that activations read, either way");

    /// <summary>The limit of an LSTM's cell state.</summary>
    public static CellOption CellClip { get; } = Limit("cell-clip", "Limit of the cell state, either way");

    /// <summary>Reads the options.</summary>
    /// <param name="options">What was asked for.</param>
    /// <param name="isNeeded">True to have vectors even if nothing was asked for.</param>
    /// <param name="hasCellClip">True for a cell with a cell state.</param>
    /// <param name="places">The functions in the order of the node's vectors, each with its usual one.</param>
    /// <returns>Null where the cell is as it comes.</returns>
    public static ChosenFunctions? Read(CellOptionValues options, bool isNeeded, bool hasCellClip, params (FunctionOption Place, string Usual)[] places)
    {
        IEnumerable<CellOption> all = places.SelectMany(place => place.Place.All).Append(Clip).Append(CellClip);
        if (!isNeeded && all.All(option => options.Find(option.Name) is null))
        {
            return null;
        }

        List<(string Name, float Value)> constants = [("clip", options.Number(Clip) ?? NoLimit)];
        foreach ((FunctionOption place, string usual) in places)
        {
            constants.AddRange(s_kindAlphaBeta.Zip(place.Read(options, usual), (part, value) => ($"{place.Place}_{part}", value)));
        }

        if (hasCellClip)
        {
            constants.Add(("cell_clip", options.Number(CellClip) ?? NoLimit));
        }

        return new ChosenFunctions([.. constants]);
    }

    /// <summary>What is wrong with the options together; null when they fit.</summary>
    public static (string Option, string Problem, string Remedy)? Refusal(CellOptionValues options, params (FunctionOption Place, string Usual)[] places)
    {
        return places.Select(place => place.Place.Refusal(options, place.Usual)).FirstOrDefault(refusal => refusal is not null);
    }

    /// <summary>The vectors of a step.</summary>
    public IEnumerable<StepParameter> Vectors(int width)
    {
        return _constants.Select(constant => new StepParameter(constant.Name, width));
    }

    /// <summary>The vectors with their values.</summary>
    public IEnumerable<CellParameter> Parameters(int width)
    {
        return _constants.Select(constant =>
            new CellParameter(constant.Name, [width], width) { IsLearned = false, Start = values => Array.Fill(values, constant.Value) });
    }

    private static CellOption Limit(string name, string description)
    {
        return CellOption.Number(name, $"{description} [default: none]", null, limit => limit > 0.0f, "a number above 0");
    }
}
