using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Tensors;

namespace GpuRnn.Experiments.Sequences;

/// <summary>One recurrent layer and a linear one, as an experiment compares them.</summary>
/// <param name="Label">The name in tables.</param>
/// <param name="Cell">The cell's name in the library's list.</param>
/// <param name="HiddenSize">H.</param>
/// <param name="Options">The cell's options; none when null.</param>
internal sealed record SequenceModel(string Label, string Cell, int HiddenSize, CellOptionValues? Options = null)
{
    /// <summary>Makes it with the weights of a seed.</summary>
    public Sequential Build(Device device, ISequenceTask task, ulong seed)
    {
        RandomSource random = new(seed);
        RecurrentOptions options = new() { InputSize = task.InputSize, HiddenSize = HiddenSize };
        Recurrent recurrent = new(device, Cells.Create(Cell, Options), options, random);
        Dense answer = new(device, recurrent.OutputSize, task.OutputSize, random);
        return task.AnswersAtTheEnd ? new Sequential(recurrent, new LastStep(device), answer) : new Sequential(recurrent, answer);
    }
}
