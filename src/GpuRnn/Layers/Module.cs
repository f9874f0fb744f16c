using GpuRnn.Devices;
using GpuRnn.Tensors;
using GpuRnn.Weights;

namespace GpuRnn.Layers;

/// <summary>A part of a model that has parameters, trains or evaluates, and can be saved.</summary>
/// <remarks>What turns one tensor into another is a <see cref="Layer"/>; a module of several inputs has a forward method of its own.</remarks>
public abstract class Module : IDisposable
{
    /// <summary>Starts in training mode.</summary>
    protected Module(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        Device = device;
    }

    /// <summary>Where its parameters lie; inputs must lie there too.</summary>
    public Device Device { get; }

    /// <summary>What is learned, in a fixed order, named as in PyTorch's state_dict of the same model.</summary>
    public abstract IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>True lets dropout drop; whether gradients are recorded is the tape's matter.</summary>
    public bool IsTraining { get; private set; } = true;

    /// <summary>What it computes where its parameters' names and shapes do not tell; null where they do.</summary>
    public virtual ModuleKind? Kind => null;

    /// <summary>The modules it is made of, in order; none for a plain layer.</summary>
    protected virtual IReadOnlyList<Module> Children => [];

    /// <summary>What stateful layers carry from pass to pass, with everything inside.</summary>
    internal virtual IEnumerable<CarriedState> Carried => Children.SelectMany(child => child.Carried);

    /// <summary>Lets stateful layers inside start their next pass at zeros; others have nothing to forget.</summary>
    public void ResetState()
    {
        foreach (CarriedState carried in Carried)
        {
            carried.Reset();
        }
    }

    /// <summary>Lets stateful layers inside start some rows of their next pass at zeros: those where another sequence begins.</summary>
    /// <param name="rows">True for each row to reset; [B] of the batch that is carried.</param>
    public void ResetState(ReadOnlySpan<bool> rows)
    {
        foreach (CarriedState carried in Carried)
        {
            carried.Reset(rows);
        }
    }

    /// <summary>Switches to training mode, with everything inside.</summary>
    public void Train()
    {
        SetTraining(true);
    }

    /// <summary>Switches to evaluation mode, with everything inside: dropout passes its input through.</summary>
    public void Evaluate()
    {
        SetTraining(false);
    }

    /// <summary>
    /// Writes all parameters to a safetensors file that PyTorch can load, replacing an earlier one only once it is complete.
    /// </summary>
    /// <param name="path">The file to write.</param>
    /// <param name="metadata">Free texts to keep in the file's header.</param>
    public void Save(string path, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ModuleFile.Save(this, path, metadata);
    }

    /// <summary>Reads all parameters from a safetensors file; nothing changes unless every name and shape fits.</summary>
    /// <exception cref="WeightsFileException">
    /// The file is missing or damaged, lacks a name, has one too many, a shape differs, or it was saved from a module of another kind.
    /// </exception>
    public void Load(string path)
    {
        ModuleFile.Load(this, path);
    }

    /// <summary>Writes what decides the coming passes apart from parameters, such as where a dropout's random stream stands.</summary>
    public virtual void SaveState(SavedState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        for (int i = 0; i < Children.Count; i++)
        {
            Children[i].SaveState(state.Section($"{i}"));
        }
    }

    /// <summary>Continues from a saved state.</summary>
    /// <exception cref="FormatException">Something is missing in it.</exception>
    public virtual void LoadState(SavedState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        for (int i = 0; i < Children.Count; i++)
        {
            Children[i].LoadState(state.Section($"{i}"));
        }
    }

    /// <summary>Frees the device memory of its parameters and plans.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>The kinds of the module and of all inside, each with the number of the module as its parameters' names have it.</summary>
    internal IEnumerable<(string Place, ModuleKind Kind)> Kinds(string place = "")
    {
        IEnumerable<(string Place, ModuleKind Kind)> inside = Children.SelectMany((child, i) => child.Kinds($"{place}.{i}"));
        return Kind is ModuleKind kind ? inside.Prepend((place, kind)) : inside;
    }

    /// <summary>The module and all inside, outer ones first.</summary>
    internal IEnumerable<Module> WithInside()
    {
        return Children.SelectMany(child => child.WithInside()).Prepend(this);
    }

    /// <summary>Frees what this module itself made.</summary>
    /// <param name="disposing">True when called by <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (!disposing)
        {
            return;
        }

        foreach (Module child in Children)
        {
            child.Dispose();
        }

        if (Children.Count == 0)
        {
            foreach (Parameter parameter in Parameters)
            {
                parameter.Dispose();
            }
        }
    }

    private void SetTraining(bool isTraining)
    {
        IsTraining = isTraining;
        foreach (Module child in Children)
        {
            child.SetTraining(isTraining);
        }
    }
}
