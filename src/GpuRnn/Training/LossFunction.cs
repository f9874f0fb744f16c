using GpuRnn.Tensors;

namespace GpuRnn.Training;

/// <summary>Turns a model's output and the batch it came from into one number to be made small.</summary>
/// <param name="tape">Records the operations.</param>
/// <param name="prediction">The model's output.</param>
/// <param name="batch">Holds the targets or classes.</param>
/// <returns>A tensor of one element.</returns>
public delegate Tensor LossFunction(Tape tape, Tensor prediction, Batch batch);
