using GpuRnn.Devices;
using GpuRnn.Tensors;

namespace GpuRnn.Layers;

/// <summary>Steps of layers that feed one another.</summary>
internal sealed class BoundChain : BoundStep
{
    private readonly BoundStep[] _steps;

    private BoundChain(BoundStep[] steps)
    {
        _steps = steps;
    }

    /// <inheritdoc/>
    public override Tensor Output => _steps[^1].Output;

    /// <summary>Binds one layer after another; null where one of them cannot be bound.</summary>
    public static BoundChain? Bind(IReadOnlyList<Layer> layers, Tensor input)
    {
        List<BoundStep> steps = [];
        foreach (Layer layer in layers)
        {
            BoundStep? step = layer.BindStep(steps.Count == 0 ? input : steps[^1].Output);
            if (step is null)
            {
                steps.ForEach(bound => bound.Dispose());
                return null;
            }

            steps.Add(step);
        }

        return new BoundChain([.. steps]);
    }

    /// <inheritdoc/>
    public override void Run(DeviceStream stream)
    {
        foreach (BoundStep step in _steps)
        {
            step.Run(stream);
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        foreach (BoundStep step in _steps)
        {
            step.Dispose();
        }
    }
}
