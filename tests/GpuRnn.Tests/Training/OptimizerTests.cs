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

    public static TheoryData<string> Cases => [.. VectorFile.CaseNames("optimizers")];

    public static TheoryData<string> NormCases => ["norm_clips", "norm_keeps", "norm_of_zero"];

    public void Dispose()
    {
        _device.Dispose();
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Step_ManyTimes_FollowsPyTorch(string name)
    {
        VectorCase vector = VectorFile.Load("optimizers").Cases[name];
        using VectorModule model = new(_device, vector, "parameter");
        using Optimizer optimizer = Make(vector.Config, model.Parameters);
        for (int step = 1; step <= vector.Config.GetProperty("steps").GetInt32(); step++)
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

    [Theory]
    [MemberData(nameof(Cases))]
    public void SaveState_AndLoadState_ContinueToTheSameBits(string name)
    {
        VectorCase vector = VectorFile.Load("optimizers").Cases[name];
        using VectorModule model = new(_device, vector, "parameter");
        using VectorModule resumed = new(_device, vector, "parameter");
        using Optimizer optimizer = Make(vector.Config, model.Parameters);
        using Optimizer continued = Make(vector.Config, resumed.Parameters);
        Step(optimizer, vector, 1);
        Step(optimizer, vector, 2);
        SavedState state = new();
        optimizer.SaveState(state);
        for (int k = 0; k < model.Parameters.Count; k++)
        {
            resumed.Parameters[k].Value.CopyFrom(model.Parameters[k].Value);
        }

        continued.LoadState(state);
        Step(optimizer, vector, 3);
        Step(continued, vector, 3);
        Assert.Equal(3, continued.StepCount);
        for (int k = 0; k < model.Parameters.Count; k++)
        {
            ElementwiseAssert.SameBits(model.Parameters[k].Value.ToArray(), resumed.Parameters[k].Value.ToArray(), $"parameter {k}");
        }
    }

    [Fact]
    public void LoadState_OfParametersOfOneName_GivesEachItsOwn()
    {
        using VectorModule model = Two([1.0f], [1], [1.0f], [1]);
        Parameter[] parameters = [.. model.Parameters.Select(one => new Parameter("weight", one.Value, one.Gradient))];
        parameters[0].Gradient.CopyFrom([3.0f]);
        using Sgd optimizer = new(parameters, 0.5f, momentum: 0.5f);
        optimizer.Step();
        SavedState state = new();
        optimizer.SaveState(state);
        parameters[0].Value.CopyFrom([1.0f]);
        parameters[1].Value.CopyFrom([1.0f]);
        optimizer.ZeroGradients();
        using Sgd resumed = new(parameters, 0.5f, momentum: 0.5f);
        resumed.LoadState(state);
        resumed.Step();

        Assert.Equal([1.0f - (0.5f * 1.5f)], parameters[0].Value.ToArray());
        Assert.Equal([1.0f], parameters[1].Value.ToArray());
    }

    [Fact]
    public void Group_OfFactorZero_StaysAsItIs()
    {
        using VectorModule model = Two([3.0f, 4.0f], [1, 2], [9.0f], [1]);
        model.Parameters[0].Gradient.CopyFrom([1.0f, 1.0f]);
        model.Parameters[1].Gradient.CopyFrom([1.0f]);
        using Rprop optimizer = new(model.Parameters, 0.5f)
        {
            MaxNorm = 1.0f,
            Groups = [new ParameterGroup(parameter => parameter.Value.Rank == 2) { LearningRateFactor = 0.0 }],
        };
        optimizer.Step();
        optimizer.Step();

        Assert.Equal([3.0f, 4.0f], model.Parameters[0].Value.ToArray());
        Assert.NotEqual([9.0f], model.Parameters[1].Value.ToArray());
    }

    [Fact]
    public void Groups_ScaleLearningRateAndDecay_AndTheRestIsAsWithout()
    {
        // Half of p·0.1 decays; the second parameter has a tenth of the rate and no decay.
        using VectorModule model = Two([1.0f, -2.0f, 3.0f, 0.0f], [2, 2], [4.0f], [1]);
        using Sgd optimizer = new(model.Parameters, 0.5f, weightDecay: 0.1f)
        {
            AbsoluteDecay = 0.25,
            Groups = [new ParameterGroup(parameter => parameter.Name == "value1") { LearningRateFactor = 0.1, DecayFactor = 0.0 }, ParameterGroup.VectorsWithoutDecay],
        };
        model.Parameters[1].Gradient.CopyFrom([1.0f]);
        optimizer.Step();
        ElementwiseAssert.Close(
            [1.0 - (0.5 * (0.1 + 0.25)), -2.0 + (0.5 * (0.2 + 0.25)), 3.0 - (0.5 * (0.3 + 0.25)), 0.0],
            model.Parameters[0].Value.ToArray(), Tolerances.Single(1, 1, 4.0), "matrix");
        ElementwiseAssert.Close([4.0 - (0.5 * 0.1)], model.Parameters[1].Value.ToArray(), Tolerances.Single(1, 1, 4.0), "vector");
    }

    [Fact]
    public void DecoupledDecay_OfAGroup_FollowsItsLearningRate()
    {
        using VectorModule model = Two([2.0f], [1, 1], [2.0f], [1]);
        using AdamW optimizer = new(model.Parameters, 0.5f, weightDecay: 0.1)
        {
            Groups = [new ParameterGroup(parameter => parameter.Value.Rank == 2) { LearningRateFactor = 0.5 }],
        };
        optimizer.Step();
        ElementwiseAssert.Close([2.0 * (1.0 - (0.25 * 0.1))], model.Parameters[0].Value.ToArray(), Tolerances.Single(1, 1, 2.0), "half the rate");
        ElementwiseAssert.Close([2.0 * (1.0 - (0.5 * 0.1))], model.Parameters[1].Value.ToArray(), Tolerances.Single(1, 1, 2.0), "the whole rate");
    }

    [Fact]
    public void MaxNorm_AfterAStep_BoundsRowsOfMatricesAlone()
    {
        using VectorModule model = Two([3.0f, 4.0f, 0.3f, 0.4f], [2, 2], [9.0f], [1]);
        using Sgd optimizer = new(model.Parameters, 0.1f) { MaxNorm = 1.0f };
        optimizer.Step();
        ElementwiseAssert.Close([0.6, 0.8, 0.3, 0.4], model.Parameters[0].Value.ToArray(), Tolerances.Single(2, 1, 1.0), "matrix");
        Assert.Equal([9.0f], model.Parameters[1].Value.ToArray());
    }

    [Fact]
    public void Nesterov_WithoutMomentum_IsRefused()
    {
        using VectorModule model = Two([1.0f], [1], [1.0f], [1]);
        Assert.Contains("Nesterov", Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd(model.Parameters, 0.1f, nesterov: true)).Message, StringComparison.Ordinal);
        Assert.Contains("etaPlus", Assert.Throws<ArgumentOutOfRangeException>(() => new Rprop(model.Parameters, etaPlus: 1.0)).Message, StringComparison.Ordinal);
        Assert.Contains("mostStep", Assert.Throws<ArgumentOutOfRangeException>(() => new Rprop(model.Parameters, mostStep: 1e-7)).Message, StringComparison.Ordinal);
        Assert.Contains("beta1", Assert.Throws<ArgumentOutOfRangeException>(() => new Nadam(model.Parameters, beta1: 0.0)).Message, StringComparison.Ordinal);
        Assert.Contains("MaxNorm", Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd(model.Parameters, 0.1f) { MaxNorm = 0.0f }).Message, StringComparison.Ordinal);
        Assert.Contains("AbsoluteDecay", Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd(model.Parameters, 0.1f) { AbsoluteDecay = -1.0 }).Message, StringComparison.Ordinal);
        Assert.Contains("DecayFactor", Assert.Throws<ArgumentOutOfRangeException>(() => new ParameterGroup(_ => true) { DecayFactor = double.NaN }).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Step_OfATensorThatTwoLayersShare_HappensOnce()
    {
        using VectorModule model = Two([1.0f], [1], [1.0f], [1]);
        Parameter shared = model.Parameters[0];
        using Sgd optimizer = new([shared, new Parameter("again", shared.Value, shared.Gradient)], 0.5f);
        shared.Gradient.CopyFrom([1.0f]);
        optimizer.Step();
        Assert.Single(optimizer.Parameters);
        Assert.Equal([0.5f], shared.Value.ToArray());
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
    public void ByNorm_FollowsPyTorchForEachParameter()
    {
        VectorCase vector = VectorFile.Load("clipping").Cases["norm_each"];
        using VectorModule model = new(_device, vector, "grad");
        SetGradients(model, vector);
        GradientClipping.ByNorm(model.Parameters, vector.Config.GetProperty("maxNorm").GetSingle());
        for (int k = 0; k < model.Parameters.Count; k++)
        {
            ElementwiseAssert.Close(vector.Doubles($"clipped{k}"), model.Parameters[k].Gradient.ToArray(), Tolerances.Single(11), $"gradient {k}");
        }
    }

    [Fact]
    public void Clipping_OfASharedTensor_CountsItOnce()
    {
        using VectorModule model = Two([1.0f], [1], [1.0f], [1]);
        Parameter shared = model.Parameters[0];
        Parameter[] twice = [shared, new Parameter("again", shared.Value, shared.Gradient)];
        shared.Gradient.CopyFrom([2.0f]);
        Assert.Equal(2.0f, GradientClipping.ByGlobalNorm(twice, 1.0f));
        Assert.Equal(1.0f, shared.Gradient.Item(), 1e-5f);
    }

    [Fact]
    public void Create_OfEveryName_MakesAnOptimizerThatSteps()
    {
        foreach (string name in Optimizers.Names)
        {
            using VectorModule model = Two([1.0f], [1, 1], [1.0f], [1]);
            using Optimizer optimizer = Optimizers.Create(name, model.Parameters, 0.25f);
            model.Parameters[0].Gradient.CopyFrom([1.0f]);
            optimizer.Step();
            Assert.True(model.Parameters[0].Value.Item() < 1.0f, name);
            Assert.Equal(0.25f, optimizer.LearningRate);
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

    private VectorModule Two(float[] first, int[] firstShape, float[] second, int[] secondShape)
    {
        return new VectorModule(_device, (first, firstShape), (second, secondShape));
    }

    private static Optimizer Make(JsonElement config, IReadOnlyList<Parameter> parameters)
    {
        double Option(string name, double otherwise) => config.TryGetProperty(name, out JsonElement value) ? value.GetDouble() : otherwise;
        float rate = (float)config.GetProperty("learningRate").GetDouble();
        (double beta1, double beta2, double epsilon) = (Option("beta1", 0.9), Option("beta2", 0.999), Option("epsilon", 1e-8));
        double decay = Option("weightDecay", 0.0);
        return config.GetProperty("optimizer").GetString() switch
        {
            "sgd" => new Sgd(parameters, rate, (float)Option("momentum", 0.0), (float)decay, config.TryGetProperty("nesterov", out _)),
            "adagrad" => new Adagrad(
                parameters, rate, Option("learningRateDecay", 0.0), decay, Option("initialSum", 0.0), Option("epsilon", 1e-10)),
            "adadelta" => new Adadelta(parameters, rate, Option("rho", 0.9), Option("epsilon", 1e-6), decay),
            "rmsprop" => new RmsProp(parameters, rate, Option("alpha", 0.99), epsilon, Option("momentum", 0.0), decay),
            "rprop" => new Rprop(
                parameters, rate, Option("etaMinus", 0.5), Option("etaPlus", 1.2), Option("leastStep", 1e-6), Option("mostStep", 50.0)),
            "adam" => new Adam(parameters, rate, beta1, beta2, epsilon, decay),
            "adamw" => new AdamW(parameters, rate, beta1, beta2, epsilon, decay),
            "nadam" => new Nadam(parameters, rate, beta1, beta2, epsilon, decay, Option("momentumDecay", 0.004)),
            "radam" => new RAdam(parameters, rate, beta1, beta2, epsilon, decay),
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
