using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Tensors;
using GpuRnn.Tests.Tensors;
using GpuRnn.Training;

namespace GpuRnn.Tests.Training;

/// <summary>Sequences with a class at every step, and models that can be cut in time.</summary>
internal static class LongSequence
{
    public const int InputSize = 3;
    public const int Classes = 4;

    /// <summary>Rows of random inputs; the class of a step tells whether inputs of this and of the last step are positive.</summary>
    public static Batch Create(int timeSteps, int batchSize, SequenceMask? mask = null)
    {
        float[] inputs = TestDevice.Values(timeSteps * batchSize * InputSize, 11);
        int[] classes = new int[timeSteps * batchSize];
        for (int i = 0; i < classes.Length; i++)
        {
            bool isPresent = mask?.IsPresent(i / batchSize, i % batchSize) ?? true;
            int before = i < batchSize || inputs[(i - batchSize) * InputSize] > 0.0f ? 2 : 0;
            classes[i] = isPresent ? before + (inputs[i * InputSize] > 0.0f ? 1 : 0) : Losses.DefaultIgnoreIndex;
        }

        return new Batch
        {
            Inputs = inputs,
            InputShape = [timeSteps, batchSize, InputSize],
            Classes = classes,
            Mask = mask,
            SequenceCount = batchSize,
            LossWeight = classes.Count(one => one != Losses.DefaultIgnoreIndex),
        };
    }

    /// <summary>Two recurrent layers with dropout between and behind them, and an output for each step.</summary>
    public static Sequential Model(Device device, Cell cell, bool isStateful = true, float dropout = 0.0f, int hiddenSize = 5)
    {
        RandomSource random = new(3);
        RecurrentOptions options = new() { InputSize = InputSize, HiddenSize = hiddenSize, LayerCount = 2, Dropout = dropout, IsStateful = isStateful };
        return new Sequential(
            new Recurrent(device, cell, options, random), new Dropout(device, dropout, random), new Dense(device, hiddenSize, Classes, random));
    }

    /// <summary>The gradients of all parameters.</summary>
    public static float[][] Gradients(Module model)
    {
        return [.. model.Parameters.Select(parameter => parameter.Gradient.ToArray())];
    }

    /// <summary>Sets the gradients of all parameters to zeros.</summary>
    public static void Clear(Module model)
    {
        foreach (Parameter parameter in model.Parameters)
        {
            parameter.Gradient.Clear();
        }
    }
}
