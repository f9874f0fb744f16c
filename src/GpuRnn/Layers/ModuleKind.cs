namespace GpuRnn.Layers;

/// <summary>What a module computes as far as names and shapes of its parameters do not tell; files of weights carry it.</summary>
/// <param name="Name">What decides the results, such as a cell's name; a file of another name is refused.</param>
/// <param name="Options">
/// What it was built with besides, for readers of the file: start values, and constants that lie in the file themselves. Empty where there is nothing.
/// </param>
public sealed record ModuleKind(string Name, string Options)
{
    /// <inheritdoc/>
    public override string ToString()
    {
        return Options.Length == 0 ? $"\"{Name}\"" : $"\"{Name}\" ({Options})";
    }
}
