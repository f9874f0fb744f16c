namespace GpuRnn.KernelModel;

/// <summary>Whether element accesses of views are checked.</summary>
/// <remarks>
/// Read once, from the environment variable <c>GPURNN_VALIDATE</c>, so that the JIT sees a constant and removes the checks
/// entirely when they are off. An extension of the model: kernels must not depend on it.
/// </remarks>
public static class Validation
{
    private static readonly bool s_isEnabled = Environment.GetEnvironmentVariable(EnvironmentVariable) == "1";

    /// <summary>The variable that turns validation on when it is <c>1</c> at the process's first use of a view.</summary>
    public const string EnvironmentVariable = "GPURNN_VALIDATE";

    /// <summary>True when accesses are checked; never changes during a process.</summary>
    public static bool IsEnabled => s_isEnabled;
}
