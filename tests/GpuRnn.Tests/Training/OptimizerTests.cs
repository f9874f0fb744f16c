using System.Text.Json;
using GpuRnn.Devices.Cpu;
using GpuRnn.Layers;
using GpuRnn.Tensors;
using GpuRnn.Testing;
using GpuRnn.Tests.Tensors;
using GpuRnn.Training;

namespace GpuRnn.Tests.Training;

public sealed class OptimizerTests : IDisposable
{
    private readonly CpuDevice _device = TestDevice.Open();

    // Nesterov's form is not offered.
    public static TheoryData<string> Cases => [.. VectorFile.CaseNames("optimizers").Where(name => name != "sgd_nesterov")];

    public static TheoryData<string> NormCases => ["norm_clips", "norm_keeps", "norm_of_zero"];

    public void Dispose()
    {
        _device.Dispose();
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Step_FiveTimes_FollowsPyTorch(string name)
    {
        VectorCase vector = VectorFile.Load("optimizers").Cases[name];
        using VectorModule model = new(_device, vector, "parameter");
        using Optimizer optimizer = Make(vector.Config, model.Parameters);
        for (int step = 1; step <= 5; step++)
        {
            for (int k = 0; k < model.Parameters.Count; k++)
            {
                model.Parameters[k].Gradient.CopyFrom(vector.Singles($"step{step}/grad{k}"));
            }

            optimizer.Step();
            for (int k = 0; k < model.Parameters.Count; k++)
            {
                // About twenty roundings a step, of numbers of the size of the parameter and of ten steps' worth of change.
                ElementwiseAssert.Close(
                    vector.Doubles($"step{step}/parameter{k}"),
                    model.Parameters[k].Value.ToArray(),
                    Tolerances.Single(4, step, 1.5),
                    $"{name}, step {step}, parameter {k}");
            }
        }
    }

    [Fact]
    public void SaveState_AndLoadState_ContinueToTheSameBits()
    {
        VectorCase vector = VectorFile.Load("optimizers").Cases["adamw_weight_decay"];
        using VectorModule model = new(_device, vector, "parameter");
        using VectorModule resumed = new(_device, vector, "parameter");
        using Optimizer optimizer = Make(vector.Config, model.Parameters);
        using Optimizer continued = Make(vector.Config, resumed.Parameters);
        Step(optimizer, vector, 1);
        SavedState state = new();
        optimizer.SaveState(state);
        for (int k = 0; k < model.Parameters.Count; k++)
        {
            resumed.Parameters[k].Value.CopyFrom(model.Parameters[k].Value);
        }

        continued.LoadState(state);
        Step(optimizer, vector, 2);
        Step(continued, vector, 2);
        Assert.Equal(2, continued.StepCount);
        for (int k = 0; k < model.Parameters.Count; k++)
        {
            ElementwiseAssert.SameBits(model.Parameters[k].Value.ToArray(), resumed.Parameters[k].Value.ToArray(), $"parameter {k}");
        }
    }

    [Fact]
    public void LoadState_OfAnotherOptimizer_NamesBoth()
    {
        VectorCase vector = VectorFile.Load("optimizers").Cases["adam"];
        using VectorModule model = new(_device, vector, "parameter");
        using Optimizer adam = new Adam(model.Parameters);
        using Optimizer sgd = new Sgd(model.Parameters, 0.1f);
        SavedState state = new();
        adam.SaveState(state);
        FormatException error = Assert.Throws<FormatException>(() => sgd.LoadState(state));
        Assert.Contains("Adam", error.Message);
        Assert.Contains("Sgd", error.Message);
    }

    [Theory]
    [MemberData(nameof(NormCases))]
    public void ByGlobalNorm_FollowsPyTorch(string name)
    {
        VectorCase vector = VectorFile.Load("clipping").Cases[name];
        using VectorModule model = new(_device, vector, "grad");
        SetGradients(model, vector);
        float norm = GradientClipping.ByGlobalNorm(model.Parameters, vector.Config.GetProperty("maxNorm").GetSingle());
        ElementwiseAssert.Close(vector.Doubles("total_norm"), [norm], Tolerances.Single(11, 1, 4.0), "norm");
        for (int k = 0; k < model.Parameters.Count; k++)
        {
            ElementwiseAssert.Close(
                vector.Doubles($"clipped{k}"), model.Parameters[k].Gradient.ToArray(), Tolerances.Single(11), $"gradient {k}");
        }
    }

    [Fact]
    public void ByValue_FollowsPyTorch()
    {
        VectorCase vector = VectorFile.Load("clipping").Cases["value_clips"];
        using VectorModule model = new(_device, vector, "grad");
        SetGradients(model, vector);
        GradientClipping.ByValue(model.Parameters, vector.Config.GetProperty("clipValue").GetSingle());
        for (int k = 0; k < model.Parameters.Count; k++)
        {
            ElementwiseAssert.Close(vector.Doubles($"clipped{k}"), model.Parameters[k].Gradient.ToArray(), Tolerances.Exact, $"gradient {k}");
        }
    }

    [Fact]
    public void Create_OfAnUnknownName_ListsTheKnownOnes()
    {
        VectorCase vector = VectorFile.Load("optimizers").Cases["adam"];
        using VectorModule model = new(_device, vector, "parameter");
        ArgumentException error = Assert.Throws<ArgumentException>(() => Optimizers.Create("adamm", model.Parameters, 0.1f));
        Assert.Contains("adamm", error.Message);
        Assert.Contains("rmsprop", error.Message);
    }

    private static Optimizer Make(JsonElement config, IReadOnlyList<Parameter> parameters)
    {
        double Option(string name, double otherwise) => config.TryGetProperty(name, out JsonElement value) ? value.GetDouble() : otherwise;
        float rate = (float)config.GetProperty("learningRate").GetDouble();
        return config.GetProperty("optimizer").GetString() switch
        {
            "sgd" => new Sgd(parameters, rate, (float)Option("momentum", 0.0), (float)Option("weightDecay", 0.0)),
            "rmsprop" => new RmsProp(
                parameters, rate, Option("alpha", 0.99), Option("epsilon", 1e-8), Option("momentum", 0.0), Option("weightDecay", 0.0)),
            "adam" => new Adam(
                parameters, rate, Option("beta1", 0.9), Option("beta2", 0.999), Option("epsilon", 1e-8), Option("weightDecay", 0.0)),
            "adamw" => new AdamW(
                parameters, rate, Option("beta1", 0.9), Option("beta2", 0.999), Option("epsilon", 1e-8), Option("weightDecay", 0.01)),
            string name => throw new InvalidOperationException(name),
            null => throw new InvalidOperationException("no optimizer in the configuration"),
        };
    }

    private static void Step(Optimizer optimizer, VectorCase vector, int step)
    {
        for (int k = 0; k < optimizer.Parameters.Count; k++)
        {
            optimizer.Parameters[k].Gradient.CopyFrom(vector.Singles($"step{step}/grad{k}"));
        }

        optimizer.Step();
    }

    private static void SetGradients(VectorModule model, VectorCase vector)
    {
        for (int k = 0; k < model.Parameters.Count; k++)
        {
            model.Parameters[k].Gradient.CopyFrom(vector.Singles($"grad{k}"));
        }
    }
}
