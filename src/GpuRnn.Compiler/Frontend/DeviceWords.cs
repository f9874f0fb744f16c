namespace GpuRnn.Compiler.Frontend;

/// <summary>Which words of the model a device has instructions for; of the others the meaning is inlined, in terms of simpler words.</summary>
/// <param name="HasFunctions">Exact functions such as the remainder of floats.</param>
/// <param name="HasMatrices">Products of a warp's matrices, and numbers rounded for them.</param>
/// <param name="HasWideAccesses">Loads and stores of several numbers whose address is a multiple of all their bytes.</param>
/// <param name="HasAsyncCopies">Copies into shared memory that go on by themselves.</param>
internal sealed record DeviceWords(bool HasFunctions, bool HasMatrices, bool HasWideAccesses, bool HasAsyncCopies)
{
    /// <summary>What OpenCL C and the processor can say.</summary>
    internal static DeviceWords Portable { get; } = new(true, false, false, false);

    /// <summary>What PTX can say.</summary>
    internal static DeviceWords Ptx { get; } = new(false, true, true, true);
}
