using System.IO.Compression;
using GpuRnn.Testing;

namespace GpuRnn.Package.Tests;

/// <summary>The two packages, packed once from what was built, in a folder that is the only source of packages for the tests.</summary>
public sealed class LocalFeed : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gpurnn-package-");

    /// <summary>Packs the library and the tool.</summary>
    public LocalFeed()
    {
        // .../bin/<configuration>/<framework>/
        string configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        foreach (string project in new[] { "src/GpuRnn/GpuRnn.csproj", "src/GpuRnn.Cli/GpuRnn.Cli.csproj" })
        {
            Command.Run(RepositoryFolder.Root, UserPackages, "dotnet", "pack", project, "--no-build", "-c", configuration, "-o", Feed);
        }

        // Stops the search for settings of folders above, and leaves one source.
        File.WriteAllText(Path.Combine(_folder.FullName, "Directory.Build.props"), "<Project />");
        File.WriteAllText(Path.Combine(_folder.FullName, "Directory.Packages.props"), "<Project />");
        File.WriteAllText(NuGetConfig, $"""
            <configuration>
              <packageSources>
                <clear />
                <add key="local" value="{Feed}" />
              </packageSources>
            </configuration>
            """);
    }

    /// <summary>Where consumers keep what they restored; empty at first.</summary>
    public string Packages => Path.Combine(_folder.FullName, "packages");

    /// <summary>Names <see cref="Feed"/> and no other source.</summary>
    public string NuGetConfig => Path.Combine(_folder.FullName, "nuget.config");

    /// <summary>The folder of .nupkg files.</summary>
    public string Feed => Path.Combine(_folder.FullName, "feed");

    /// <summary>Packing does not restore, but asks where packages are.</summary>
    private static string UserPackages => Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    /// <summary>A new folder below the feed's settings.</summary>
    public string NewFolder(string name) => _folder.CreateSubdirectory(name).FullName;

    /// <summary>The paths in a package.</summary>
    public IReadOnlyList<string> Entries(string package)
    {
        using ZipArchive archive = ZipFile.OpenRead(PathOf(package));
        return archive.Entries.Select(entry => entry.FullName).ToArray();
    }

    /// <summary>A text file of a package.</summary>
    public string Text(string package, string entry)
    {
        using ZipArchive archive = ZipFile.OpenRead(PathOf(package));
        using StreamReader reader = new(archive.GetEntry(entry)!.Open());
        return reader.ReadToEnd();
    }

    /// <summary>The version that was packed.</summary>
    public string Version(string package) => Path.GetFileNameWithoutExtension(PathOf(package))[(package.Length + 1)..];

    /// <inheritdoc/>
    public void Dispose() => _folder.Delete(recursive: true);

    private string PathOf(string package) =>
        Assert.Single(Directory.GetFiles(Feed, $"{package}.*.nupkg"), path => char.IsAsciiDigit(Path.GetFileName(path)[package.Length + 1]));
}
