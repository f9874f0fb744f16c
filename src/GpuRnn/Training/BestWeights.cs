using GpuRnn.Layers;
using GpuRnn.Tensors;

namespace GpuRnn.Training;

/// <summary>A copy in host memory of the weights of the best epoch; its memory is allocated once.</summary>
internal sealed class BestWeights(IReadOnlyList<Parameter> parameters)
{
    private readonly IReadOnlyList<Parameter> _parameters = parameters;
    private float[][] _values = [];

    public bool IsKept { get; private set; }

    public void Keep()
    {
        Allocate();
        for (int i = 0; i < _values.Length; i++)
        {
            _parameters[i].Value.CopyTo(_values[i]);
        }

        IsKept = true;
    }

    public void Restore()
    {
        for (int i = 0; i < _values.Length; i++)
        {
            _parameters[i].Value.CopyFrom(_values[i]);
        }
    }

    public void SaveState(SavedState state)
    {
        state.SetInteger("kept", IsKept ? 1 : 0);
        for (int i = 0; IsKept && i < _values.Length; i++)
        {
            state.SetArray(_parameters[i].Name, _values[i], _parameters[i].Value.Shape);
        }
    }

    public void LoadState(SavedState state)
    {
        IsKept = state.GetInteger("kept") != 0;
        if (!IsKept)
        {
            return;
        }

        Allocate();
        for (int i = 0; i < _values.Length; i++)
        {
            SavedArray saved = state.GetArray(_parameters[i].Name);
            _parameters[i].RequireShape(saved.Shape, "Trainer.Fit");
            saved.Values.CopyTo(_values[i].AsSpan());
        }
    }

    private void Allocate()
    {
        if (_values.Length == 0)
        {
            _values = [.. _parameters.Select(parameter => new float[parameter.Value.Length])];
        }
    }
}
