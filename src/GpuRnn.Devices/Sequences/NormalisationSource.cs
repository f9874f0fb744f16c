namespace GpuRnn.Devices.Sequences;

/// <summary>What a normalisation acts on.</summary>
public enum NormalisationSource
{
    /// <summary>Neighbouring input slots, in place.</summary>
    Inputs,

    /// <summary>Neighbouring product slots, in place.</summary>
    Products,

    /// <summary>A state at t that an earlier node of the step wrote; the result goes into a value slot.</summary>
    State,

    /// <summary>A value that an earlier node of the step wrote; the result goes into another.</summary>
    Value,
}
