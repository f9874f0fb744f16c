namespace GpuRnn.Scheduling.Cells;

/// <summary>The cells that come with the library.</summary>
public static class Cells
{
    private static readonly CellDescription[] s_descriptions =
    [
        ElmanCell.Description,
        JordanCell.Description,
        LeakyCell.Description,
        LstmCell.Description,
        PeepholeLstmCell.Description,
        CoupledLstmCell.Description,
        DepthGatedLstmCell.Description,
        GruCell.Description(GruReset.AfterProduct),
        GruCell.Description(GruReset.BeforeProduct),
        ClockworkCell.Description,
        IndependentCell.Description,
    ];

    private static readonly Cell[] s_all = [.. s_descriptions.SelectMany(description => description.Forms)];

    /// <summary>Every kind of cell with its options, in the order in which help texts list them.</summary>
    public static IReadOnlyList<CellDescription> Descriptions => s_descriptions;

    /// <summary>Every cell of the library in each form whose step differs, in the order of <see cref="Descriptions"/>.</summary>
    public static IReadOnlyList<Cell> All => s_all;

    /// <summary>The Elman cell with tanh: PyTorch's <c>nn.RNN</c>.</summary>
    public static Cell Elman { get; } = Parse("elman");

    /// <summary>The LSTM: PyTorch's <c>nn.LSTM</c>.</summary>
    public static Cell Lstm { get; } = Parse("lstm");

    /// <summary>The GRU; by default PyTorch's <c>nn.GRU</c>.</summary>
    /// <param name="reset">Where the reset gate acts.</param>
    public static Cell Gru(GruReset reset = GruReset.AfterProduct)
    {
        return s_all.OfType<GruCell>().First(cell => cell.Reset == reset);
    }

    /// <summary>Finds a cell in one of its forms by its name, whatever its letter case.</summary>
    /// <exception cref="ArgumentException">There is no such cell; the message lists what there is.</exception>
    public static Cell Parse(string name)
    {
        return s_all.FirstOrDefault(cell => string.Equals(cell.Name, name, StringComparison.OrdinalIgnoreCase))
            ?? throw new ArgumentException(Unknown("Parse", name, s_all.Select(cell => cell.Name)), nameof(name));
    }

    /// <summary>Finds a kind of cell by its name, whatever its letter case.</summary>
    /// <exception cref="ArgumentException">There is no such cell; the message lists what there is.</exception>
    public static CellDescription Describe(string name)
    {
        return s_descriptions.FirstOrDefault(one => string.Equals(one.Name, name, StringComparison.OrdinalIgnoreCase))
            ?? throw new ArgumentException(Unknown("Describe", name, s_descriptions.Select(one => one.Name)), nameof(name));
    }

    /// <summary>Makes a cell of a kind with options.</summary>
    /// <param name="name">One of <see cref="Descriptions"/>.</param>
    /// <param name="options">What differs from the cell as it comes; nothing when null.</param>
    /// <exception cref="ArgumentException">There is no such cell, or an option does not fit it.</exception>
    public static Cell Create(string name, CellOptionValues? options = null)
    {
        return Describe(name).Create(options);
    }

    private static string Unknown(string method, string name, IEnumerable<string> known)
    {
        return $"Cells.{method}: \"{name}\" arrived, but the cells are {string.Join(", ", known)}. Choose one of them.";
    }
}
