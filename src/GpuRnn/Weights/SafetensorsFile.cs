namespace GpuRnn.Weights;

/// <summary>The contents of a safetensors file, wholly read and checked; nothing stays open.</summary>
public sealed class SafetensorsFile
{
    private const int NamesInMessage = 8;
    private readonly Dictionary<string, TensorEntry> _byName;

    internal SafetensorsFile(string path, IReadOnlyList<TensorEntry> entries, IReadOnlyDictionary<string, string> metadata)
    {
        Path = path;
        Entries = entries;
        Metadata = metadata;
        _byName = entries.ToDictionary(entry => entry.Name, StringComparer.Ordinal);
    }

    /// <summary>The path given to <see cref="Read"/>.</summary>
    public string Path { get; }

    /// <summary>All tensors, in the order of their data in the file.</summary>
    public IReadOnlyList<TensorEntry> Entries { get; }

    /// <summary>The free text pairs under <c>__metadata__</c>; empty when the file has none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Reads a whole file into memory and checks that header and data fit each other to the byte.</summary>
    /// <param name="path">A file in safetensors format.</param>
    /// <exception cref="WeightsFileException">
    /// The file is missing, unreadable, cut off, longer than its header says, or its header is not valid: bad JSON, a name twice, an unknown
    /// type, offsets that overlap, leave a hole or contradict the shape.
    /// </exception>
    public static SafetensorsFile Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return SafetensorsReader.Read(path);
    }

    /// <summary>Whether the file holds a tensor of this name.</summary>
    public bool Contains(string name) => _byName.ContainsKey(name);

    /// <summary>The tensor of this name.</summary>
    /// <exception cref="WeightsFileException">There is none; the message lists names that the file has.</exception>
    public TensorEntry Get(string name)
    {
        if (_byName.TryGetValue(name, out TensorEntry? entry))
        {
            return entry;
        }

        string present = Entries.Count == 0 ? "no tensors" : string.Join(", ", Entries.Take(NamesInMessage).Select(e => e.Name));
        string more = Entries.Count > NamesInMessage ? $" and {Entries.Count - NamesInMessage} more" : string.Empty;
        throw new WeightsFileException(
            Path,
            $"SafetensorsFile.Get: {Path} holds {present}{more}, but a tensor named {name} is needed. "
            + "Load a file that was saved from a model of the same structure.");
    }

    /// <summary>The tensor of this name, held to a shape.</summary>
    /// <param name="name">The key within the file.</param>
    /// <param name="shape">The sizes of the axes that the caller can use.</param>
    /// <exception cref="WeightsFileException">There is no such tensor, or it has another shape; the message names both shapes.</exception>
    public TensorEntry Get(string name, IReadOnlyList<int> shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        TensorEntry entry = Get(name);
        if (!entry.Shape.SequenceEqual(shape))
        {
            throw new WeightsFileException(
                Path,
                $"SafetensorsFile.Get: {Path} holds {entry.Describe()}, but shape [{string.Join(", ", shape)}] is needed. "
                + "Build the model with the sizes it was saved with, or load another file.");
        }

        return entry;
    }
}
