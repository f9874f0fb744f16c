namespace GpuRnn.Tests.Weights;

/// <summary>A folder of one test, deleted with its contents afterwards.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gpurnn-weights-");

    public string FilePath(string name) => Path.Combine(_folder.FullName, name);

    public string[] FileNames() => [.. _folder.GetFiles().Select(file => file.Name).Order(StringComparer.Ordinal)];

    public void Dispose() => _folder.Delete(recursive: true);
}
