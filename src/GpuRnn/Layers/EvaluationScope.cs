using GpuRnn.Tensors;

namespace GpuRnn.Layers;

/// <summary>Runs a model in evaluation mode beside its training: mode and carried states are put back at the end, also behind an error.</summary>
internal sealed class EvaluationScope : IDisposable
{
    private readonly Module _model;
    private readonly bool _wasTraining;
    private readonly CarriedState[] _carried;
    private readonly RecurrentState?[] _before;

    /// <summary>Begins with states of zero.</summary>
    public EvaluationScope(Module model)
    {
        (_model, _wasTraining) = (model, model.IsTraining);
        _carried = [.. model.Carried];
        _before = [.. _carried.Select(state => state.Capture(reuse: null))];
        model.Evaluate();
        model.ResetState();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        for (int i = 0; i < _carried.Length; i++)
        {
            _carried[i].Restore(_before[i]);
            _before[i]?.Dispose();
        }

        if (_wasTraining)
        {
            _model.Train();
        }
    }
}
