using GpuRnn.Kernels.Cells.Activations;

namespace GpuRnn.Scheduling.Cells;

/// <summary>The activations that cells can be built with, by name.</summary>
internal static class ActivationChoice
{
    private static readonly (string Name, Type Type)[] s_all =
    [
        ("tanh", typeof(TanhActivation)),
        ("relu", typeof(ReluActivation)),
        ("sigmoid", typeof(SigmoidActivation)),
        ("leaky-relu", typeof(LeakyReluActivation)),
        ("identity", typeof(IdentityActivation)),
    ];

    /// <summary>The option of cells that let their activation be chosen; each has a usual one of its own.</summary>
    public static CellOption Option { get; } = CellOption.Choice(
        "activation", "Activation of the units [default: tanh; relu for indrnn]", null, [.. s_all.Select(one => one.Name)]);

    /// <summary>The struct that computes it.</summary>
    public static Type Find(string name)
    {
        return s_all.First(one => one.Name == name).Type;
    }

    /// <summary>A form of a cell for every activation but one.</summary>
    public static CellOptionValues[] FormsBut(string usual)
    {
        return [.. s_all.Where(one => one.Name != usual).Select(one => CellOptionValues.None.With(Option.Name, one.Name))];
    }
}
