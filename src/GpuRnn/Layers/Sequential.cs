using GpuRnn.Devices;
using GpuRnn.Tensors;

namespace GpuRnn.Layers;

/// <summary>Modules that feed one another in order; parameter names begin with the module's number, as in PyTorch.</summary>
public sealed class Sequential : Layer
{
    private readonly Layer[] _modules;
    private readonly Parameter[] _parameters;

    /// <summary>Takes the modules over: they are disposed with it.</summary>
    /// <exception cref="ArgumentException">There is none, or two are on different devices.</exception>
    public Sequential(params Layer[] modules)
        : base(FirstDevice(modules))
    {
        _modules = [.. modules];
        List<Parameter> parameters = [];
        for (int i = 0; i < _modules.Length; i++)
        {
            if (_modules[i].Device != Device)
            {
                throw new ArgumentException(
                    $"Sequential: module {i} is on {_modules[i].Device}, but module 0 is on {Device}. Build all of them on one device.",
                    nameof(modules));
            }

            foreach (Parameter parameter in _modules[i].Parameters)
            {
                parameters.Add(parameter.WithPrefix($"{i}."));
            }
        }

        _parameters = [.. parameters];
    }

    /// <summary>The modules in order.</summary>
    public IReadOnlyList<Layer> Modules => _modules;

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => _parameters;

    /// <inheritdoc/>
    protected override IReadOnlyList<Module> Children => _modules;

    /// <inheritdoc/>
    public override bool KeepsTime => _modules.All(module => module.KeepsTime);

    /// <inheritdoc/>
    public override bool CanBeCutInTime => CutLayers().All(layer => layer.CanBeCutInTime);

    /// <summary>Runs the modules one after another.</summary>
    public override Tensor Forward(Tape tape, Tensor input)
    {
        return Forward(tape, input, mask: null);
    }

    /// <summary>Runs the modules one after another; the mask goes on with what each makes of it.</summary>
    public override Tensor Forward(Tape tape, Tensor input, SequenceMask? mask)
    {
        Tensor value = input;
        foreach (Layer module in _modules)
        {
            value = module.Forward(tape, value, mask);
            mask = module.MaskAfter(mask);
        }

        return value;
    }

    /// <inheritdoc/>
    internal override void Advance(Tape tape, Tensor input, SequenceMask? mask)
    {
        Tensor value = input;
        foreach (Layer module in _modules)
        {
            if (!module.KeepsTime)
            {
                module.Advance(tape, value, mask);
                return;
            }

            value = module.Forward(tape, value, mask);
            mask = module.MaskAfter(mask);
        }
    }

    /// <inheritdoc/>
    internal override BoundStep? BindStep(Tensor input)
    {
        return BoundChain.Bind(_modules, input);
    }

    /// <inheritdoc/>
    public override SequenceMask? MaskAfter(SequenceMask? mask)
    {
        foreach (Layer module in _modules)
        {
            mask = module.MaskAfter(mask);
        }

        return mask;
    }

    // Behind a layer without a time axis there is nothing to cut.
    private IEnumerable<Layer> CutLayers()
    {
        foreach (Layer layer in _modules)
        {
            yield return layer;
            if (!layer.KeepsTime)
            {
                yield break;
            }
        }
    }

    private static Device FirstDevice(Layer[] modules)
    {
        ArgumentNullException.ThrowIfNull(modules);
        return modules.Length > 0
            ? modules[0].Device
            : throw new ArgumentException(
                "Sequential: no module arrived, but at least one is needed. Pass the layers in order.", nameof(modules));
    }
}
