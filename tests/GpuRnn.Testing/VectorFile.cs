using System.Buffers.Binary;
using System.Text.Json;

namespace GpuRnn.Testing;

/// <summary>A file of tests/vectors: named cases, each with tensors and a JSON configuration.</summary>
/// <remarks>
/// It reads safetensors by itself, in the simplest way, so that the library's reader has a second witness. What the tensors of a family
/// mean is written at the head of the script that makes it.
/// </remarks>
public sealed class VectorFile
{
    private const string CasePrefix = "case:";
    private readonly Dictionary<string, VectorCase> _cases = [];

    private VectorFile(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        int headerLength = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        using JsonDocument header = JsonDocument.Parse(bytes.AsMemory(8, headerLength));
        JsonElement metadata = header.RootElement.GetProperty("__metadata__");
        Metadata = metadata.EnumerateObject().ToDictionary(entry => entry.Name, entry => entry.Value.GetString()!);
        foreach ((string key, string json) in Metadata)
        {
            if (key.StartsWith(CasePrefix, StringComparison.Ordinal))
            {
                string name = key[CasePrefix.Length..];
                _cases.Add(name, new VectorCase(name, JsonSerializer.Deserialize<JsonElement>(json)));
            }
        }

        foreach (JsonProperty entry in header.RootElement.EnumerateObject().Where(entry => entry.Name != "__metadata__"))
        {
            int slash = entry.Name.IndexOf('/', StringComparison.Ordinal);
            JsonElement offsets = entry.Value.GetProperty("data_offsets");
            int begin = 8 + headerLength + offsets[0].GetInt32();
            int end = 8 + headerLength + offsets[1].GetInt32();
            int[] shape = [.. entry.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt32())];
            string type = entry.Value.GetProperty("dtype").GetString()!;
            _cases[entry.Name[..slash]].Add(entry.Name[(slash + 1)..], type, shape, bytes.AsMemory(begin..end));
        }
    }

    /// <summary>The cases by name, in the order of the file's metadata.</summary>
    public IReadOnlyDictionary<string, VectorCase> Cases => _cases;

    /// <summary>The file's metadata: script, torch, numpy, python (versions) and the configuration of each case.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Reads tests/vectors/<paramref name="family"/>.safetensors.</summary>
    /// <param name="family">elman, lstm, gru, gru_reset_before, losses, optimizers, clipping or schedules.</param>
    public static VectorFile Load(string family) => new(PathOf(family));

    /// <summary>The full path of a family's file.</summary>
    public static string PathOf(string family) => Path.Combine(RepositoryFolder.Vectors, family + ".safetensors");

    /// <summary>The case names of a family, for a theory's MemberData.</summary>
    public static IEnumerable<string> CaseNames(string family) => Load(family).Cases.Keys;
}
