using GpuRnn.Compiler.Caching;

namespace GpuRnn.Compiler.Tests.Caching;

/// <summary>A cache in a folder of a test's own that goes with it.</summary>
internal sealed class CacheFolderOfTest : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gpurnn-cache-");

    internal string Path => _folder.FullName;

    internal KernelCache Cache => new(Path);

    /// <summary>The files of entries.</summary>
    internal string[] Entries => Directory.GetFiles(Path, "*.kernel");

    internal string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => _folder.Delete(recursive: true);
}
