namespace GpuRnn.Devices.Sequences;

/// <summary>A prepared time loop of one layer in one direction; scratch memory is allocated when it is prepared, never later.</summary>
public interface ISequenceLoop : IDisposable
{
    /// <summary>What was chosen and why, one line each, for <c>plan.Describe()</c>.</summary>
    IReadOnlyList<string> Description { get; }

    /// <summary>
    /// True where the loop runs the products of sequences itself: the plan then runs none of them, and gives
    /// <see cref="SequenceForwardArguments.Sequences"/> with their weights.
    /// </summary>
    bool MultipliesSequences => false;

    /// <summary>Runs all steps. Weights may have changed since the last call, unless <see cref="SequenceForwardArguments.WeightsVersion"/> says no.</summary>
    void Forward(DeviceStream stream, SequenceForwardArguments arguments);

    /// <summary>Runs all steps backwards. Follows a forward call with the same memory.</summary>
    void Backward(DeviceStream stream, SequenceBackwardArguments arguments);
}
