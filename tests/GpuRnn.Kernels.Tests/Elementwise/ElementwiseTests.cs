using GpuRnn.Devices;
using GpuRnn.Kernels.Cells.Activations;
using GpuRnn.Kernels.Elementwise;
using GpuRnn.Kernels.Lanes;
using GpuRnn.Testing;

namespace GpuRnn.Kernels.Tests.Elementwise;

public sealed class ElementwiseTests
{
    public static TheoryData<int> Sizes => Numbers.Sizes;

    [Theory]
    [MemberData(nameof(Sizes))]
    public void BinaryKernels_AnySize_AreCorrectlyRounded(int size)
    {
        using KernelRunner runner = new();
        float[] left = Numbers.Singles(1, size, 3.0);
        float[] right = Numbers.Singles(2, size, 3.0);
        float[] Run(Type kernel)
        {
            DeviceBuffer<float> result = runner.Unset(size);
            runner.Run(kernel, "Forward", size, runner.Upload(left), runner.Upload(right), result);
            return KernelRunner.Read(result);
        }

        ElementwiseAssert.SameBits(Expected(size, i => left[i] + right[i]), Run(typeof(Add)), "Add");
        ElementwiseAssert.SameBits(Expected(size, i => left[i] * right[i]), Run(typeof(Multiply)), "Multiply");
        ElementwiseAssert.SameBits(Expected(size, i => left[i] / right[i]), Run(typeof(Divide)), "Divide");
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void MultiplyBackward_AnySize_CrossesTheOperands(int size)
    {
        using KernelRunner runner = new();
        float[] left = Numbers.Singles(1, size);
        float[] right = Numbers.Singles(2, size);
        float[] gradient = Numbers.Singles(3, size);
        DeviceBuffer<float> leftGradient = runner.Unset(size);
        DeviceBuffer<float> rightGradient = runner.Unset(size);
        runner.Run(
            typeof(Multiply), "Backward", size, runner.Upload(left), runner.Upload(right), runner.Upload(gradient), leftGradient, rightGradient);
        ElementwiseAssert.SameBits(Expected(size, i => gradient[i] * right[i]), KernelRunner.Read(leftGradient), "left");
        ElementwiseAssert.SameBits(Expected(size, i => gradient[i] * left[i]), KernelRunner.Read(rightGradient), "right");
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void ScaleFillAndAddScaled_AnySize_AreCorrectlyRounded(int size)
    {
        using KernelRunner runner = new();
        float[] source = Numbers.Singles(1, size);
        float[] target = Numbers.Singles(2, size);
        DeviceBuffer<float> scaled = runner.Unset(size);
        DeviceBuffer<float> scaledByView = runner.Unset(size);
        DeviceBuffer<float> filled = runner.Unset(size);
        DeviceBuffer<float> added = runner.Upload(target);
        runner.Run(typeof(Scale), "Forward", size, runner.Upload(source), scaled, 0.3f);
        runner.Run(typeof(Scale), "ByView", size, runner.Upload(source), runner.Upload(-0.7f), scaledByView);
        runner.Run(typeof(Fill), "Forward", size, filled, 2.5f);
        runner.Run(typeof(AddScaled), "Forward", size, runner.Upload(source), added, 0.3f);

        ElementwiseAssert.SameBits(Expected(size, i => 0.3f * source[i]), KernelRunner.Read(scaled), "Scale");
        ElementwiseAssert.SameBits(Expected(size, i => -0.7f * source[i]), KernelRunner.Read(scaledByView), "Scale.ByView");
        ElementwiseAssert.SameBits(Expected(size, _ => 2.5f), KernelRunner.Read(filled), "Fill");
        ElementwiseAssert.SameBits(
            Expected(size, i => MathF.FusedMultiplyAdd(0.3f, source[i], target[i])), KernelRunner.Read(added), "AddScaled");
    }

    [Fact]
    public void Clamp_ValuesAroundTheBound_AreBoundedAndNaNStays()
    {
        using KernelRunner runner = new();
        DeviceBuffer<float> values = runner.Upload(-2f, -0.25f, -0.1f, 0f, 0.25f, 7f, float.NaN, float.PositiveInfinity);
        runner.Run(typeof(Clamp), "Forward", 8, values, 0.25f);
        Assert.Equal([-0.25f, -0.25f, -0.1f, 0f, 0.25f, 0.25f, float.NaN, 0.25f], KernelRunner.Read(values));
    }

    [Theory]
    [InlineData("value_clips")]
    public void Clamp_StoredVector_GivesPyTorchsResult(string name)
    {
        using KernelRunner runner = new();
        VectorCase vector = VectorFile.Load("clipping").Cases[name];
        float bound = (float)vector.Config.GetProperty("clipValue").GetDouble();
        for (int k = 0; k < 3; k++)
        {
            DeviceBuffer<float> values = runner.Upload(vector.Singles($"grad{k}"));
            runner.Run(typeof(Clamp), "Forward", (int)values.Length, values, bound);
            ElementwiseAssert.SameBits(vector.Singles($"clipped{k}"), KernelRunner.Read(values), name);
        }
    }

    [Theory]
    [InlineData(0, 5)]
    [InlineData(5, 0)]
    [InlineData(1, 1)]
    [InlineData(7, 13)]
    [InlineData(301, 67)]
    public void RowKernels_PaddedRows_MoveEveryElementOnce(int rows, int width)
    {
        using KernelRunner runner = new();
        int sourceStride = width + 2;
        int targetStride = width + 5;
        float[] source = Numbers.Singles(1, rows * sourceStride);
        float[] target = Numbers.Singles(2, rows * targetStride);
        float[] bias = Numbers.Singles(3, width);
        DeviceBuffer<float> copied = runner.Upload(target);
        DeviceBuffer<float> accumulated = runner.Upload(target);
        DeviceBuffer<float> biased = runner.Upload(target);
        runner.Run(typeof(CopyRows), "Forward", rows * width, runner.Upload(source), copied, width, sourceStride, targetStride);
        runner.Run(typeof(CopyRows), "Accumulate", rows * width, runner.Upload(source), accumulated, width, sourceStride, targetStride);
        runner.Run(typeof(AddBias), "Forward", rows * width, biased, runner.Upload(bias), width, targetStride);

        float[] ExpectedRows(Func<int, int, float, float> formula) => Expected(target.Length, i =>
            i % targetStride < width ? formula(i / targetStride, i % targetStride, target[i]) : target[i]);
        ElementwiseAssert.SameBits(ExpectedRows((r, c, _) => source[(r * sourceStride) + c]), KernelRunner.Read(copied), "Copy");
        ElementwiseAssert.SameBits(ExpectedRows((r, c, t) => t + source[(r * sourceStride) + c]), KernelRunner.Read(accumulated), "Accumulate");
        ElementwiseAssert.SameBits(ExpectedRows((_, c, t) => t + bias[c]), KernelRunner.Read(biased), "AddBias");
    }

    [Fact]
    public void GatherAndScatter_NumberedRows_PutThemThereAndBack()
    {
        using KernelRunner runner = new();
        DeviceBuffer<int> numbers = runner.Upload(2, 0, -1, 3);
        DeviceBuffer<float> source = runner.Upload(1f, 2f, 3f, 4f, 5f, 6f, 7f, 8f);
        DeviceBuffer<float> gathered = runner.Unset(8);
        runner.Run(typeof(GatherRows), "Forward", 8, source, numbers, gathered, 2, 2, 2);
        Assert.Equal([5f, 6f, 1f, 2f, 0f, 0f, 7f, 8f], KernelRunner.Read(gathered));

        DeviceBuffer<float> scattered = runner.Upload(-1f, -1f, -1f, -1f, -1f, -1f, -1f, -1f);
        runner.Run(typeof(ScatterRows), "Forward", 8, gathered, numbers, scattered, 2, 2, 2);
        Assert.Equal([1f, 2f, -1f, -1f, 5f, 6f, 7f, 8f], KernelRunner.Read(scattered));
    }

    [Fact]
    public void ScatterAccumulate_RepeatedRows_SumsThem()
    {
        using KernelRunner runner = new();
        DeviceBuffer<float> target = runner.Upload(10f, 20f, 30f, 40f);
        runner.Run(
            typeof(ScatterRows),
            "Accumulate",
            4,
            runner.Upload(1f, 2f, 3f, 4f, 5f, 6f, 7f, 8f),
            runner.Upload(0, 1, 3),
            runner.Upload(0, 2, 3),
            runner.Upload(1, 0),
            target,
            2,
            2,
            2);
        Assert.Equal([17f, 28f, 34f, 46f], KernelRunner.Read(target));
    }

    [Fact]
    public void Activations_AnySize_MatchTheDoubleReference()
    {
        CheckActivation<TanhActivation>();
        CheckActivation<SigmoidActivation>();
        CheckActivation<ReluActivation>();
        CheckActivation<LeakyReluActivation>();
        CheckActivation<IdentityActivation>();
    }

    private static void CheckActivation<TActivation>()
        where TActivation : struct, IActivation
    {
        using KernelRunner runner = new();
        foreach (int size in new[] { 0, 1, 7, 1025, 100_003 })
        {
            float[] source = Numbers.Singles(1, size, 8.0);
            float[] upstream = Numbers.Singles(2, size);
            DeviceBuffer<float> result = runner.Unset(size);
            DeviceBuffer<float> gradient = runner.Unset(size);
            runner.RunGeneric(typeof(Activate), "Forward", typeof(TActivation), size, runner.Upload(source), result);
            runner.RunGeneric(typeof(Activate), "Backward", typeof(TActivation), size, result, runner.Upload(upstream), gradient);

            double[] expected = Numbers.Map(size, i => TActivation.Forward(new F64(source[i])).Value);
            double[] expectedGradient = Numbers.Map(
                size, i => TActivation.Backward(TActivation.Forward(new F64(source[i])), new F64(upstream[i])).Value);
            ElementwiseAssert.Close(expected, KernelRunner.Read(result), Tolerances.Single(0, 1, 8.0), typeof(TActivation).Name);
            ElementwiseAssert.Close(expectedGradient, KernelRunner.Read(gradient), Tolerances.Single(0, 2), typeof(TActivation).Name);
        }
    }

    private static float[] Expected(int count, Func<int, float> formula)
    {
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = formula(i);
        }

        return values;
    }
}
