using GpuRnn.KernelModel;

namespace GpuRnn.Tensors;

/// <summary>Where one operation writes its share of a gradient.</summary>
/// <param name="View">To be written in every element.</param>
/// <param name="Sum">What the share is added to afterwards; not valid where the share is the first.</param>
internal readonly record struct GradientPart(ArrayView<float> View, ArrayView<float> Sum);
