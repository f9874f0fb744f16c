// <example:FirstHour>
using GpuRnn.Composition;
using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Tensors;
using GpuRnn.Training;

const int TimeSteps = 20;
const int BatchSize = 32;

// <example:Train>
using Device device = DeviceCatalog.Open("auto");
RandomSource random = new(seed: 1);
using Sequential model = new(
    new Recurrent(device, Cells.Lstm, new RecurrentOptions { InputSize = 1, HiddenSize = 16 }, random),
    new LastStep(device),
    new Dense(device, inputSize: 16, outputSize: 1, random));
using Adam optimizer = new(model.Parameters, learningRate: 0.01f);
using Tape tape = new(device);

for (int step = 0; step <= 300; step++)
{
    (float[] waves, float[] next) = Waves(random);
    Tensor input = tape.Input(waves, TimeSteps, BatchSize, 1);
    Tensor target = tape.Input(next, BatchSize, 1);
    Tensor loss = Losses.MeanSquaredError(tape, model.Forward(tape, input), target);

    optimizer.ZeroGradients();
    tape.Backward(loss);
    optimizer.Step();
    if (step % 100 == 0)
    {
        Console.WriteLine($"step {step}: loss {loss.Item():F5}");
    }
}
// </example:Train>

// A tape for inference keeps nothing for a backward pass.
model.Save("waves.safetensors");
model.Evaluate();
using Tape inference = Tape.Inference(device);
(float[] newWaves, float[] expected) = Waves(random);
Tensor predicted = model.Forward(inference, inference.Input(newWaves, TimeSteps, BatchSize, 1));
Console.WriteLine($"expected {expected[0]:F3}, predicted {predicted.ToArray()[0]:F3}");

// Sine waves of random frequency and phase, [T, B, 1], and the value that follows each, [B, 1].
static (float[] Waves, float[] Next) Waves(RandomSource random)
{
    float[] waves = new float[TimeSteps * BatchSize];
    float[] next = new float[BatchSize];
    for (int row = 0; row < BatchSize; row++)
    {
        float frequency = random.NextUniform(0.2f, 0.6f);
        float phase = random.NextUniform(0.0f, 2.0f * MathF.PI);
        for (int t = 0; t < TimeSteps; t++)
        {
            waves[(t * BatchSize) + row] = MathF.Sin(phase + (frequency * t));
        }

        next[row] = MathF.Sin(phase + (frequency * TimeSteps));
    }

    return (waves, next);
}
// </example:FirstHour>
