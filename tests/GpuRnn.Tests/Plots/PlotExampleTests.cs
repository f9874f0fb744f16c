using GpuRnn.Plots;

namespace GpuRnn.Tests.Plots;

/// <summary>The example of docs/guides/plots.md.</summary>
public sealed class PlotExampleTests
{
    [Fact]
    public void Example_WritesThreePictures()
    {
        string folder = Directory.CreateTempSubdirectory("gpurnn-plots-").FullName;
        try
        {
            // <example:Plots>
            float[][] weights = [[0.9f, 0.1f, 0.0f], [0.1f, 0.2f, 0.7f], [0.0f, 0.6f, 0.4f]];
            string attention = MatrixChart.Attention("Which word was looked at", ["ein", "kleines", "haus"], ["a", "house", "small"], weights);

            int[][] counts = [[48, 2, 0], [5, 40, 5], [0, 0, 50]];
            string confusion = MatrixChart.Confusion("Test set", ["cat", "dog", "owl"], counts);

            double[] epochs = [1, 2, 3, 4];
            string losses = LineChart.Svg(
                "Loss after each epoch", "epoch", "loss",
                [new ChartSeries("training", epochs, [2.1, 1.2, 0.8, 0.6]), new ChartSeries("validation", epochs, [2.0, 1.3, 1.0, 1.1])]);

            File.WriteAllText(Path.Combine(folder, "attention.svg"), attention);
            File.WriteAllText(Path.Combine(folder, "confusion.svg"), confusion);
            File.WriteAllText(Path.Combine(folder, "losses.svg"), losses);
            // </example:Plots>

            Assert.Equal(3, Directory.GetFiles(folder, "*.svg").Count(path => File.ReadAllText(path).StartsWith("<svg", StringComparison.Ordinal)));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
