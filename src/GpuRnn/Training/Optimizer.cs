using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Tensors;

namespace GpuRnn.Training;

/// <summary>Changes parameters along their gradients.</summary>
/// <remarks>All moments are allocated when it is made; a step allocates nothing and takes one launch for each parameter.</remarks>
public abstract class Optimizer : IDisposable
{
    private readonly Parameter[] _parameters;
    private readonly Parameter[] _constants;
    private readonly List<(string Name, Tensor[] Tensors)> _moments = [];
    private float _learningRate;

    /// <summary>Starts at step 0.</summary>
    /// <exception cref="ArgumentException">There is no learned parameter.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The learning rate is negative or not finite.</exception>
    private protected Optimizer(IReadOnlyList<Parameter> parameters, float learningRate)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        _parameters = [.. parameters.Where(parameter => parameter.IsLearned)];
        _constants = [.. parameters.Where(parameter => !parameter.IsLearned)];
        if (_parameters.Length == 0)
        {
            throw new ArgumentException(
                $"{GetType().Name}: no learned parameter arrived, but at least one is needed. Pass model.Parameters.", nameof(parameters));
        }

        Device = parameters[0].Value.Device;
        LearningRate = learningRate;
    }

    /// <summary>What it updates, in order: those of the parameters it was given that are learned.</summary>
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

    /// <summary>Updates done.</summary>
    public long StepCount { get; private set; }

    private protected Device Device { get; }

    /// <summary>Updates every parameter once from its gradient; gradients stay as they are.</summary>
    public void Step()
    {
        StepCount++;
        Update();
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

    /// <summary>Writes the step count, the learning rate and the moments.</summary>
    public void SaveState(SavedState state)
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
                section.SetArray(_parameters[i].Name, tensors[i].ToArray(), tensors[i].Shape);
            }
        }
    }

    /// <summary>Continues from a saved state.</summary>
    /// <exception cref="FormatException">It was written by another kind of optimizer, or for other parameters.</exception>
    /// <exception cref="ShapeException">A moment has another shape than its parameter.</exception>
    public void LoadState(SavedState state)
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
                SavedArray saved = section.GetArray(_parameters[i].Name);
                _parameters[i].RequireShape(saved.Shape, "Optimizer.LoadState");
                tensors[i].CopyFrom(saved.Values);
            }
        }
    }

    /// <summary>Frees the moments; parameters belong to their modules.</summary>
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

    /// <summary>One launch for each parameter; the step count is already that of this step.</summary>
    private protected abstract void Update();

    /// <summary>Makes one launch for each parameter.</summary>
    private protected KernelCall[] PrepareCalls(Func<Parameter, int, KernelCall> make)
    {
        return [.. _parameters.Select(make)];
    }

    /// <summary>Allocates zeros beside every parameter, saved under a name.</summary>
    private protected Tensor[] AddMoments(string name)
    {
        Tensor[] tensors = [.. _parameters.Select(parameter => Tensor.Zeros(Device, [.. parameter.Value.Shape]))];
        _moments.Add((name, tensors));
        return tensors;
    }
}
