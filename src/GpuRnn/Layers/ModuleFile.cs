using GpuRnn.Tensors;
using GpuRnn.Weights;

namespace GpuRnn.Layers;

/// <summary>Moves a module's parameters to and from a safetensors file.</summary>
internal static class ModuleFile
{
    public static void Save(Module module, string path, IReadOnlyDictionary<string, string>? metadata)
    {
        IEnumerable<TensorEntry> entries = module.Parameters.Select(
            parameter => TensorEntry.FromSingles(parameter.Name, parameter.Value.Shape.ToArray(), parameter.Value.ToArray()));
        SafetensorsWriter.Write(path, entries, metadata);
    }

    public static void Load(Module module, string path)
    {
        SafetensorsFile file = SafetensorsFile.Read(path);
        HashSet<string> known = new(module.Parameters.Select(parameter => parameter.Name), StringComparer.Ordinal);
        List<string> extra = [.. file.Entries.Select(entry => entry.Name).Where(name => !known.Contains(name))];
        if (extra.Count > 0)
        {
            throw new WeightsFileException(
                path,
                $"Module.Load: {path} holds {string.Join(", ", extra)}, which this model does not have. "
                + "Build the model with the structure it was saved with.");
        }

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
}
