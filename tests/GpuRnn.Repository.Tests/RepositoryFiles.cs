using GpuRnn.Testing;

namespace GpuRnn.Repository.Tests;

/// <summary>The repository's own text files, build outputs left out.</summary>
internal static class RepositoryFiles
{
    private static readonly string[] s_skippedFolders =
        [".git", ".vs", ".idea", "bin", "obj", "node_modules", "TestResults", "artifacts", "runs", "BenchmarkDotNet.Artifacts"];

    private static readonly Lazy<IReadOnlyList<SourceFile>> s_all = new(ReadAll);

    public static string Root => RepositoryFolder.Root;

    /// <summary>Every C# file under src, kernels, tests, bench and docs/samples.</summary>
    public static IEnumerable<SourceFile> CSharp => s_all.Value.Where(file => file.Path.EndsWith(".cs", StringComparison.Ordinal));

    /// <summary>The C# files that ship: src and kernels.</summary>
    public static IEnumerable<SourceFile> Product => CSharp.Where(file => IsProduct(file.Path));

    /// <summary>Every project file.</summary>
    public static IEnumerable<SourceFile> Projects => s_all.Value.Where(file => file.Path.EndsWith(".csproj", StringComparison.Ordinal));

    /// <summary>Project, props and targets files.</summary>
    public static IEnumerable<SourceFile> BuildFiles =>
        s_all.Value.Where(file => System.IO.Path.GetExtension(file.Path) is ".csproj" or ".props" or ".targets" or ".editorconfig");

    /// <summary>Every Markdown page.</summary>
    public static IEnumerable<SourceFile> Pages => s_all.Value.Where(file => file.Path.EndsWith(".md", StringComparison.Ordinal));

    public static IEnumerable<SourceFile> All => s_all.Value;

    public static bool IsProduct(string path) =>
        path.StartsWith("src/", StringComparison.Ordinal) || path.StartsWith("kernels/", StringComparison.Ordinal);

    public static SourceFile Read(string path)
    {
        string full = System.IO.Path.Combine(Root, path);
        Assert.True(File.Exists(full), $"Repository: {path} is missing, but a rule reads it. Restore the file.");
        return new SourceFile(path, File.ReadAllText(full));
    }

    /// <summary>Fails with one line a violation.</summary>
    public static void AssertNone(IEnumerable<string> violations)
    {
        string[] all = violations.ToArray();
        Assert.True(all.Length == 0, $"{all.Length} violations:{Environment.NewLine}{string.Join(Environment.NewLine, all)}");
    }

    private static List<SourceFile> ReadAll()
    {
        string[] extensions = [".cs", ".csproj", ".props", ".targets", ".md", ".sh", ".py", ".editorconfig"];
        List<SourceFile> files = [];
        Collect(new DirectoryInfo(Root), extensions, files);
        return files;
    }

    private static void Collect(DirectoryInfo folder, string[] extensions, List<SourceFile> files)
    {
        foreach (FileInfo file in folder.EnumerateFiles().Where(file => extensions.Contains(file.Extension)))
        {
            string path = System.IO.Path.GetRelativePath(Root, file.FullName).Replace('\\', '/');
            files.Add(new SourceFile(path, File.ReadAllText(file.FullName)));
        }

        foreach (DirectoryInfo child in folder.EnumerateDirectories().Where(child => !s_skippedFolders.Contains(child.Name)))
        {
            Collect(child, extensions, files);
        }
    }
}
