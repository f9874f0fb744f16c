using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Tensors;
using GpuRnn.Tests.Tensors;
using GpuRnn.Training;

namespace GpuRnn.Tests.Training;

/// <summary>A small regression with everything that has state: dropout, Adam, schedule, early stopping, shuffling, a smaller last batch.</summary>
internal sealed class TrainerRun : IDisposable
{
    private const int Examples = 53;
    private readonly Optimizer _optimizer;
    private readonly ArrayBatchSource _train;

    public TrainerRun(
        Device device,
        ulong modelSeed = 1,
        int hidden = 4,
        float learningRate = 0.05f,
        int epochs = 3,
        int patience = 10,
        bool isRecurrent = false,
        string optimizer = "adam",
        LearningRateSchedule? schedule = null,
        string? checkpointPath = null,
        int checkpointEverySteps = 0,
        int batchesPerStep = 1,
        ulong seed = 5)
    {
        RandomSource random = new(modelSeed);
        RecurrentOptions options = new() { InputSize = 3, HiddenSize = hidden, LayerCount = 2, Dropout = 0.2f };
        Layer first = isRecurrent ? new Recurrent(device, Cells.Lstm, options, random) : new Dense(device, 3, hidden, random);
        Model = new Sequential(
            first, new Dropout(device, 0.1f, random), new Dense(device, hidden, 1, random), new LastStep(device));
        _optimizer = Optimizers.Create(optimizer, Model.Parameters, learningRate);
        _train = Source(7);
        Validation = Source(8);
        Trainer = new Trainer(Model, _optimizer, new TrainerOptions
        {
            Epochs = epochs,
            ClipNorm = 1.0f,
            Schedule = schedule ?? new Cosine(learningRate, epochs),
            BatchesPerStep = batchesPerStep,
            CheckpointPath = checkpointPath,
            CheckpointEverySteps = checkpointEverySteps,
            EarlyStopping = new EarlyStopping(patience),
            Seed = seed,
        });
    }

    public Sequential Model { get; }

    public Trainer Trainer { get; }

    public IBatchSource Validation { get; }

    public TrainingResult Fit(
        IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default, Checkpoint? resume = null)
    {
        return Trainer.Fit(_train, Validation, progress, cancellation, resume);
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        Model.Dispose();
    }

    private static ArrayBatchSource Source(ulong seed)
    {
        float[] inputs = TestDevice.Values(Examples * 2 * 3, seed);
        float[] targets = new float[Examples];
        for (int i = 0; i < Examples; i++)
        {
            // The last step's first two inputs decide; the rest is there to be ignored.
            targets[i] = inputs[(i * 6) + 3] - (2.0f * inputs[(i * 6) + 4]);
        }

        return ArrayBatchSource.ForValues(inputs, timeSteps: 2, inputSize: 3, targets, targetSize: 1, batchSize: 8);
    }
}
