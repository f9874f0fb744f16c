using System.Text.Json;
using GpuRnn.Devices;
using GpuRnn.Kernels.Elementwise;
using GpuRnn.Kernels.Lanes;
using GpuRnn.Kernels.Optimizers;
using GpuRnn.Testing;

namespace GpuRnn.Kernels.Tests.Optimizers;

public sealed class OptimizerTests
{
    private const int Steps = 5;

    // Nesterov's form is not offered.
    public static TheoryData<string> VectorNames => [.. VectorFile.CaseNames("optimizers").Where(name => name != "sgd_nesterov")];

    [Theory]
    [MemberData(nameof(VectorNames))]
    public void Reference_StoredTrajectory_GivesPyTorchsParameters(string name)
    {
        VectorCase vector = VectorFile.Load("optimizers").Cases[name];
        for (int k = 0; k < 2; k++)
        {
            double[] parameters = vector.Doubles($"parameter{k}");
            F64[] first = new F64[parameters.Length];
            F64[] second = new F64[parameters.Length];
            for (int step = 1; step <= Steps; step++)
            {
                double[] gradients = vector.Doubles($"step{step}/grad{k}");
                for (int i = 0; i < parameters.Length; i++)
                {
                    F64 parameter = new(parameters[i]);
                    Apply(vector.Config, step, ref parameter, new F64(gradients[i]), ref first[i], ref second[i], value => new F64(value));
                    parameters[i] = parameter.Value;
                }

                ElementwiseAssert.Close(vector.Doubles($"step{step}/parameter{k}"), parameters, Tolerances.StoredVectors, $"{name}, step {step}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(VectorNames))]
    public void Kernel_StoredTrajectory_GivesPyTorchsParameters(string name)
    {
        using KernelRunner runner = new();
        VectorCase vector = VectorFile.Load("optimizers").Cases[name];
        for (int k = 0; k < 2; k++)
        {
            float[] start = vector.Singles($"parameter{k}");
            DeviceBuffer<float> parameters = runner.Upload(start);
            DeviceBuffer<float> first = runner.Upload(new float[start.Length]);
            DeviceBuffer<float> second = runner.Upload(new float[start.Length]);
            for (int step = 1; step <= Steps; step++)
            {
                Launch(runner, vector.Config, step, parameters, runner.Upload(vector.Singles($"step{step}/grad{k}")), first, second);

                // A step's quotient is at most 10, so the errors of the steps before add up to at most that many roundings.
                ElementwiseAssert.Close(
                    vector.Doubles($"step{step}/parameter{k}"), KernelRunner.Read(parameters), Tolerances.Single(0, step, 2.0), $"{name}, step {step}");
            }
        }
    }

    [Theory]
    [InlineData("sgd_momentum_weight_decay")]
    [InlineData("rmsprop_momentum")]
    [InlineData("adam_weight_decay")]
    [InlineData("adamw_weight_decay")]
    public void Kernel_AnySize_MatchesTheDoubleReference(string name)
    {
        using KernelRunner runner = new();
        JsonElement config = VectorFile.Load("optimizers").Cases[name].Config;
        foreach (int size in new[] { 0, 1, 7, 1023, 1024, 1025, 100_003 })
        {
            float[] start = Numbers.Singles(1, size);
            float[] gradients = Numbers.Singles(2, size);
            float[] firstStart = Numbers.Singles(3, size);
            float[] secondStart = Array.ConvertAll(Numbers.Singles(4, size), value => Math.Abs(value) + 0.1f);
            float[] meanSquareFirst = name.StartsWith("rmsprop", StringComparison.Ordinal) ? secondStart : firstStart;
            float[] velocitySecond = name.StartsWith("rmsprop", StringComparison.Ordinal) ? firstStart : secondStart;
            DeviceBuffer<float> parameters = runner.Upload(start);
            DeviceBuffer<float> first = runner.Upload(meanSquareFirst);
            DeviceBuffer<float> second = runner.Upload(velocitySecond);
            Launch(runner, config, 3, parameters, runner.Upload(gradients), first, second);

            double[] expected = Numbers.Map(size, i =>
            {
                F64 parameter = new(start[i]);
                F64 firstSlot = new(meanSquareFirst[i]);
                F64 secondSlot = new(velocitySecond[i]);
                Apply(config, 3, ref parameter, new F64(gradients[i]), ref firstSlot, ref secondSlot, value => new F64(value));
                return parameter.Value;
            });
            ElementwiseAssert.Close(expected, KernelRunner.Read(parameters), Tolerances.Single(0, 1, 2.0), $"{name}, {size} elements");
        }
    }

    [Fact]
    public void ForStep_StepZero_SaysHowToCount()
    {
        ArgumentOutOfRangeException error = Assert.Throws<ArgumentOutOfRangeException>(
            () => AdamCoefficients<F64>.ForStep(value => new F64(value), 0.1, 0.9, 0.999, 1e-8, 0.0, false, 0));
        Assert.Contains("step 0 arrived, but at least 1 was needed", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("norm_clips")]
    [InlineData("norm_keeps")]
    [InlineData("norm_of_zero")]
    public void ClipFactor_StoredVector_GivesPyTorchsNormAndGradients(string name)
    {
        using KernelRunner runner = new();
        VectorCase vector = VectorFile.Load("clipping").Cases[name];
        float[][] gradients = [vector.Singles("grad0"), vector.Singles("grad1"), vector.Singles("grad2")];
        DeviceBuffer<float> squares = runner.Upload(0f);
        DeviceBuffer<float> partials = runner.Unset(1);
        foreach (float[] gradient in gradients)
        {
            runner.Run(typeof(Kernels.Reductions.Sum), "PartialOfSquares", 1, runner.Upload(gradient), partials, gradient.Length);
            runner.Run(typeof(Kernels.Reductions.Sum), "Finish", 1, partials, squares, 1, 1);
        }

        DeviceBuffer<float> norm = runner.Unset(1);
        DeviceBuffer<float> factor = runner.Unset(1);
        runner.Run(typeof(ClipFactor), "Forward", 1, squares, norm, factor, (float)vector.Config.GetProperty("maxNorm").GetDouble());
        ElementwiseAssert.Close(vector.Doubles("total_norm"), KernelRunner.Read(norm), Tolerances.Single(11, 1, 4.0), "norm");
        for (int k = 0; k < gradients.Length; k++)
        {
            DeviceBuffer<float> clipped = runner.Unset(gradients[k].Length);
            runner.Run(typeof(Scale), "ByView", gradients[k].Length, runner.Upload(gradients[k]), factor, clipped);
            ElementwiseAssert.Close(vector.Doubles($"clipped{k}"), KernelRunner.Read(clipped), Tolerances.Single(11), $"{name}: gradient {k}");
        }
    }

    [Fact]
    public void ClipFactor_NaNGradient_ShowsInNormAndFactor()
    {
        using KernelRunner runner = new();
        DeviceBuffer<float> norm = runner.Upload(1f);
        DeviceBuffer<float> factor = runner.Upload(1f);
        runner.Run(typeof(ClipFactor), "Forward", 1, runner.Upload(float.NaN), norm, factor, 1f);
        Assert.True(float.IsNaN(KernelRunner.Read(norm)[0]) && float.IsNaN(KernelRunner.Read(factor)[0]));
    }

    private static void Apply(
        JsonElement config, int step, ref F64 parameter, F64 gradient, ref F64 first, ref F64 second, Func<double, F64> round)
    {
        switch (config.GetProperty("optimizer").GetString())
        {
            case "sgd":
                SgdUpdate.Apply(
                    ref parameter, gradient, ref first, round(Get(config, "learningRate")), round(Get(config, "momentum")),
                    round(Get(config, "weightDecay")));
                break;
            case "rmsprop":
                RmsPropUpdate.Apply(ref parameter, gradient, ref first, ref second, RmsProp(config, round));
                break;
            default:
                AdamUpdate.Apply(ref parameter, gradient, ref first, ref second, Adam(config, step, round));
                break;
        }
    }

    private static void Launch(
        KernelRunner runner, JsonElement config, int step, DeviceBuffer<float> parameters, DeviceBuffer<float> gradients,
        DeviceBuffer<float> first, DeviceBuffer<float> second)
    {
        int size = (int)parameters.Length;
        static F32 Round(double value) => new((float)value);
        switch (config.GetProperty("optimizer").GetString())
        {
            case "sgd":
                runner.Run(
                    typeof(SgdUpdate), "Update", size, parameters, gradients, first, (float)Get(config, "learningRate"),
                    (float)Get(config, "momentum"), (float)Get(config, "weightDecay"));
                break;
            case "rmsprop":
                runner.Run(typeof(RmsPropUpdate), "Update", size, parameters, gradients, first, second, RmsProp<F32>(config, Round));
                break;
            default:
                runner.Run(typeof(AdamUpdate), "Update", size, parameters, gradients, first, second, Adam<F32>(config, step, Round));
                break;
        }
    }

    private static RmsPropCoefficients<T> RmsProp<T>(JsonElement config, Func<double, T> round)
        where T : struct, IReal<T> =>
        RmsPropCoefficients<T>.Create(
            round, Get(config, "learningRate"), Get(config, "alpha"), Get(config, "momentum"), Get(config, "epsilon"), Get(config, "weightDecay"));

    private static AdamCoefficients<T> Adam<T>(JsonElement config, int step, Func<double, T> round)
        where T : struct, IReal<T> =>
        AdamCoefficients<T>.ForStep(
            round, Get(config, "learningRate"), Get(config, "beta1"), Get(config, "beta2"), Get(config, "epsilon"), Get(config, "weightDecay"),
            config.GetProperty("optimizer").GetString() == "adamw", step);

    private static double Get(JsonElement config, string name) => config.TryGetProperty(name, out JsonElement value) ? value.GetDouble() : 0.0;
}
