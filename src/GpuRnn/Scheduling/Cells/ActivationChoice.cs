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

    /// <summary>The option of cells whose activation is tanh where nothing else is asked for.</summary>
    public static CellOption Option { get; } = CellOption.Choice("activation", "Activation of the units", [.. s_all.Select(one => one.Name)]);

    /// <summary>The option's values but its default.</summary>
    public static CellOptionValues[] FurtherForms { get; } = [.. s_all.Skip(1).Select(one => CellOptionValues.None.With(Option.Name, one.Name))];

    /// <summary>The struct that computes it.</summary>
    public static Type Find(string name)
    {
        return s_all.First(one => one.Name == name).Type;
    }
}
