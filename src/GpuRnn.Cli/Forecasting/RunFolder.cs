namespace GpuRnn.Cli.Forecasting;

/// <summary>The folder of a run's results. Files are prepared beside it and moved in when all are complete.</summary>
internal sealed class RunFolder : IDisposable
{
    /// <summary>The trained network.</summary>
    public const string ModelFile = "model.safetensors";

    /// <summary>What an interrupted run leaves.</summary>
    public const string CheckpointFile = "checkpoint.safetensors";

    private readonly string _staging;

    private RunFolder(string path)
    {
        Path = path;
        _staging = System.IO.Path.Combine(path, $".partial-{Environment.ProcessId}-{Guid.NewGuid():N}");
    }

    /// <summary>Where the results end up.</summary>
    public string Path { get; }

    /// <summary>Makes sure that the folder can be written, without touching what it holds.</summary>
    /// <exception cref="InputException">The path is a file, or cannot be created or written.</exception>
    public static RunFolder Open(string path)
    {
        if (File.Exists(path))
        {
            throw new InputException("--out", $"'{path}' is a file, but a folder is needed", "Pass the path of a folder");
        }

        RunFolder folder = new(path);
        try
        {
            Directory.CreateDirectory(folder._staging);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InputException("--out", $"'{path}' cannot be written, but the results go there", "Pass a folder that you may write");
        }

        return folder;
    }

    /// <summary>The path under which to prepare a file.</summary>
    public string Stage(string fileName)
    {
        return System.IO.Path.Combine(_staging, fileName);
    }

    /// <summary>Where a file ends up.</summary>
    public string Final(string fileName)
    {
        return System.IO.Path.Combine(Path, fileName);
    }

    /// <summary>Moves every prepared file to its place; an older file of the same name is replaced at that moment.</summary>
    public void Commit()
    {
        foreach (string file in Directory.GetFiles(_staging))
        {
            File.Move(file, Final(System.IO.Path.GetFileName(file)), overwrite: true);
        }
    }

    /// <summary>Removes a file that a finished run has made pointless.</summary>
    public void Remove(string fileName)
    {
        File.Delete(Final(fileName));
    }

    /// <summary>Throws away what was prepared and not moved.</summary>
    public void Dispose()
    {
        if (Directory.Exists(_staging))
        {
            Directory.Delete(_staging, recursive: true);
        }

        // A run that failed before it had anything to keep leaves no empty folder behind.
        if (Directory.Exists(Path) && !Directory.EnumerateFileSystemEntries(Path).Any())
        {
            Directory.Delete(Path);
        }
    }
}
