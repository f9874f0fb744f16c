using GpuRnn.Experiments.Frame;
using GpuRnn.Layers;
using GpuRnn.Tensors;
using GpuRnn.Training;

namespace GpuRnn.Experiments.Sequences;

/// <summary>Trains a model on fresh sequences until fresh validation sequences are answered, then counts wrong test sequences once.</summary>
internal static class SequenceTraining
{
    private const int EvaluationBatch = 128;

    /// <summary>Runs it.</summary>
    /// <param name="run">Its seed decides weights and all three streams of sequences.</param>
    /// <param name="model">Trained anew.</param>
    /// <param name="task">Draws the sequences.</param>
    /// <param name="budget">How long.</param>
    /// <param name="testCount">Sequences of the test.</param>
    public static TrainingOutcome Run(ExperimentRun run, SequenceModel model, ISequenceTask task, TrainingBudget budget, int testCount)
    {
        using Sequential network = model.Build(run.Device, task, run.Stream(1));
        using Adam optimizer = new(network.Parameters, budget.LearningRate);
        int checks = (budget.MaximumSteps + budget.StepsACheck - 1) / budget.StepsACheck;
        TrainerOptions options = new() { Epochs = checks, ClipNorm = budget.ClipNorm, Loss = task.Loss, Seed = run.Stream(2) };
        Trainer trainer = new(network, optimizer, options);
        using CancellationTokenSource enough = new();
        Check check = new(run, model.Label, network, task, budget, enough);
        try
        {
            trainer.Fit(new FreshBatches(task, budget.BatchSize, budget.StepsACheck), null, check, enough.Token);
        }
        catch (TrainingException exception)
        {
            run.Say($"{model.Label}: {exception.Message}");
        }

        int wrong = CountWrong(network, task, new RandomSource(run.Stream(4)), testCount);
        run.Say($"{model.Label}: {(check.IsSolved ? "solved" : "not solved")} after {check.Steps} steps, {wrong} of {testCount} test sequences wrong");
        return new TrainingOutcome(check.Steps * budget.BatchSize, check.IsSolved, wrong);
    }

    /// <summary>Counts the sequences of a stream that a model answers wrongly.</summary>
    public static int CountWrong(Layer network, ISequenceTask task, RandomSource random, int count)
    {
        network.Evaluate();
        using Tape tape = Tape.Inference(network.Device);
        int wrong = 0;
        for (int done = 0; done < count; done += EvaluationBatch)
        {
            Batch batch = task.Draw(random, Math.Min(EvaluationBatch, count - done));
            wrong += task.CountWrong(batch, network.Forward(tape, tape.Input(batch.Inputs, batch.InputShape)).ToArray());
            tape.Reset();
        }

        return wrong;
    }

    // The trainer asks for the model in training mode again before each step.
    private sealed class Check(
        ExperimentRun run, string label, Layer network, ISequenceTask task, TrainingBudget budget, CancellationTokenSource enough)
        : IProgress<TrainingProgress>
    {
        private readonly RandomSource _random = new(run.Stream(3));
        private bool _wasRight;

        public int Steps { get; private set; }

        public bool IsSolved { get; private set; }

        public void Report(TrainingProgress value)
        {
            Steps = ((value.Epoch - 1) * budget.StepsACheck) + value.Step;
            if (value.Step < budget.StepsACheck)
            {
                return;
            }

            int wrong = CountWrong(network, task, _random, budget.ValidationCount);
            bool isRight = wrong <= (1.0 - budget.EnoughRight) * budget.ValidationCount;
            run.Say(string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"{label}: step {Steps}, loss {value.TrainLoss:0.00000}, {wrong} of {budget.ValidationCount} validation sequences wrong"));
            IsSolved = isRight && _wasRight;
            _wasRight = isRight;
            if (IsSolved)
            {
                enough.Cancel();
            }
        }
    }
}
