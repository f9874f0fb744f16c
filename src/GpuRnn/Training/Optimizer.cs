using System.Reflection;
using GpuRnn.Devices;
using GpuRnn.Kernels.Lanes;
using GpuRnn.Kernels.Optimizers;
using GpuRnn.Layers;
using GpuRnn.Tensors;

namespace GpuRnn.Training;

/// <summary>Changes parameters along their gradients.</summary>
/// <remarks>
/// All that is kept between steps is allocated when it is made; a step allocates nothing and takes one launch for each parameter. A tensor that
/// several layers share is updated once.
/// </remarks>
public abstract class Optimizer : IDisposable
{
    private static readonly MethodInfo s_maxNorm = TensorKernels.Method(typeof(MaxNorm), nameof(Kernels.Optimizers.MaxNorm.Rows));

    private readonly Parameter[] _parameters;
    private readonly Parameter[] _constants;
    private readonly List<(string Name, Tensor[] Tensors)> _moments = [];
    private readonly double _weightDecay;
    private readonly bool _isDecoupled;
    private readonly double _absoluteDecay;
    private readonly float? _maxNorm;
    private UpdateGroup[]? _groups;
    private float _learningRate;

    /// <summary>Starts at step 0.</summary>
    /// <exception cref="ArgumentException">There is no learned parameter.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The learning rate or the decay is negative or not finite.</exception>
    private protected Optimizer(IReadOnlyList<Parameter> parameters, float learningRate, double weightDecay, bool isDecoupled = false)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentCheck.NotNegative(weightDecay, GetType().Name, nameof(weightDecay), "a share such as 1e-4");
        IReadOnlyList<Parameter> distinct = Parameter.Distinct(parameters);
        _parameters = [.. distinct.Where(parameter => parameter.IsLearned)];
        _constants = [.. distinct.Where(parameter => !parameter.IsLearned)];
        if (_parameters.Length == 0)
        {
            throw new ArgumentException(
                $"{GetType().Name}: no learned parameter arrived, but at least one is needed. Pass model.Parameters.", nameof(parameters));
        }

        (_weightDecay, _isDecoupled) = (weightDecay, isDecoupled);
        Device = parameters[0].Value.Device;
        LearningRate = learningRate;
    }

    /// <summary>What it updates, in order: those of the parameters it was given that are learned, each tensor once.</summary>
    public IReadOnlyList<Parameter> Parameters => _parameters;

    /// <summary>The factor of the coming steps; a schedule sets it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The assigned rate is negative or not finite.</exception>
    public float LearningRate
    {
        get => _learningRate;
        set
        {
            ArgumentCheck.NotNegative(value, GetType().Name, nameof(LearningRate), "a rate such as 0.001");
            _learningRate = value;
        }
    }

    /// <summary>What is added to each gradient with the sign of its parameter (L1 regularisation); 0 for none.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative or not finite.</exception>
    public double AbsoluteDecay
    {
        get => _absoluteDecay;
        init
        {
            ArgumentCheck.NotNegative(value, GetType().Name, nameof(AbsoluteDecay), "a small number such as 1e-5");
            _absoluteDecay = value;
        }
    }

    /// <summary>
    /// The largest Euclidean norm of a row of a matrix, the weights into one unit (the first axis counts rows); longer ones are scaled down after
    /// each step. Null for no bound. Biases have none.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not finite and above zero.</exception>
    public float? MaxNorm
    {
        get => _maxNorm;
        init
        {
            ArgumentCheck.Positive(value ?? 1.0f, GetType().Name, nameof(MaxNorm), "a norm such as 3");
            _maxNorm = value;
        }
    }

    /// <summary>Parameters that are treated otherwise; one that is in several belongs to the first.</summary>
    public IReadOnlyList<ParameterGroup> Groups { get; init; } = [];

    /// <summary>Updates done.</summary>
    public long StepCount { get; private set; }

    private protected Device Device { get; }

    /// <summary>Updates every parameter once from its gradient; gradients stay as they are.</summary>
    public void Step()
    {
        StepCount++;
        _groups ??= FindGroups();
        BeginStep();
        foreach (UpdateGroup group in _groups.Where(group => group.Settings.LearningRateFactor > 0.0))
        {
            group.LearningRate = LearningRate * group.Settings.LearningRateFactor;
            group.Penalty = Penalty<F32>.Create(
                static value => new F32((float)value),
                group.LearningRate,
                _weightDecay * group.Settings.DecayFactor,
                _isDecoupled,
                _absoluteDecay * group.Settings.DecayFactor);
            Update(group);
        }

        if (_maxNorm is float bound)
        {
            BoundNorms(bound);
        }
    }

    /// <summary>Sets all gradients to 0, also those of constants; call before each backward pass unless gradients are to add up.</summary>
    public void ZeroGradients()
    {
        foreach (Parameter parameter in _parameters)
        {
            parameter.Gradient.Clear();
        }

        foreach (Parameter constant in _constants)
        {
            constant.Gradient.Clear();
        }
    }

    /// <summary>Writes the step count, the learning rate and what is kept between steps.</summary>
    public virtual void SaveState(SavedState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.SetText("kind", GetType().Name);
        state.SetInteger("steps", StepCount);
        state.SetNumber("learningRate", LearningRate);
        foreach ((string name, Tensor[] tensors) in _moments)
        {
            SavedState section = state.Section(name);
            for (int i = 0; i < tensors.Length; i++)
            {
                section.SetArray(MomentName(i), tensors[i].ToArray(), tensors[i].Shape);
            }
        }
    }

    /// <summary>Continues from a saved state.</summary>
    /// <exception cref="FormatException">It was written by another kind of optimizer, or for other parameters.</exception>
    /// <exception cref="ShapeException">A moment has another shape than its parameter.</exception>
    public virtual void LoadState(SavedState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        string kind = state.GetText("kind");
        if (kind != GetType().Name)
        {
            throw new FormatException(
                $"Checkpoint: the optimizer was {kind}, but this run uses {GetType().Name}. Resume with the optimizer of the first run.");
        }

        StepCount = state.GetInteger("steps");
        LearningRate = (float)state.GetNumber("learningRate");
        foreach ((string name, Tensor[] tensors) in _moments)
        {
            SavedState section = state.Section(name);
            for (int i = 0; i < tensors.Length; i++)
            {
                SavedArray saved = section.GetArray(MomentName(i));
                _parameters[i].RequireShape(saved.Shape, "Optimizer.LoadState");
                tensors[i].CopyFrom(saved.Values);
            }
        }
    }

    /// <summary>Frees what is kept between steps; parameters belong to their modules.</summary>
    public void Dispose()
    {
        foreach ((string _, Tensor[] tensors) in _moments)
        {
            foreach (Tensor tensor in tensors)
            {
                tensor.Dispose();
            }
        }
    }

    /// <summary>What a step does once, before the groups; the step count is already that of this step.</summary>
    private protected virtual void BeginStep()
    {
    }

    /// <summary>One launch for each parameter of the group.</summary>
    private protected abstract void Update(UpdateGroup group);

    /// <summary>Allocates zeros beside every parameter, saved under a name.</summary>
    private protected Tensor[] AddMoments(string name)
    {
        Tensor[] tensors = [.. _parameters.Select(parameter => Tensor.Zeros(Device, [.. parameter.Value.Shape]))];
        _moments.Add((name, tensors));
        return tensors;
    }

    // With the place, as parts of a model may call their parameters alike.
    private string MomentName(int i)
    {
        return $"{i}.{_parameters[i].Name}";
    }

    private UpdateGroup[] FindGroups()
    {
        ParameterGroup rest = new(_ => true);
        return [.. Enumerable.Range(0, _parameters.Length)
            .GroupBy(i => Groups.FirstOrDefault(group => group.Contains(_parameters[i])) ?? rest)
            .Select(members => new UpdateGroup(members.Key, [.. members]))];
    }

    private void BoundNorms(float bound)
    {
        foreach (int i in _groups!.Where(group => group.Settings.LearningRateFactor > 0.0).SelectMany(group => group.Members))
        {
            Tensor value = _parameters[i].Value;
            if (value.Rank >= 2 && value.Length > 0)
            {
                int rows = value.Shape[0];
                value.MarkWritten();
                TensorKernels.Launch(Device, s_maxNorm, rows, value.Memory, value.Length / rows, bound);
            }
        }
    }
}
