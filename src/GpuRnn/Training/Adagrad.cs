using GpuRnn.Kernels.Lanes;
using GpuRnn.Kernels.Optimizers;
using GpuRnn.Layers;
using GpuRnn.Tensors;

namespace GpuRnn.Training;

/// <summary>Divides each gradient by the root of the sum of all its squares; the formula stands on <see cref="AdagradRule{T}"/>.</summary>
public sealed class Adagrad : Optimizer
{
    private readonly UpdateCalls<AdagradRule<F32>> _calls;
    private readonly double _learningRateDecay;
    private readonly double _epsilon;

    /// <summary>Starts with sums of <paramref name="initialSum"/>.</summary>
    /// <param name="parameters">What to update.</param>
    /// <param name="learningRate">The factor of a step.</param>
    /// <param name="learningRateDecay">Step t has the factor learningRate / (1 + (t − 1) · learningRateDecay).</param>
    /// <param name="weightDecay">The share of the weight that is added to its gradient (L2 regularisation).</param>
    /// <param name="initialSum">What the sums of squares start at.</param>
    /// <param name="epsilon">Added to the root of the sum.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public Adagrad(
        IReadOnlyList<Parameter> parameters,
        float learningRate = 0.01f,
        double learningRateDecay = 0.0,
        double weightDecay = 0.0,
        double initialSum = 0.0,
        double epsilon = 1e-10)
        : base(parameters, learningRate, weightDecay)
    {
        ArgumentCheck.NotNegative(learningRateDecay, nameof(Adagrad), nameof(learningRateDecay), "a small number such as 1e-4");
        ArgumentCheck.NotNegative(initialSum, nameof(Adagrad), nameof(initialSum), "a number such as 0.1");
        ArgumentCheck.Positive(epsilon, nameof(Adagrad), nameof(epsilon), "a small number such as 1e-10");
        (_learningRateDecay, _epsilon) = (learningRateDecay, epsilon);
        Tensor[] sums = AddMoments("sumOfSquares");
        foreach (Tensor sum in sums)
        {
            TensorKernels.Fill(Device, sum.View, (float)initialSum);
        }

        _calls = new UpdateCalls<AdagradRule<F32>>(Parameters, sums);
    }

    private protected override void Update(UpdateGroup group)
    {
        _calls.Launch(group, AdagradRule<F32>.Create(
            static value => new F32((float)value), group.LearningRate, _learningRateDecay, _epsilon, StepCount));
    }
}
