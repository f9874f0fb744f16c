using System.Globalization;
using System.Text.RegularExpressions;
using GpuRnn.Testing;
using Xunit.Abstractions;

namespace GpuRnn.Package.Tests;

public sealed class PackageTests(LocalFeed feed, ITestOutputHelper output) : IClassFixture<LocalFeed>
{
    private const long MaximumInstalledBytes = 5 * 1024 * 1024;

    private static readonly string[] s_assemblies =
        ["GpuRnn", "GpuRnn.Compiler", "GpuRnn.Devices", "GpuRnn.KernelModel", "GpuRnn.Kernels", "GpuRnn.Simd"];

    [Fact]
    public void Pack_MakesTheLibraryAndTheToolOnly() => Assert.Equal(
        [$"GpuRnn.{feed.Version("GpuRnn")}.nupkg", $"GpuRnn.Tool.{feed.Version("GpuRnn.Tool")}.nupkg"],
        Directory.GetFiles(feed.Feed).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal));

    [Fact]
    public void Library_HoldsEveryAssemblyWithItsDocumentation_AndDependsOnNothing()
    {
        IReadOnlyList<string> entries = feed.Entries("GpuRnn");
        Assert.Equal(
            s_assemblies.SelectMany(name => new[] { $"lib/net10.0/{name}.dll", $"lib/net10.0/{name}.xml" }).Order(StringComparer.Ordinal),
            entries.Where(entry => entry.StartsWith("lib/", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Contains("README.md", entries);
        Assert.Contains("LICENSE", entries);
        string description = feed.Text("GpuRnn", "GpuRnn.nuspec");
        Assert.DoesNotContain("<dependency ", description, StringComparison.Ordinal);
        Assert.Contains("<license type=\"expression\">MIT</license>", description, StringComparison.Ordinal);
    }

    [Fact]
    public void FirstHour_InANewProject_TrainsAModelThroughTheLibraryAlone()
    {
        string folder = feed.NewFolder("first-hour");
        string program = Path.Combine(RepositoryFolder.Root, "tests", "GpuRnn.Package.Tests", "Consumer", "Program.cs");
        File.Copy(program, Path.Combine(folder, "Program.cs"));
        File.WriteAllText(Path.Combine(folder, "FirstHour.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="GpuRnn" Version="{feed.Version("GpuRnn")}" />
              </ItemGroup>
            </Project>
            """);

        Command.Run(folder, feed.Packages, "dotnet", "build", "-c", "Release", "-o", "out", "-nodeReuse:false");
        string printed = Command.Run(folder, feed.Packages, "dotnet", Path.Combine("out", "FirstHour.dll"));
        output.WriteLine(printed);

        double[] losses = Regex.Matches(printed, @"loss (\d+\.\d+)")
            .Select(match => double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))
            .ToArray();
        Assert.True(losses.Length >= 2, $"The program prints {losses.Length} losses, needs 2 or more.{Environment.NewLine}{printed}");
        Assert.True(losses[^1] < losses[0] / 10, $"The loss went from {losses[0]} to {losses[^1]}, needs a tenth or less.");

        long installedBytes = new DirectoryInfo(feed.Packages).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
        output.WriteLine($"Installed size: {installedBytes / 1024.0 / 1024.0:F2} MiB in {feed.Packages}");
        Assert.InRange(installedBytes, 1, MaximumInstalledBytes);
    }

    [Fact]
    public void Tool_InstalledFromTheFeed_ListsTheDevices()
    {
        string folder = feed.NewFolder("tool");
        Command.Run(
            folder, feed.Packages, "dotnet", "tool", "install", "GpuRnn.Tool", "--tool-path", "bin",
            "--version", feed.Version("GpuRnn.Tool"), "--configfile", feed.NuGetConfig);
        string tool = Path.Combine(folder, "bin", OperatingSystem.IsWindows() ? "gpurnn.exe" : "gpurnn");
        string printed = Command.Run(folder, feed.Packages, tool, "devices");
        output.WriteLine(printed);
        Assert.Contains("cpu", printed, StringComparison.OrdinalIgnoreCase);
    }
}
