namespace GpuRnn.Cli.Tests.Commands;

/// <summary>A test that sends a signal to a process, skipped where there is none to send.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SignalFactAttribute : FactAttribute
{
    public SignalFactAttribute()
    {
        if (OperatingSystem.IsWindows())
        {
            Skip = "Windows has no signal to send to one process; ForecastCommandTests interrupts the same code by its token.";
        }
    }
}
