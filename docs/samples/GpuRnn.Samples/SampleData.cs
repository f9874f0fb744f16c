namespace GpuRnn.Samples;

/// <summary>The real files of a sample, or the reason why it makes a stand-in.</summary>
internal sealed class SampleData
{
    /// <summary>The environment variable that names the folder of real data sets.</summary>
    public const string Variable = "GPURNN_DATA";

    private readonly string? _folder;
    private readonly SampleInformation _information;

    private SampleData(string? folder, SampleInformation information)
    {
        (_folder, _information) = (folder, information);
    }

    /// <summary>True when the real files are there.</summary>
    public bool IsReal => _folder is not null;

    /// <summary>True when the figures may be held against what is asked and against the peer's.</summary>
    public bool Counts => IsReal || _information.DataFiles.Count == 0;

    /// <summary>What is read, for the head of the output.</summary>
    public string Description { get; private init; } = string.Empty;

    /// <summary>Looks for the files.</summary>
    /// <exception cref="ArgumentException">The variable is set, but a file is not there: nothing stands in for data that was promised.</exception>
    public static SampleData Find(SampleInformation information, bool isQuick)
    {
        string? folder = Environment.GetEnvironmentVariable(Variable);
        if (information.DataFiles.Count == 0)
        {
            return new SampleData(null, information) { Description = "generated" };
        }

        if (isQuick || string.IsNullOrEmpty(folder))
        {
            string why = isQuick ? "--quick reads no files" : $"{Variable} is not set";
            return new SampleData(null, information) { Description = $"a stand-in, {information.StandIn} ({why})" };
        }

        return FindIn(folder, information);
    }

    /// <summary>Looks for the files in a folder.</summary>
    /// <exception cref="ArgumentException">One is not there.</exception>
    public static SampleData FindIn(string folder, SampleInformation information)
    {
        foreach (string file in information.DataFiles)
        {
            if (!File.Exists(Path.Combine(folder, file)))
            {
                throw new ArgumentException(
                    $"{Variable}: it names {folder}, which has no file {file}. Correct it, or unset it for a run on a generated stand-in.");
            }
        }

        return new SampleData(folder, information) { Description = string.Join(", ", information.DataFiles.Select(file => Path.Combine(folder, file))) };
    }

    /// <summary>The full path of one of the sample's files.</summary>
    /// <exception cref="InvalidOperationException">The run is on the stand-in, or the sample does not list the file.</exception>
    public string PathOf(string file)
    {
        return _folder is not null && _information.DataFiles.Contains(file)
            ? Path.Combine(_folder, file)
            : throw new InvalidOperationException(
                $"SampleRun.DataPath: {file} was asked for, but this run has {Description}. Ask HasData first, and list the file in DataFiles.");
    }
}
