using GpuRnn.Layers;
using GpuRnn.Tensors;

namespace GpuRnn.Training;

/// <summary>Parameters that an optimizer treats otherwise than the rest: another learning rate, another decay.</summary>
public sealed class ParameterGroup
{
    private readonly double _learningRateFactor = 1.0;
    private readonly double _decayFactor = 1.0;

    /// <summary>Names the members.</summary>
    /// <param name="contains">True for a parameter of the group; asked once, before the first step.</param>
    public ParameterGroup(Func<Parameter, bool> contains)
    {
        ArgumentNullException.ThrowIfNull(contains);
        Contains = contains;
    }

    /// <summary>Biases and the factors of normalisations (all parameters of one axis), which do not decay.</summary>
    public static ParameterGroup VectorsWithoutDecay { get; } = new(parameter => parameter.Value.Rank < 2) { DecayFactor = 0.0 };

    /// <summary>Tells the members.</summary>
    public Func<Parameter, bool> Contains { get; }

    /// <summary>By how much the optimizer's learning rate is multiplied; 0 keeps the parameters as they are.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative or not finite.</exception>
    public double LearningRateFactor
    {
        get => _learningRateFactor;
        init
        {
            ArgumentCheck.NotNegative(value, nameof(ParameterGroup), nameof(LearningRateFactor), "a factor such as 0.1");
            _learningRateFactor = value;
        }
    }

    /// <summary>By how much the optimizer's weight decay and L1 are multiplied; 0 for neither.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative or not finite.</exception>
    public double DecayFactor
    {
        get => _decayFactor;
        init
        {
            ArgumentCheck.NotNegative(value, nameof(ParameterGroup), nameof(DecayFactor), "a factor such as 0");
            _decayFactor = value;
        }
    }
}
