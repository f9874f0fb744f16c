using GpuRnn.Devices;
using GpuRnn.KernelModel;
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

    /// <summary>Chooses where a single step without a tape starts and ends: at one copy, and at the other one.</summary>
    /// <param name="device">Where the states lie.</param>
    /// <param name="shapes">[L·D, B, width] of each state.</param>
    /// <param name="initial">For each state, receives where it starts; an empty view for zeros.</param>
    /// <param name="final">For each state, receives where it is to end.</param>
    /// <remarks>Makes no object once both copies are there. <see cref="EndStep"/> follows.</remarks>
    public void BeginStep(Device device, int[][] shapes, ArrayView<float>[] initial, ArrayView<float>[] final)
    {
        (Live, _tape) = (null, null);
        if (_forgotten is bool[] forgotten)
        {
            _forgotten = null;
            Clear(forgotten);
        }

        RecurrentState? from = _start ?? (_latest is int latest ? _copies[latest] : null);
        RequireRows(from, shapes[0][1], "StreamingModel.Step");
        _copies[0] = Fitting(_copies[0], device, shapes);
        _copies[1] = Fitting(_copies[1], device, shapes);
        RecurrentState to = _copies[NextCopy]!;
        for (int i = 0; i < shapes.Length; i++)
        {
            initial[i] = from?.Tensors[i].Memory ?? default;
            final[i] = to.Tensors[i].Memory;
            to.Tensors[i].MarkWritten();
        }
    }

    /// <summary>Keeps what the step of <see cref="BeginStep"/> ended with.</summary>
    public void EndStep()
    {
        _latest = NextCopy;
        _start = null;
    }

    /// <summary>Demands that carried states are those of a batch of this many rows.</summary>
    /// <param name="carried">The states; null for zeros.</param>
    /// <param name="batchSize">B of the pass.</param>
    /// <param name="where">What its caller called.</param>
    /// <exception cref="ShapeException">They are of another number.</exception>
    public static void RequireRows(RecurrentState? carried, int batchSize, string where)
    {
        if (carried is not null && carried.Hidden.Shape[1] != batchSize)
        {
            throw new ShapeException(
                $"{where}: the input has B={batchSize} rows, but the states carried from the pass before have {carried.Hidden.Shape[1]}. "
                + "Call ResetState before a batch of other sequences.");
        }
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

    private int NextCopy => _latest is int latest ? 1 - latest : 0;

    private static RecurrentState Fitting(RecurrentState? copy, Device device, int[][] shapes)
    {
        bool fits = copy is not null && copy.Tensors.Count == shapes.Length;
        for (int i = 0; fits && i < shapes.Length; i++)
        {
            fits = copy!.Tensors[i].Shape.SequenceEqual(shapes[i]);
        }

        if (fits)
        {
            return copy!;
        }

        copy?.Dispose();
        return Zeros(device, shapes);
    }

    // A method of its own, so that the step, which has it no longer to do, makes no closure for it.
    private static RecurrentState Zeros(Device device, int[][] shapes)
    {
        return new RecurrentState([.. shapes.Select(shape => Tensor.Zeros(device, shape))]);
    }

    // Rows of the latest copy, in place; where a run was to start elsewhere, that becomes the latest copy first.
    private void Clear(bool[] rows)
    {
        if (_start is not null)
        {
            int target = NextCopy;
            _copies[target] = _start.Detach(_copies[target]);
            (_latest, _start) = (target, null);
        }

        if (_latest is not int latest)
        {
            return;
        }

        RequireFlags(_copies[latest]!, rows);
        foreach (Tensor tensor in _copies[latest]!.Tensors)
        {
            float[] values = tensor.ToArray();
            int width = tensor.Shape[2];
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = rows[i / width % rows.Length] ? 0.0f : values[i];
            }

            tensor.CopyFrom(values);
        }
    }

    private static void RequireFlags(RecurrentState state, bool[] rows)
    {
        if (rows.Length != state.Hidden.Shape[1])
        {
            throw new ShapeException(
                $"Module.ResetState: {rows.Length} rows arrived, but the states that are carried have B={state.Hidden.Shape[1]}. "
                + "Pass one flag for each row of the batch.");
        }
    }

    private static RecurrentState Forget(Tape tape, RecurrentState state, bool[] rows)
    {
        RequireFlags(state, rows);
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
