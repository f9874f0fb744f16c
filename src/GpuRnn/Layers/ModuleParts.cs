using GpuRnn.Devices;

namespace GpuRnn.Layers;

/// <summary>The named modules that a larger one is made of.</summary>
internal static class ModuleParts
{
    /// <summary>All their parameters, each name behind that of its module and a dot.</summary>
    public static Parameter[] Parameters(params (string Name, Module Module)[] parts)
    {
        return [.. parts.SelectMany(part => part.Module.Parameters.Select(parameter => parameter.WithPrefix($"{part.Name}.")))];
    }

    /// <summary>The device of all of them.</summary>
    /// <exception cref="ArgumentException">Two are on different devices.</exception>
    public static Device RequireOneDevice(string where, params (string Name, Module Module)[] parts)
    {
        foreach ((string name, Module module) in parts)
        {
            ArgumentNullException.ThrowIfNull(module, name);
            if (module.Device != parts[0].Module.Device)
            {
                throw new ArgumentException(
                    $"{where}: {name} is on {module.Device}, but {parts[0].Name} is on {parts[0].Module.Device}. Build all of them on one device.", name);
            }
        }

        return parts[0].Module.Device;
    }
}
