using GpuRnn.Devices;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;

namespace GpuRnn.Layers;

/// <summary>What a stateful layer hands from one pass to the next.</summary>
/// <remarks>
/// Within one pass of a tape a layer goes on from the very tensors that its last run gave, so that gradients flow back through them. The next pass
/// begins from copies: gradients end there. There are two copies in turn, as a pass may read the one that it began from until its backward pass.
/// </remarks>
internal sealed class CarriedState : IDisposable
{
    private readonly RecurrentState?[] _copies = new RecurrentState?[2];
    private RecurrentState? _start;
    private int? _latest;
    private int? _beganFrom;
    private Tape? _tape;
    private long _pass;
    private bool[]? _forgotten;

    /// <summary>The states that the last run ended with; they belong to its tape.</summary>
    public RecurrentState? Live { get; private set; }

    /// <summary>Where a run starts: null for zeros.</summary>
    public RecurrentState? Begin(Tape tape)
    {
        Enter(tape);
        RecurrentState? state = Live ?? _start ?? (_latest is int latest ? _copies[latest] : null);
        bool[]? forgotten = _forgotten;
        _forgotten = null;
        return state is null || forgotten is null ? state : Forget(tape, state, forgotten);
    }

    /// <summary>Leaves alone what is carried, for a run that starts elsewhere; what that one ends with is carried on within the pass.</summary>
    public void Skip(Tape tape)
    {
        Enter(tape);
        _forgotten = null;
    }

    /// <summary>Keeps what a run ended with.</summary>
    public void End(RecurrentState final)
    {
        Live = final;
        _start = null;
        int target = _beganFrom is int began ? 1 - began : 0;
        _copies[target] = final.Detach(_copies[target]);
        _latest = target;
    }

    /// <summary>Starts the next run at zeros.</summary>
    public void Reset()
    {
        (Live, _start, _latest, _forgotten) = (null, null, null, null);
    }

    /// <summary>Starts the next run at zeros in some rows.</summary>
    public void Reset(ReadOnlySpan<bool> rows)
    {
        if (!rows.Contains(true))
        {
            return;
        }

        if (_forgotten?.Length != rows.Length)
        {
            _forgotten = new bool[rows.Length];
        }

        for (int row = 0; row < rows.Length; row++)
        {
            _forgotten[row] |= rows[row];
        }

        if (!_forgotten.Contains(false))
        {
            Reset();
        }
    }

    /// <summary>Starts the next run at these tensors, which stay the caller's.</summary>
    public void Start(RecurrentState? state)
    {
        Reset();
        _start = state;
    }

    /// <summary>A copy of where the next pass would start; null for zeros.</summary>
    /// <param name="reuse">Receives the copy where the shapes are the same.</param>
    public RecurrentState? Capture(RecurrentState? reuse)
    {
        return _latest is int latest ? _copies[latest]!.Detach(reuse) : null;
    }

    /// <summary>Starts the next pass at a copy of these; at zeros when null.</summary>
    public void Restore(RecurrentState? state)
    {
        Reset();
        if (state is not null)
        {
            _copies[0] = state.Detach(_copies[0]);
            _latest = 0;
        }
    }

    /// <summary>Writes where the next pass would start.</summary>
    public void SaveState(SavedState state)
    {
        SaveState(state, _latest is int latest ? _copies[latest] : null);
    }

    /// <summary>Reads where the next pass is to start.</summary>
    public void TakeState(SavedState state, Device device)
    {
        using RecurrentState? saved = LoadState(state, device);
        Restore(saved);
    }

    /// <summary>Reads states; null for zeros.</summary>
    public static RecurrentState? LoadState(SavedState saved, Device device)
    {
        List<Tensor> tensors = [];
        while (saved.Contains($"{tensors.Count}"))
        {
            SavedArray array = saved.GetArray($"{tensors.Count}");
            tensors.Add(Tensor.FromArray(device, array.Values, array.Shape));
        }

        return tensors.Count > 0 ? new RecurrentState([.. tensors]) : null;
    }

    /// <summary>Writes states; nothing for zeros.</summary>
    public static void SaveState(SavedState saved, RecurrentState? state)
    {
        for (int i = 0; state is not null && i < state.Tensors.Count; i++)
        {
            saved.SetArray($"{i}", state.Tensors[i].ToArray(), state.Tensors[i].Shape);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Reset();
        _copies[0]?.Dispose();
        _copies[1]?.Dispose();
    }

    private void Enter(Tape tape)
    {
        if (!ReferenceEquals(_tape, tape) || _pass != tape.Pass)
        {
            (_tape, _pass, Live) = (tape, tape.Pass, null);
            _beganFrom = _latest;
        }
    }

    private static RecurrentState Forget(Tape tape, RecurrentState state, bool[] rows)
    {
        if (rows.Length != state.Hidden.Shape[1])
        {
            throw new ShapeException(
                $"Module.ResetState: {rows.Length} rows arrived, but the states that are carried have B={state.Hidden.Shape[1]}. "
                + "Pass one flag for each row of the batch.");
        }

        return new RecurrentState([.. state.Tensors.Select(tensor =>
        {
            int[] shape = [.. tensor.Shape];
            int[] numbers = new int[shape[0] * shape[1]];
            for (int i = 0; i < numbers.Length; i++)
            {
                numbers[i] = rows[i % shape[1]] ? -1 : i;
            }

            Tensor kept = PickRows.Forward(tape, Reshape.Forward(tape, tensor, shape[0] * shape[1], shape[2]), numbers);
            return Reshape.Forward(tape, kept, shape);
        })]);
    }
}
