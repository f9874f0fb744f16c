using System.Text.RegularExpressions;
using System.Xml.Linq;

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
        ["GpuRnn.Devices.Ilgpu"] = ["GpuRnn.Devices", "GpuRnn.Kernels"],
        ["GpuRnn.Simd"] = ["GpuRnn.Devices", "GpuRnn.Kernels", "GpuRnn.KernelModel"],
        ["GpuRnn"] = ["GpuRnn.Devices", "GpuRnn.Simd", "GpuRnn.Kernels"],
        ["GpuRnn.Accuracy"] = [],
        ["GpuRnn.Conformance"] = ["GpuRnn", "GpuRnn.Accuracy"],
        ["GpuRnn.Cli"] = ["GpuRnn", "GpuRnn.Conformance"],
        ["GpuRnn.Bench"] = ["GpuRnn", "GpuRnn.Cli"],
        ["GpuRnn.Experiments"] = ["GpuRnn"],
        ["GpuRnn.Samples"] = ["GpuRnn"],
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
        SourceFile[] built = [.. RepositoryFiles.Projects.Where(project => !IsOnIlgpu(project.Path))];
        IEnumerable<string> missing = built
            .Where(project => !solution.Contains($"\"{project.Path}\"", StringComparison.Ordinal))
            .Select(project => $"{project.Path}: not in GpuRnn.sln. Add it with 'dotnet sln add'.");
        IEnumerable<string> unlocked = built
            .Where(project => !File.Exists(Path.Combine(RepositoryFiles.Root, Path.GetDirectoryName(project.Path)!, "packages.lock.json")))
            .Select(project => $"{project.Path}: no packages.lock.json beside it. Commit the one that restore writes.");
        RepositoryFiles.AssertNone(missing.Concat(unlocked));
    }

    [Fact]
    public void DefaultBuild_NeverRestoresIlgpu()
    {
        IEnumerable<string> inSolution = Regex.Matches(RepositoryFiles.Read("GpuRnn.sln").Text, @"(?i)\bilgpu\b")
            .Select(match => $"GpuRnn.sln: names {match.Value}. Remove it with 'dotnet sln remove': not every registry serves ILGPU.");
        RepositoryFiles.AssertNone(inSolution.Concat(RepositoryFiles.Projects.SelectMany(IlgpuViolations)));
    }

    [Theory]
    [InlineData("src/GpuRnn.Simd/GpuRnn.Simd.csproj", "<ItemGroup><PackageReference Include=\"ILGPU\" /></ItemGroup>")]
    [InlineData("kernels/GpuRnn.Kernels/GpuRnn.Kernels.csproj", "<ItemGroup><PackageReference Include=\"ILGPU.Algorithms\" /></ItemGroup>")]
    [InlineData("src/GpuRnn/GpuRnn.csproj", "<ItemGroup><ProjectReference Include=\"..\\GpuRnn.Devices.Ilgpu\\GpuRnn.Devices.Ilgpu.csproj\" /></ItemGroup>")]
    public void IlgpuInTheDefaultBuild_IsReported(string path, string text) =>
        Assert.Single(IlgpuViolations(new SourceFile(path, $"<Project>{text}</Project>")));

    [Fact]
    public void IlgpuUnderItsCondition_IsAllowed() => Assert.Empty(IlgpuViolations(
        new SourceFile("kernels/GpuRnn.Kernels/GpuRnn.Kernels.csproj",
            "<Project><ItemGroup Condition=\"'$(KernelRuntime)' == 'Ilgpu'\"><PackageReference Include=\"ILGPU\" /></ItemGroup></Project>")));

    private static bool IsOnIlgpu(string path) => path == "src/GpuRnn.Devices.Ilgpu/GpuRnn.Devices.Ilgpu.csproj";

    private static IEnumerable<string> IlgpuViolations(SourceFile project)
    {
        if (IsOnIlgpu(project.Path))
        {
            return [];
        }

        return XDocument.Parse(project.Text).Descendants()
            .Where(item => item.Name.LocalName is "PackageReference" or "ProjectReference" && IsIlgpu((string?)item.Attribute("Include") ?? ""))
            .Where(item => (string?)item.Parent!.Attribute("Condition") != "'$(KernelRuntime)' == 'Ilgpu'")
            .Select(item => $"{project.Path}: references {(string?)item.Attribute("Include")} in the default build. "
                + "Put it under the condition '$(KernelRuntime)' == 'Ilgpu'.");
    }

    private static bool IsIlgpu(string reference) =>
        reference.StartsWith("ILGPU", StringComparison.Ordinal) || reference.Contains(".Ilgpu", StringComparison.Ordinal);

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
