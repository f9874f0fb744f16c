using System.Text.RegularExpressions;

namespace GpuRnn.Repository.Tests;

public sealed class ProjectArrowTests
{
    /// <summary>Style guide §1. A project may reference what stands beside its name and nothing else.</summary>
    private static readonly Dictionary<string, string[]> s_allowed = new()
    {
        ["GpuRnn.KernelModel"] = [],
        ["GpuRnn.Kernels"] = ["GpuRnn.KernelModel"],
        ["GpuRnn.Compiler"] = ["GpuRnn.KernelModel"],
        ["GpuRnn.Devices"] = ["GpuRnn.Compiler", "GpuRnn.KernelModel"],
        ["GpuRnn.Devices.Ilgpu"] = ["GpuRnn.Devices"],
        ["GpuRnn.Simd"] = ["GpuRnn.Devices", "GpuRnn.Kernels", "GpuRnn.KernelModel"],
        ["GpuRnn"] = ["GpuRnn.Devices", "GpuRnn.Simd", "GpuRnn.Kernels"],
        ["GpuRnn.Cli"] = ["GpuRnn"],
        ["GpuRnn.Bench"] = ["GpuRnn"],
    };

    [Fact]
    public void Projects_ReferenceOnlyWhatStandsBelowThem() =>
        RepositoryFiles.AssertNone(RepositoryFiles.Projects.SelectMany(Violations));

    [Theory]
    [InlineData("src/GpuRnn.Devices/GpuRnn.Devices.csproj", @"..\GpuRnn.Simd\GpuRnn.Simd.csproj")]
    [InlineData("src/GpuRnn/GpuRnn.csproj", "../GpuRnn.Cli/GpuRnn.Cli.csproj")]
    [InlineData("src/GpuRnn.Cli/GpuRnn.Cli.csproj", @"..\..\tests\GpuRnn.Testing\GpuRnn.Testing.csproj")]
    [InlineData("src/GpuRnn.New/GpuRnn.New.csproj", @"..\GpuRnn\GpuRnn.csproj")]
    public void NewArrow_IsReported(string project, string reference) =>
        Assert.Single(Violations(new SourceFile(project, $"<Project><ProjectReference Include=\"{reference}\" /></Project>")));

    [Fact]
    public void Projects_AllStandInTheSolutionAndHaveALock()
    {
        string solution = RepositoryFiles.Read("GpuRnn.sln").Text.Replace('\\', '/');
        IEnumerable<string> missing = RepositoryFiles.Projects
            .Where(project => !solution.Contains($"\"{project.Path}\"", StringComparison.Ordinal))
            .Select(project => $"{project.Path}: not in GpuRnn.sln. Add it with 'dotnet sln add'.");
        IEnumerable<string> unlocked = RepositoryFiles.Projects
            .Where(project => !File.Exists(Path.Combine(RepositoryFiles.Root, Path.GetDirectoryName(project.Path)!, "packages.lock.json")))
            .Select(project => $"{project.Path}: no packages.lock.json beside it. Commit the one that restore writes.");
        RepositoryFiles.AssertNone(missing.Concat(unlocked));
    }

    private static IEnumerable<string> Violations(SourceFile project)
    {
        if (project.Path.StartsWith("tests/", StringComparison.Ordinal))
        {
            yield break;
        }

        string name = Path.GetFileNameWithoutExtension(project.Path);
        string[] allowed = s_allowed.GetValueOrDefault(name) ?? [];
        foreach (Match match in Regex.Matches(project.Text, "<ProjectReference\\s+Include=\"([^\"]+)\""))
        {
            string target = Path.GetFileNameWithoutExtension(match.Groups[1].Value.Replace('\\', '/'));
            if (!allowed.Contains(target))
            {
                yield return $"{project.At(match.Index)}: {name} references {target}; allowed: {string.Join(", ", allowed)}. "
                    + "Turn the dependency round, or change the table here and docs/architecture.md together.";
            }
        }
    }
}
