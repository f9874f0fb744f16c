using GpuRnn.Tensors;
using GpuRnn.Testing;
using GpuRnn.Training;

namespace GpuRnn.Tests.Training;

public sealed class ScheduleTests
{
    [Fact]
    public void StepDecay_FollowsPyTorch()
    {
        Compare("step", new StepDecay(0.1f, 3, 0.5f));
    }

    [Fact]
    public void Cosine_FollowsPyTorch()
    {
        Compare("cosine", new Cosine(0.1f, 10, 0.01f));
    }

    [Fact]
    public void ReduceOnPlateau_FollowsPyTorch()
    {
        Compare("plateau", new ReduceOnPlateau(0.1f, 0.5f, 2, 1e-4, 0.02f));
    }

    [Fact]
    public void Cosine_AfterItsEnd_KeepsTheMinimum()
    {
        Cosine schedule = new(0.1f, 2, 0.01f);
        for (int epoch = 0; epoch < 5; epoch++)
        {
            schedule.EndEpoch(1.0);
        }

        Assert.Equal(0.01f, schedule.LearningRate);
    }

    [Fact]
    public void ReduceOnPlateau_SavedInTheMiddle_Continues()
    {
        ReduceOnPlateau whole = new(0.1f, 0.5f, 1);
        ReduceOnPlateau resumed = new(0.1f, 0.5f, 1);
        double[] losses = [1.0, 1.1, 1.2, 0.9, 0.95, 0.96, 0.97];
        for (int epoch = 0; epoch < losses.Length; epoch++)
        {
            if (epoch == 3)
            {
                SavedState state = new();
                whole.SaveState(state);
                resumed.LoadState(state);
            }

            whole.EndEpoch(losses[epoch]);
            if (epoch >= 3)
            {
                resumed.EndEpoch(losses[epoch]);
                Assert.Equal(whole.LearningRate, resumed.LearningRate);
            }
        }

        Assert.True(whole.LearningRate < 0.05f);
    }

    [Fact]
    public void EarlyStopping_StopsAfterItsPatienceAndKeepsTheBest()
    {
        EarlyStopping stopping = new(2, 0.1);
        Assert.True(stopping.Observe(1, 1.0));
        Assert.False(stopping.Observe(2, 0.95));
        Assert.True(stopping.Observe(3, 0.8));
        Assert.False(stopping.Observe(4, double.NaN));
        Assert.False(stopping.ShouldStop);
        Assert.False(stopping.Observe(5, 0.75));
        Assert.True(stopping.ShouldStop);
        Assert.Equal(3, stopping.BestEpoch);
        Assert.Equal(0.8, stopping.BestLoss);
    }

    [Fact]
    public void StepDecay_WithAPeriodOfZero_IsRefused()
    {
        Assert.Contains("everyEpochs is 0", Assert.Throws<ArgumentOutOfRangeException>(() => new StepDecay(0.1f, 0)).Message);
    }

    private static void Compare(string name, LearningRateSchedule schedule)
    {
        VectorCase vector = VectorFile.Load("schedules").Cases[name];
        double[] expected = vector.Doubles("learning_rates");
        double[] metrics = vector.Has("metrics") ? vector.Doubles("metrics") : new double[expected.Length];
        float[] actual = new float[expected.Length];
        for (int epoch = 0; epoch < expected.Length; epoch++)
        {
            actual[epoch] = schedule.LearningRate;
            schedule.EndEpoch(metrics[epoch]);
        }

        ElementwiseAssert.Close(expected, actual, Tolerances.Single(0, 1, 0.1), name);
    }
}
