using System.Runtime.CompilerServices;

namespace GpuRnn.KernelModel.Tests;

/// <summary>Turns validation on before any test can touch a view: the switch is read once a process.</summary>
internal static class ValidationSwitch
{
#pragma warning disable CA2255 // the only place that runs before the first test of this assembly
    [ModuleInitializer]
    internal static void TurnOn() => Environment.SetEnvironmentVariable(Validation.EnvironmentVariable, "1");
#pragma warning restore CA2255
}
