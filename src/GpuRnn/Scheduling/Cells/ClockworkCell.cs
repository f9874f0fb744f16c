using System.Globalization;
using GpuRnn.Devices.Sequences;
using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Cells.Activations;

namespace GpuRnn.Scheduling.Cells;

/// <summary>The clockwork network of Koutník et al. (2014): groups of units with a period each, of which a step computes those that are due.</summary>
/// <remarks>
/// <para>
/// At step t, counted from 0, group g with period p_g is due when p_g divides t: h_t[g] = tanh(W_ih[g] x_t + b[g] + W_g h_(t−1)[g, g+1, …]), where the groups
/// stand in the order of their periods, so that a group hears itself and those slower than itself. A group that is not due keeps h_(t−1)[g].
/// </para>
/// <para>
/// Source: Koutník, Greff, Gomez and Schmidhuber (2014), "A clockwork RNN". The node of a group is <see cref="ElmanNode{TActivation}"/>; that a group waits is
/// said by the period of its nodes (<see cref="StepNode.Period"/>), so whoever runs the graph leaves its products out. State: h, the fastest group first.
/// Units that the groups do not share evenly go to the fastest.
/// </para>
/// </remarks>
public sealed class ClockworkCell : Cell
{
    private const int MostPeriod = 1 << 20;

    private static readonly CellOption s_periods = CellOption.Text(
        "periods", "Steps between two of each group of units, ascending", "1,2,4,8", text => Read(text) is not null, "a list of ascending whole numbers, such as 1,2,4,8,");

    private static readonly int[] s_usual = Read(s_periods.Default!)!;

    private readonly int[] _periods;

    /// <summary>Makes the cell.</summary>
    /// <param name="periods">Of each group, ascending, each at least 1.</param>
    /// <exception cref="ArgumentException">There is none, one is below 1, or they do not ascend.</exception>
    public ClockworkCell(params int[] periods)
    {
        ArgumentNullException.ThrowIfNull(periods);
        if (!IsRight(periods))
        {
            throw new ArgumentException(
                $"ClockworkCell: the periods are {string.Join(", ", periods)}, but {s_periods.Needed} is needed. Pass one for each group.", nameof(periods));
        }

        _periods = [.. periods];
    }

    /// <summary>Its entry in the list of cells.</summary>
    internal static CellDescription Description { get; } = new(
        "clockwork",
        "groups of units with a period each (Koutník et al. 2014)",
        [s_periods],
        options => new ClockworkCell(Read(options.Word(s_periods))!),
        CellOptionValues.None.With(s_periods.Name, "2,3"));

    /// <inheritdoc/>
    public override string Name => _periods.SequenceEqual(s_usual) ? "clockwork" : $"clockwork-{string.Join("-", _periods)}";

    /// <inheritdoc/>
    public override StepGraph BuildGraph(int inputSize, int hiddenSize)
    {
        List<StepNode> inputs = [];
        List<StepNode> steps = [];
        int group = 0;
        foreach ((int period, int first, int count) in Groups(hiddenSize))
        {
            inputs.Add(new ProductNode($"input product {group}", StepSource.Input, "weight_ih", "bias_ih", first, 1, count, inputSize, group));
            steps.Add(new ProductNode(
                $"recurrent product {group}", StepSource.PreviousState(0), RecurrentName(group), null, 0, 1, count, hiddenSize - first, group)
            {
                FirstSourceUnit = first,
                Period = period,
                TiedToInputSlot = group,
            });
            steps.Add(new PointwiseNode($"units of period {period}", typeof(ElmanNode<TanhActivation>), count, [0], [])
            {
                FirstUnit = first,
                FirstInputSlot = group,
                FirstProductSlot = group,
                Period = period,
            });
            group++;
        }

        return new StepGraph(Name, [inputSize], [new StepState("h", hiddenSize)], [], [], [.. inputs, .. steps], 0);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<CellParameter> Parameters(int inputSize, int hiddenSize)
    {
        return
        [
            new CellParameter("weight_ih", [hiddenSize, inputSize], hiddenSize),
            .. Groups(hiddenSize).Select((group, number) => new CellParameter(RecurrentName(number), [group.Count, hiddenSize - group.First], hiddenSize)),
            new CellParameter("bias_ih", [hiddenSize], hiddenSize),
        ];
    }

    private static string RecurrentName(int group)
    {
        return string.Create(CultureInfo.InvariantCulture, $"weight_hh_{group}");
    }

    private static int[]? Read(string text)
    {
        string[] parts = text.Split(',');
        int[] periods = [.. parts.Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int period) ? period : 0)];
        return IsRight(periods) ? periods : null;
    }

    private static bool IsRight(int[] periods)
    {
        return periods.Length > 0 && periods[0] >= 1 && periods[^1] <= MostPeriod && periods.Zip(periods.Skip(1)).All(pair => pair.First < pair.Second);
    }

    // Of fewer units than groups, the slowest go without.
    private IEnumerable<(int Period, int First, int Count)> Groups(int hiddenSize)
    {
        int first = 0;
        for (int group = 0; group < _periods.Length && first < hiddenSize; group++)
        {
            int count = (hiddenSize / _periods.Length) + (group < hiddenSize % _periods.Length ? 1 : 0);
            yield return (_periods[group], first, count);
            first += count;
        }
    }
}
