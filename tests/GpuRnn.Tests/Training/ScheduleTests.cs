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
    public void LinearWarmup_FollowsPyTorch()
    {
        CompareSteps("warmup", new LinearWarmup(new Constant(0.1f), 4, 0.1f));
    }

    [Fact]
    public void ScheduleSequence_FollowsPyTorch()
    {
        CompareSteps("warmup_then_cosine", WarmupThenCosine());
    }

    [Fact]
    public void OneCycle_FollowsPyTorch()
    {
        CompareSteps("one_cycle", new OneCycle(0.5f, 12));
        CompareSteps("one_cycle_options", new OneCycle(0.5f, 12, 0.4f, 10.0f, 100.0f));
    }

    [Fact]
    public void Noam_FollowsItsFormula()
    {
        CompareSteps("noam", new Noam(16, 4));
    }

    [Fact]
    public void OneCycle_AfterItsEnd_KeepsTheLastRate()
    {
        OneCycle schedule = new(0.5f, 12);
        for (int step = 0; step < 11; step++)
        {
            schedule.EndStep();
        }

        float last = schedule.LearningRate;
        Assert.Equal(0.5f / 25.0f / 1e4f, last, 1e-9f);
        schedule.EndStep();
        Assert.Equal(last, schedule.LearningRate);
    }

    [Fact]
    public void Schedule_OfEpochs_IgnoresSteps_AndOneOfStepsEpochs()
    {
        StepDecay byEpoch = new(0.1f, 1, 0.5f);
        StepDecay byStep = new(0.1f, 1, 0.5f, ScheduleUnit.Step);
        byEpoch.EndStep();
        byStep.EndEpoch(1.0);
        Assert.Equal((0.1f, 0.1f), (byEpoch.LearningRate, byStep.LearningRate));
        byEpoch.EndEpoch(1.0);
        byStep.EndStep();
        Assert.Equal((0.05f, 0.05f), (byEpoch.LearningRate, byStep.LearningRate));
    }

    [Fact]
    public void LinearWarmup_OfAScheduleOfEpochs_FollowsBoth()
    {
        // Warm-up by steps, decay by epochs: after 2 of 4 steps and 1 epoch, half of half.
        LinearWarmup schedule = new(new StepDecay(0.8f, 1, 0.5f), 4, 0.5f);
        schedule.EndStep();
        schedule.EndStep();
        schedule.EndEpoch(1.0);
        Assert.Equal(0.8f * 0.5f * 0.75f, schedule.LearningRate, 1e-6f);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Schedule_SavedAtAnyStep_Continues(int which)
    {
        Func<LearningRateSchedule> make = which switch
        {
            0 => () => new LinearWarmup(new StepDecay(0.1f, 1, 0.5f), 5, 0.1f),
            1 => WarmupThenCosine,
            2 => () => new OneCycle(0.5f, 9),
            _ => () => new Noam(16, 4),
        };
        LearningRateSchedule whole = make();
        for (int step = 0; step < 10; step++)
        {
            SavedState state = new();
            whole.SaveState(state);
            LearningRateSchedule resumed = make();
            resumed.LoadState(state);
            whole.EndStep();
            resumed.EndStep();
            if (step % 4 == 3)
            {
                whole.EndEpoch(1.0);
                resumed.EndEpoch(1.0);
            }

            Assert.Equal(whole.LearningRate, resumed.LearningRate);
        }

        Assert.NotEqual(make().LearningRate, whole.LearningRate);
    }

    [Fact]
    public void Schedules_WithNumbersOutOfRange_AreRefused()
    {
        Assert.Contains("length is 0", Assert.Throws<ArgumentOutOfRangeException>(() => new LinearWarmup(new Constant(0.1f), 0)).Message, StringComparison.Ordinal);
        Assert.Contains("startFactor is 1", Assert.Throws<ArgumentOutOfRangeException>(() => new LinearWarmup(new Constant(0.1f), 4, 1.0f)).Message, StringComparison.Ordinal);
        Assert.Contains("length is 0", Assert.Throws<ArgumentOutOfRangeException>(() => new ScheduleSequence(new Constant(0.1f), 0, ScheduleUnit.Step, new Constant(0.1f))).Message, StringComparison.Ordinal);
        Assert.Contains("length is 1", Assert.Throws<ArgumentOutOfRangeException>(() => new OneCycle(0.1f, 1)).Message, StringComparison.Ordinal);
        Assert.Contains("riseShare", Assert.Throws<ArgumentOutOfRangeException>(() => new OneCycle(0.1f, 3, 0.2f)).Message, StringComparison.Ordinal);
        Assert.Contains("warmupSteps is 0", Assert.Throws<ArgumentOutOfRangeException>(() => new Noam(16, 0)).Message, StringComparison.Ordinal);
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
        Assert.Contains("every is 0", Assert.Throws<ArgumentOutOfRangeException>(() => new StepDecay(0.1f, 0)).Message);
    }

    private static ScheduleSequence WarmupThenCosine()
    {
        return new ScheduleSequence(
            new LinearWarmup(new Constant(0.1f), 3, 0.1f), 3, ScheduleUnit.Step, new Cosine(0.1f, 7, 0.01f, ScheduleUnit.Step));
    }

    private static void CompareSteps(string name, LearningRateSchedule schedule)
    {
        double[] expected = VectorFile.Load("schedules").Cases[name].Doubles("learning_rates");
        float[] actual = new float[expected.Length];
        for (int step = 0; step < expected.Length; step++)
        {
            actual[step] = schedule.LearningRate;
            schedule.EndStep();
        }

        ElementwiseAssert.Close(expected, actual, Tolerances.Single(0, 1, 0.5), name);
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
