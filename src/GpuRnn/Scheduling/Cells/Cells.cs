using GpuRnn.Kernels.Cells.Activations;

namespace GpuRnn.Scheduling.Cells;

/// <summary>The cells that come with the library.</summary>
public static class Cells
{
    private static readonly Cell[] s_all =
    [
        ElmanCell.Create<TanhActivation>("elman"),
        ElmanCell.Create<ReluActivation>("elman-relu"),
        ElmanCell.Create<SigmoidActivation>("elman-sigmoid"),
        ElmanCell.Create<LeakyReluActivation>("elman-leaky-relu"),
        ElmanCell.Create<IdentityActivation>("elman-identity"),
        new LstmCell(),
        new GruCell(GruReset.AfterProduct),
        new GruCell(GruReset.BeforeProduct),
    ];

    /// <summary>Every cell of the library, in the order in which help texts list them.</summary>
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

    /// <summary>Finds a cell by its name, whatever its letter case.</summary>
    /// <exception cref="ArgumentException">There is no such cell; the message lists what there is.</exception>
    public static Cell Parse(string name)
    {
        return s_all.FirstOrDefault(cell => string.Equals(cell.Name, name, StringComparison.OrdinalIgnoreCase))
            ?? throw new ArgumentException(
                $"Cells.Parse: \"{name}\" arrived, but the cells are {string.Join(", ", s_all.Select(cell => cell.Name))}. "
                + "Choose one of them.",
                nameof(name));
    }
}
