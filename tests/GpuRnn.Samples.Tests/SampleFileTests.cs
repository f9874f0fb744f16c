using System.Reflection;

namespace GpuRnn.Samples.Tests;

/// <summary>Every sample compiles and runs on its stand-in.</summary>
[Collection("console")]
public sealed class SampleFileTests
{
    public static TheoryData<string> Names => [.. SampleFiles.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Sample_Quick_CompilesRunsAndPrintsItsTable(string name)
    {
        Assembly program = SampleFiles.Compile(name);
        string folder = Directory.CreateTempSubdirectory("gpurnn-sample-").FullName;
        (TextWriter output, TextWriter error) = (Console.Out, Console.Error);
        using StringWriter text = new();
        try
        {
            Console.SetOut(text);
            Console.SetError(text);
            object? code = program.EntryPoint!.Invoke(null, [(string[])["--quick", "--device", "cpu", "--threads", "1", "--out", folder]]);
            Assert.True(code is 0, text.ToString());
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(error);
            Directory.Delete(folder, recursive: true);
        }

        Assert.StartsWith($"{name} --quick: ", text.ToString(), StringComparison.Ordinal);
        Assert.Contains("| seconds |", text.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", text.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Sample_NamesTheFrameAsItsOnlyProject(string name)
    {
        string[] directives = [.. File.ReadLines(Path.Combine(SampleFiles.Folder, $"{name}.cs"))
            .Where(line => line.StartsWith("#:", StringComparison.Ordinal))];
        Assert.Equal(["#:project GpuRnn.Samples/GpuRnn.Samples.csproj"], directives);
    }

    [Fact]
    public void Compiler_AWarning_IsAnError()
    {
        Assert.Empty(SampleFiles.Errors("#:property A=1\nConsole.WriteLine(GpuRnn.Samples.SampleFigure.Write(1.0));"));
        Assert.Equal(["CS0219"], SampleFiles.Errors("int unused = 1;"));
    }
}
