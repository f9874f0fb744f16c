using GpuRnn.Tensors;
using GpuRnn.Weights;

namespace GpuRnn.Layers;

/// <summary>Moves a module's parameters to and from a safetensors file.</summary>
/// <remarks>The header names the kind of every module that has one, under <c>gpurnn.module</c> with its number; other files are held to names and shapes alone.</remarks>
internal static class ModuleFile
{
    private const string KindKey = "gpurnn.module";
    private const string CounterName = "num_batches_tracked";
    private const string OptionsKey = "gpurnn.options";

    public static void Save(Module module, string path, IReadOnlyDictionary<string, string>? metadata)
    {
        IEnumerable<TensorEntry> entries = module.Parameters.Select(
            parameter => TensorEntry.FromSingles(parameter.Name, parameter.Value.Shape.ToArray(), parameter.Value.ToArray()));
        SafetensorsWriter.Write(path, entries, WithKinds(module, metadata));
    }

    public static void Load(Module module, string path)
    {
        SafetensorsFile file = SafetensorsFile.Read(path);
        RequireKinds(module, file);
        HashSet<string> known = new(module.Parameters.Select(parameter => parameter.Name), StringComparer.Ordinal);
        List<string> extra = [.. file.Entries.Select(entry => entry.Name).Where(name => !known.Contains(name) && !IsCounter(name))];
        if (extra.Count > 0)
        {
            throw new WeightsFileException(
                path,
                $"Module.Load: {path} holds {string.Join(", ", extra)}, which this model does not have. "
                + "Build the model with the structure it was saved with.");
        }

        RequireOneValueEach(module, file);

        // Everything is read and checked before anything is written, so a failure leaves the model as it was.
        List<float[]> values = [];
        foreach (Parameter parameter in module.Parameters)
        {
            values.Add(file.Get(parameter.Name, parameter.Value.Shape.ToArray()).ToSingles());
        }

        for (int i = 0; i < values.Count; i++)
        {
            module.Parameters[i].Value.CopyFrom(values[i]);
        }
    }

    // PyTorch counts the batches of a batch normalisation beside its statistics; the count decides nothing where the momentum is a number.
    private static bool IsCounter(string name) => name == CounterName || name.EndsWith("." + CounterName, StringComparison.Ordinal);

    // A tensor that layers share stands in the file under all its names.
    private static void RequireOneValueEach(Module module, SafetensorsFile file)
    {
        foreach (IGrouping<Tensor, Parameter> shared in module.Parameters.GroupBy(parameter => parameter.Value))
        {
            Parameter first = shared.First();
            int[] shape = shared.Key.Shape.ToArray();
            foreach (Parameter other in shared.Skip(1))
            {
                if (!file.Get(first.Name, shape).Data.SequenceEqual(file.Get(other.Name, shape).Data))
                {
                    throw new WeightsFileException(
                        file.Path,
                        $"Module.Load: {file.Path} holds different values for {first.Name} and {other.Name}, which are one tensor in this model. "
                        + "Build the model without tying them, or load a file of a tied model.");
                }
            }
        }
    }

    private static Dictionary<string, string> WithKinds(Module module, IReadOnlyDictionary<string, string>? metadata)
    {
        Dictionary<string, string> all = metadata is null ? [] : new(metadata, StringComparer.Ordinal);
        foreach ((string place, ModuleKind kind) in module.Kinds())
        {
            all[KindKey + place] = kind.Name;
            if (kind.Options.Length > 0)
            {
                all[OptionsKey + place] = kind.Options;
            }
        }

        return all;
    }

    private static void RequireKinds(Module module, SafetensorsFile file)
    {
        foreach ((string place, ModuleKind kind) in module.Kinds())
        {
            if (file.Metadata.TryGetValue(KindKey + place, out string? name) && name != kind.Name)
            {
                ModuleKind saved = new(name, file.Metadata.GetValueOrDefault(OptionsKey + place, string.Empty));
                string where = place.Length == 0 ? "this model" : $"module {place[1..]} of this model";
                throw new WeightsFileException(
                    file.Path,
                    $"Module.Load: {file.Path} was saved from {saved}, but {where} is {kind}. Build the model with what it was saved from, or load another file.");
            }
        }
    }
}
