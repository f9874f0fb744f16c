using GpuRnn.Experiments.Frame;
using GpuRnn.Experiments.Sequences;
using GpuRnn.Layers;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Tensors;
using GpuRnn.Training;

namespace GpuRnn.Experiments.Learning;

/// <summary>aⁿbⁿ and aⁿbⁿcⁿ: trained on words up to n = 10, tried on longer ones until the first mistake.</summary>
/// <param name="letterCount">2 or 3.</param>
internal sealed class CountingExperiment(int letterCount) : IExperiment
{
    private const string Subject = "peephole LSTM";
    private const string Reached = "largest N with all n = 1..N right";
    private const string Trained = "training words";
    private const int LargestTried = 1000;
    private const int LargestTrained = 10;
    private const int LargestValidated = 30;

    /// <inheritdoc/>
    public string Name => letterCount == 2 ? "counting-ab" : "counting-abc";

    /// <inheritdoc/>
    public string Title => $"words of {(letterCount == 2 ? "a^n b^n" : "a^n b^n c^n")} beyond the n = 1..{LargestTrained} of training";

    /// <inheritdoc/>
    public string Source => "Gers and Schmidhuber (2001), \"LSTM recurrent networks learn simple context-free and context-sensitive languages\", training set 1..10";

    /// <inheritdoc/>
    public IReadOnlyList<Figure> Figures(bool isQuick)
    {
        string published = isQuick ? "-" : letterCount == 2 ? "1000 (best)" : "52 (best)";
        int least = isQuick ? 6 : 2 * LargestTrained;
        return [new Figure(Subject, Reached, published) { AtLeast = least }, new Figure(Subject, Trained, "-")];
    }

    /// <inheritdoc/>
    public void Run(ExperimentRun run)
    {
        CountingTask training = new(letterCount, 1, run.IsQuick ? 6 : LargestTrained);
        int validated = run.IsQuick ? 6 : LargestValidated;
        SequenceModel model = new(Subject, "peephole", 5, CellOptionValues.None.With("forget-bias", 3.0));
        TrainingBudget budget = new()
        {
            // Few words a step: training goes on by noise where the loss of the words that are right has become nothing.
            BatchSize = 2,
            LearningRate = 0.01f,
            MaximumSteps = run.IsQuick ? 8000 : 60_000,
            StepsACheck = run.IsQuick ? 200 : 500,
        };
        using Sequential network = model.Build(run.Device, training, run.Stream(1));
        using Adam optimizer = new(network.Parameters, budget.LearningRate);
        TrainerOptions options = new()
        {
            Epochs = budget.MaximumSteps / budget.StepsACheck, ClipNorm = budget.ClipNorm, Loss = training.Loss, Seed = run.Stream(2),
        };
        using CancellationTokenSource enough = new();
        int words = 0;
        Progress check = new(progress =>
        {
            words += budget.BatchSize;
            if (progress.Step == budget.StepsACheck)
            {
                int right = LargestRight(network, training, validated);
                run.Say(string.Create(
                    System.Globalization.CultureInfo.InvariantCulture, $"step {words / budget.BatchSize}, loss {progress.TrainLoss:0.00000}, all right up to n = {right}"));
                if (right == validated)
                {
                    enough.Cancel();
                }
            }
        });
        new Trainer(network, optimizer, options).Fit(new FreshBatches(training, budget.BatchSize, budget.StepsACheck), null, check, enough.Token);
        run.Record(Subject, Reached, LargestRight(network, training, run.IsQuick ? 16 : LargestTried));
        run.Record(Subject, Trained, words);
    }

    /// <summary>The largest N of which every n up to it is right.</summary>
    private static int LargestRight(Layer network, CountingTask task, int largest)
    {
        const int Batch = 10;
        network.Evaluate();
        using Tape tape = Tape.Inference(network.Device);
        for (int first = 1; first <= largest; first += Batch)
        {
            int[] sizes = [.. Enumerable.Range(first, Math.Min(Batch, largest - first + 1))];
            Batch words = task.Words(sizes);
            HashSet<int> wrong = task.WrongRows(words, network.Forward(tape, tape.Input(words.Inputs, words.InputShape)).ToArray());
            tape.Reset();
            if (wrong.Count > 0)
            {
                return sizes[wrong.Min()] - 1;
            }
        }

        return largest;
    }

    private sealed class Progress(Action<TrainingProgress> report) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => report(value);
    }
}
