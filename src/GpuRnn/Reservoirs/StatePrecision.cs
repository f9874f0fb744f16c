namespace GpuRnn.Reservoirs;

/// <summary>In which numbers a reservoir's time loop runs; the readout is solved and applied in double precision either way.</summary>
public enum StatePrecision
{
    /// <summary>float32, by the device's sequence executors.</summary>
    Single,

    /// <summary>float64, by the processor's threads of the caller whatever the device is: devices keep no doubles.</summary>
    Double,
}
