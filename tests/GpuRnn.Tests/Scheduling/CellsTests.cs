using GpuRnn.Scheduling.Cells;

namespace GpuRnn.Tests.Scheduling;

public sealed class CellsTests
{
    [Fact]
    public void Parse_UnknownName_ListsWhatThereIs()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => Cells.Parse("lstn"));
        Assert.Equal(
            "Cells.Parse: \"lstn\" arrived, but the cells are elman, elman-relu, elman-sigmoid, elman-leaky-relu, elman-identity, elman-chosen, jordan, jordan-recurrent-3, leaky, leaky-learned, "
            + "lstm, lstm-chosen, lstm-projected-3, peephole, coupled, depth-gated, gru, gru-chosen, gru-reset-before, gru-reset-before-chosen, clockwork, clockwork-2-3, indrnn, indrnn-tanh. Choose one of them. (Parameter 'name')",
            error.Message);
    }

    [Fact]
    public void Parse_EveryNameInCapitals_GivesThatCell()
    {
        Assert.All(Cells.All, cell => Assert.Same(cell, Cells.Parse(cell.Name.ToUpperInvariant())));
    }

    [Fact]
    public void Gru_EachReset_GivesThatForm()
    {
        Assert.Equal("gru", Cells.Gru().Name);
        Assert.Equal("gru-reset-before", Cells.Gru(GruReset.BeforeProduct).Name);
    }
}
