using GpuRnn.Testing;
using Xunit.Sdk;

namespace GpuRnn.Tests.TestSupport;

public sealed class PyTorchRunnerTests
{
    [PyTorchFact]
    public void RunText_ArgumentsWithSpacesAndQuotes_ArriveUnchanged()
    {
        string output = PyTorchRunner.RunText("import sys; print('|'.join(sys.argv[1:]))", ["a b", "c\"d", "é"]);

        Assert.Equal("a b|c\"d|é", output.TrimEnd());
    }

    [PyTorchFact]
    public void RunText_ScriptThatFails_ThrowsWithItsExitCodeAndTraceback()
    {
        XunitException exception = Assert.ThrowsAny<XunitException>(() => PyTorchRunner.RunText("raise ValueError('broken weights')", []));

        Assert.Contains("exit code 1", exception.Message, StringComparison.Ordinal);
        Assert.Contains("ValueError: broken weights", exception.Message, StringComparison.Ordinal);
    }

    [PyTorchFact]
    public void RunText_ScriptThatNeverEnds_IsKilledAtTheLimit()
    {
        XunitException exception = Assert.ThrowsAny<XunitException>(
            () => PyTorchRunner.RunText("while True: pass", [], TimeSpan.FromSeconds(1)));

        Assert.Contains("ran longer than 1 s", exception.Message, StringComparison.Ordinal);
    }

    [PyTorchFact]
    public void RunText_MuchOutputOnBothStreams_DoesNotBlock()
    {
        string output = PyTorchRunner.RunText("import sys; sys.stderr.write('e' * 300000); sys.stdout.write('o' * 300000)", []);

        Assert.Equal(300_000, output.Length);
    }

    [Fact]
    public void DataFolder_MissingFile_NamesTheVariableAndTheFile()
    {
        string? reason = DataFolder.UnavailableReason("no/such/file.csv");

        Assert.NotNull(reason);
        Assert.StartsWith("GPURNN_DATA ", reason, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => DataFolder.Path("no/such/file.csv"));
    }
}
