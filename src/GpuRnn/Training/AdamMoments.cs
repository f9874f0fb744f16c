using GpuRnn.Kernels.Lanes;
using GpuRnn.Kernels.Optimizers;
using GpuRnn.Tensors;

namespace GpuRnn.Training;

/// <summary>What Adam and its relatives share: checked settings, and launches over two moments.</summary>
internal sealed class AdamMoments
{
    private readonly UpdateCalls<AdamRule<F32>> _calls;

    public AdamMoments(Optimizer owner, Tensor[] firstMoments, Tensor[] secondMoments, double beta1, double beta2, double epsilon)
    {
        string where = owner.GetType().Name;
        ArgumentCheck.Share(beta1, where, nameof(beta1), "a share such as 0.9");
        ArgumentCheck.Share(beta2, where, nameof(beta2), "a share such as 0.999");
        ArgumentCheck.Positive(epsilon, where, nameof(epsilon), "a small number such as 1e-8");
        Settings = new AdamSettings(beta1, beta2, epsilon);
        _calls = new UpdateCalls<AdamRule<F32>>(owner.Parameters, firstMoments, secondMoments);
    }

    public AdamSettings Settings { get; }

    public static F32 Round(double value)
    {
        return new F32((float)value);
    }

    public void Launch(UpdateGroup group, in AdamRule<F32> rule)
    {
        _calls.Launch(group, rule);
    }
}
