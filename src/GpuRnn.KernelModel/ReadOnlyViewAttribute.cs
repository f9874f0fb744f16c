namespace GpuRnn.KernelModel;

/// <summary>Promises of a kernel's view that nobody writes its memory during the launch, neither through this view nor through another.</summary>
/// <remarks>
/// A device may then read it through a cache that does not see writes. The compiler refuses a kernel that writes through the view. With validation
/// on, a launch is refused that passes overlapping memory for a parameter without the promise.
/// </remarks>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class ReadOnlyViewAttribute : Attribute;
