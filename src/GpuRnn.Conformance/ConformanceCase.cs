using GpuRnn.Devices;

namespace GpuRnn.Conformance;

/// <summary>One thing that every device must compute, at one size, with what it must give.</summary>
public abstract class ConformanceCase
{
    /// <summary>Names the case.</summary>
    /// <param name="subject">What is run, such as <c>layer lstm</c>; cases of several sizes share it.</param>
    /// <param name="sizes">The shapes and options, with their letters.</param>
    protected ConformanceCase(string subject, string sizes)
    {
        Subject = subject;
        Sizes = sizes;
    }

    /// <summary>What is run.</summary>
    public string Subject { get; }

    /// <summary>The shapes and options.</summary>
    public string Sizes { get; }

    /// <summary>Whether the device is one that the case is for; yes for nearly all.</summary>
    public virtual SupportAnswer Supports(Device device) => SupportAnswer.Yes("every device must pass it");

    /// <summary>Runs the case and compares every result with the double reference, element by element.</summary>
    /// <param name="device">Where to run; what the case allocates there is given back.</param>
    /// <exception cref="DeviceException">The device cannot run it.</exception>
    public ConformanceResult Run(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        ConformanceRecorder recorder = new();
        Run(device, recorder);
        return recorder.Finish();
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        return $"{Subject}, {Sizes}";
    }

    /// <summary>Runs the case and records each result that it compares.</summary>
    protected abstract void Run(Device device, ConformanceRecorder recorder);
}
