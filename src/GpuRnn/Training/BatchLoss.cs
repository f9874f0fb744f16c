using GpuRnn.Tensors;

namespace GpuRnn.Training;

/// <summary>Runs a model forward over a batch and turns what comes out into one number to be made small.</summary>
/// <param name="tape">Records the operations.</param>
/// <param name="batch">Inputs and targets.</param>
/// <returns>A tensor of one element: a mean over what the batch holds.</returns>
public delegate Tensor BatchLoss(Tape tape, Batch batch);
