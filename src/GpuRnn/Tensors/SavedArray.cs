namespace GpuRnn.Tensors;

/// <summary>Floats with a shape in host memory.</summary>
/// <param name="Values">Row-major, as many as the shape holds; not to be modified.</param>
/// <param name="Shape">Elements on each axis; not to be modified.</param>
public sealed record SavedArray(float[] Values, int[] Shape);
