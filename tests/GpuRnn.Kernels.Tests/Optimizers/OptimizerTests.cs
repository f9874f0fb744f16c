using System.Text.Json;
using GpuRnn.Devices;
using GpuRnn.Kernels.Elementwise;
using GpuRnn.Kernels.Lanes;
using GpuRnn.Kernels.Optimizers;
using GpuRnn.Testing;

namespace GpuRnn.Kernels.Tests.Optimizers;

public sealed class OptimizerTests
{
    public static TheoryData<string> VectorNames => [.. VectorFile.CaseNames("optimizers")];

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
            Array.Fill(first, new F64(Get(vector.Config, "initialSum")));
            Array.Fill(second, new F64(Kind(vector) == "rprop" ? Get(vector.Config, "learningRate") : 0.0));
            double product = 1.0;
            for (int step = 1; step <= vector.Config.GetProperty("steps").GetInt32(); step++)
            {
                double before = product;
                double[] gradients = vector.Doubles($"step{step}/grad{k}");
                for (int i = 0; i < parameters.Length; i++)
                {
                    product = before;
                    F64 parameter = new(parameters[i]);
                    Apply(vector, step, ref parameter, new F64(gradients[i]), ref first[i], ref second[i], ref product);
                    parameters[i] = parameter.Value;
                }

                ElementwiseAssert.Close(vector.Doubles($"step{step}/parameter{k}"), parameters, Tolerances.StoredVectors, $"{name}, step {step}");
            }
        }
    }

    [Fact]
    public void Steps_StepZero_SaysHowToCount()
    {
        ArgumentOutOfRangeException error = Assert.Throws<ArgumentOutOfRangeException>(
            () => AdamSteps.Adam(value => new F64(value), new AdamSettings(0.9, 0.999, 1e-8), 0.1, 0));
        Assert.Contains("step 0 arrived, but at least 1 was needed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Update_WithoutMoments_TouchesNeitherArray()
    {
        using KernelRunner runner = new();
        DeviceBuffer<float> parameters = runner.Upload(1f, -2f, 0f);
        DeviceBuffer<float> kept = runner.Upload(7f, 7f, 7f);
        Penalty<F32> penalty = Penalty<F32>.Create(Round, 0.5, 0.0, false, 0.25);
        runner.RunGeneric(
            typeof(OptimizerUpdate), nameof(OptimizerUpdate.Update), typeof(SgdRule<F32>), 3,
            parameters, runner.Upload(2f, 2f, 2f), kept, kept, 0, penalty, SgdRule<F32>.Create(Round, 0.5, 0.0, false));

        // Half of 2 ± 1/4, whose sign is the parameter's.
        Assert.Equal([-0.125f, -2.875f, -1f], KernelRunner.Read(parameters));
        Assert.Equal([7f, 7f, 7f], KernelRunner.Read(kept));
    }

    [Fact]
    public void MaxNorm_StoredVector_GivesPyTorchsRenorm()
    {
        using KernelRunner runner = new();
        VectorCase vector = VectorFile.Load("clipping").Cases["max_norm"];
        DeviceBuffer<float> values = runner.Upload(vector.Singles("grad0"));
        runner.Run(typeof(MaxNorm), nameof(MaxNorm.Rows), 5, values, 4, (float)vector.Config.GetProperty("maxNorm").GetDouble());
        ElementwiseAssert.Close(vector.Doubles("clipped0"), KernelRunner.Read(values), Tolerances.Single(4), "rows");
        Assert.NotEqual(vector.Singles("grad0"), vector.Singles("clipped0"));
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
        foreach (float[] gradient in gradients)
        {
            int count = Kernels.Reductions.Sum.PartialCount(gradient.Length);
            DeviceBuffer<float> partials = runner.Unset(count);
            runner.Run(typeof(Kernels.Reductions.Sum), "PartialOfSquares", count, runner.Upload(gradient), partials, gradient.Length);
            runner.Run(typeof(Kernels.Reductions.Sum), "Finish", 1, partials, squares, count, 1);
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
        VectorCase vector, int step, ref F64 parameter, F64 gradient, ref F64 first, ref F64 second, ref double product)
    {
        static F64 Wide(double value) => new(value);
        JsonElement config = vector.Config;
        double rate = Get(config, "learningRate");
        bool isDecoupled = Kind(vector) == "adamw";
        Penalty<F64> penalty = Penalty<F64>.Create(Wide, rate, Get(config, "weightDecay"), isDecoupled, 0.0);
        F64 pulled = Penalty<F64>.Apply(penalty, ref parameter, gradient);
        AdamSettings adam = new(Get(config, "beta1", 0.9), Get(config, "beta2", 0.999), Get(config, "epsilon", 1e-8));
        switch (Kind(vector))
        {
            case "sgd":
                bool isNesterov = config.TryGetProperty("nesterov", out JsonElement nesterov) && nesterov.GetBoolean();
                SgdRule<F64>.Apply(SgdRule<F64>.Create(Wide, rate, Get(config, "momentum"), isNesterov), ref parameter, pulled, ref first, ref second);
                break;
            case "adagrad":
                AdagradRule<F64> adagrad = AdagradRule<F64>.Create(Wide, rate, Get(config, "learningRateDecay"), Get(config, "epsilon", 1e-10), step);
                AdagradRule<F64>.Apply(adagrad, ref parameter, pulled, ref first, ref second);
                break;
            case "adadelta":
                AdadeltaRule<F64> adadelta = AdadeltaRule<F64>.Create(Wide, rate, Get(config, "rho", 0.9), Get(config, "epsilon", 1e-6));
                AdadeltaRule<F64>.Apply(adadelta, ref parameter, pulled, ref first, ref second);
                break;
            case "rmsprop":
                RmsPropRule<F64> rmsProp = RmsPropRule<F64>.Create(Wide, rate, Get(config, "alpha"), Get(config, "momentum"), Get(config, "epsilon"));
                RmsPropRule<F64>.Apply(rmsProp, ref parameter, pulled, ref first, ref second);
                break;
            case "rprop":
                RpropRule<F64> rprop = RpropRule<F64>.Create(
                    Wide, Get(config, "etaMinus", 0.5), Get(config, "etaPlus", 1.2), Get(config, "leastStep", 1e-6), Get(config, "mostStep", 50.0));
                RpropRule<F64>.Apply(rprop, ref parameter, pulled, ref first, ref second);
                break;
            case "nadam":
                AdamRule<F64> nadam = AdamSteps.Nadam(Wide, adam, Get(config, "momentumDecay", 0.004), rate, step, ref product);
                AdamRule<F64>.Apply(nadam, ref parameter, pulled, ref first, ref second);
                break;
            case "radam":
                AdamRule<F64>.Apply(AdamSteps.RAdam(Wide, adam, rate, step), ref parameter, pulled, ref first, ref second);
                break;
            default:
                AdamRule<F64>.Apply(AdamSteps.Adam(Wide, adam, rate, step), ref parameter, pulled, ref first, ref second);
                break;
        }
    }

    private static F32 Round(double value) => new((float)value);

    private static string Kind(VectorCase vector) => vector.Config.GetProperty("optimizer").GetString()!;

    private static double Get(JsonElement config, string name, double otherwise = 0.0) =>
        config.TryGetProperty(name, out JsonElement value) ? value.GetDouble() : otherwise;
}
