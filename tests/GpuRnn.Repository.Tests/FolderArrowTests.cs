using System.Text.RegularExpressions;

namespace GpuRnn.Repository.Tests;

/// <summary>The arrows between the folders of src/GpuRnn, which the compiler cannot hold because they are one assembly.</summary>
public sealed class FolderArrowTests
{
    /// <summary>What a folder may name. Only Composition names an implementation of an executor.</summary>
    private static readonly Dictionary<string, string[]> s_allowed = new()
    {
        ["Scheduling"] = [],
        ["Composition"] = ["Scheduling", "Simd"],
        ["Weights"] = [],
        ["Tensors"] = ["Scheduling"],
        ["Layers"] = ["Tensors", "Scheduling", "Weights"],
        ["Memories"] = ["Tensors", "Weights"],
        ["Reservoirs"] = ["Tensors", "Scheduling", "Weights"],
        ["Decoding"] = ["Layers", "Tensors"],
        ["Evaluation"] = ["Training", "Layers", "Tensors"],
        ["Plots"] = [],
        ["Data"] = ["Training", "Layers", "Tensors"],
        ["LanguageModels"] = ["Decoding", "Data", "Training", "Layers", "Tensors", "Scheduling"],
        ["Training"] = ["Layers", "Tensors", "Scheduling", "Weights"],
    };

    private static readonly string[] s_guarded = [.. s_allowed.Keys, "Simd"];

    [Fact]
    public void Folders_OfTheLibrary_NameOnlyWhatStandsBelowThem() =>
        RepositoryFiles.AssertNone(RepositoryFiles.Product.SelectMany(Violations));

    [Theory]
    [InlineData("src/GpuRnn/Scheduling/SequencePlan.cs", "using GpuRnn.Simd;")]
    [InlineData("src/GpuRnn/Scheduling/SequencePlan.cs", "using GpuRnn.Tensors;")]
    [InlineData("src/GpuRnn/Tensors/Tape.cs", "using static GpuRnn.Layers.Dense;")]
    [InlineData("src/GpuRnn/Layers/Dense.cs", "GpuRnn.Training.Adam optimizer;")]
    [InlineData("src/GpuRnn/Layers/Dense.cs", "using GpuRnn.Simd.Matrices;")]
    [InlineData("src/GpuRnn/NewFolder/File.cs", "")]
    public void UpwardArrow_IsReported(string path, string text) =>
        Assert.Single(Violations(new SourceFile(path, text)));

    private static IEnumerable<string> Violations(SourceFile file)
    {
        string[] parts = file.Path.Split('/');
        if (parts.Length < 4 || parts[0] != "src" || parts[1] != "GpuRnn")
        {
            yield break;
        }

        string folder = parts[2];
        if (!s_allowed.TryGetValue(folder, out string[]? allowed))
        {
            yield return $"{file.Path}: folder {folder} has no row in FolderArrowTests. Add it there and in docs/architecture.md.";
            yield break;
        }

        foreach (Match match in Regex.Matches(file.Code, @"\bGpuRnn\.(\w+)"))
        {
            string target = match.Groups[1].Value;
            if (target != folder && s_guarded.Contains(target) && !allowed.Contains(target))
            {
                yield return $"{file.At(match.Index)}: {folder} names GpuRnn.{target}; allowed: {string.Join(", ", allowed)}. "
                    + "Turn the dependency round, or change the table here and docs/architecture.md together.";
            }
        }
    }
}
