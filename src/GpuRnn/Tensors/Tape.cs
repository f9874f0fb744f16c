using GpuRnn.Devices;
using GpuRnn.KernelModel;

namespace GpuRnn.Tensors;

/// <summary>Remembers the operations of one pass, runs them backwards, and lends the memory of everything in between.</summary>
/// <remarks>
/// A pass ends with <see cref="Reset"/>, or by itself when an operation follows a <see cref="Backward(Tensor)"/>: then all memory that
/// the tape lent
/// goes back to its pool, so from the second pass of the same shapes on nothing is allocated on the device. A loop that never resets
/// is told after <see cref="MaximumTensors"/> tensors. Not for several threads at once.
/// </remarks>
public sealed class Tape : IDisposable
{
    /// <summary>The most tensors one pass may make: beyond it the caller has forgotten to end the pass.</summary>
    public const int MaximumTensors = 65536;

    private readonly BufferPool _pool;
    private readonly List<DeviceBuffer<float>> _lent = [];
    private readonly List<TapeOperation> _operations = [];
    private readonly List<IDisposable> _leases = [];
    private Tensor? _root;
    private bool _isSpent;
    private bool _isDisposed;

    /// <summary>A tape that records for a backward pass.</summary>
    public Tape(Device device)
        : this(device, isRecording: true)
    {
    }

    private Tape(Device device, bool isRecording)
    {
        ArgumentNullException.ThrowIfNull(device);
        Device = device;
        IsRecording = isRecording;
        _pool = new BufferPool(device);
    }

    /// <summary>Where its operations run.</summary>
    public Device Device { get; }

    /// <summary>The queue its operations run in.</summary>
    public DeviceStream Stream => Device.DefaultStream;

    /// <summary>False for inference: nothing is kept for a backward pass.</summary>
    public bool IsRecording { get; }

    /// <summary>Bytes of device memory that the tape holds, lent or free; steady once every shape has been seen.</summary>
    public long PooledBytes => _pool.TotalBytes;

    /// <summary>The number of the pass in progress; tensors of another one are dead.</summary>
    internal long Pass { get; private set; }

    /// <summary>A tape that records nothing, for evaluation and inference.</summary>
    public static Tape Inference(Device device)
    {
        return new Tape(device, isRecording: false);
    }

    /// <summary>Copies values into a tensor of this pass, to start from.</summary>
    /// <exception cref="ShapeException">The shape does not hold as many elements as there are values.</exception>
    public Tensor Input(ReadOnlySpan<float> values, params ReadOnlySpan<int> shape)
    {
        Begin();
        ShapeCheck.RequireCount(values.Length, ShapeCheck.Length(shape, "Tape.Input"), shape, "Tape.Input");
        Tensor tensor = Allocate(shape.ToArray());
        tensor.CopyFrom(values);
        return tensor;
    }

    /// <summary>Adds the gradient of <paramref name="loss"/> to the gradient of everything it was computed from.</summary>
    /// <param name="loss">One element, made on this tape in this pass.</param>
    /// <exception cref="ShapeException">The loss has more or fewer elements than one.</exception>
    /// <exception cref="InvalidOperationException">
    /// The tape does not record, the loss depends on nothing that tracks a gradient, or it ran already.
    /// </exception>
    public void Backward(Tensor loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        if (loss.Length != 1)
        {
            throw new ShapeException(
                $"Tape.Backward: the loss is {Tensor.Describe(loss.Shape)}, but must have one element. Reduce it with Mean or Sum, or pass "
                + "its gradient as the second argument.");
        }

        RequireBackward(loss);
        GradientOf(loss).CopyFrom([1.0f]);
        _root = loss;
        RunBackward();
    }

    /// <summary>Adds the gradient of the sum of <paramref name="output"/> · <paramref name="outputGradient"/>.</summary>
    /// <exception cref="ShapeException">The two shapes differ.</exception>
    /// <exception cref="InvalidOperationException">As for <see cref="Backward(Tensor)"/>.</exception>
    public void Backward(Tensor output, Tensor outputGradient)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(outputGradient);
        ShapeCheck.RequireSame(output, outputGradient, "Tape.Backward");
        RequireBackward(output);
        GradientOf(output).CopyFrom(outputGradient);
        RunBackward();
    }

    /// <summary>Adds the gradient of the sum of all outputs, each times its own gradient: how a pass receives what later passes found out.</summary>
    /// <param name="outputs">Made on this tape in this pass.</param>
    /// <param name="outputGradients">One for each, of the same shape; not of this tape, or of this pass.</param>
    /// <exception cref="ArgumentException">There is none, or not one gradient for each output.</exception>
    /// <exception cref="ShapeException">The shapes of an output and its gradient differ.</exception>
    /// <exception cref="InvalidOperationException">As for <see cref="Backward(Tensor)"/>.</exception>
    public void Backward(IReadOnlyList<Tensor> outputs, IReadOnlyList<Tensor> outputGradients)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(outputGradients);
        if (outputs.Count == 0 || outputs.Count != outputGradients.Count)
        {
            throw new ArgumentException(
                $"Tape.Backward: {outputs.Count} outputs and {outputGradients.Count} gradients arrived, but one gradient for each of at least one "
                + "output is needed. Pass them in the same order.",
                nameof(outputs));
        }

        for (int i = 0; i < outputs.Count; i++)
        {
            ShapeCheck.RequireSame(outputs[i], outputGradients[i], "Tape.Backward");
            RequireBackward(outputs[i]);
        }

        for (int i = 0; i < outputs.Count; i++)
        {
            TensorKernels.AddTo(Device, outputGradients[i].View, GradientOf(outputs[i]).View);
        }

        RunBackward();
    }

    /// <summary>Ends the pass: its tensors die and their memory goes back to the pool.</summary>
    public void Reset()
    {
        foreach (IDisposable lease in _leases)
        {
            lease.Dispose();
        }

        _leases.Clear();
        _operations.Clear();
        foreach (DeviceBuffer<float> buffer in _lent)
        {
            _pool.Return(buffer);
        }

        _lent.Clear();
        _root = null;
        _isSpent = false;
        Pass++;
    }

    /// <summary>Frees all memory it lent and pooled. A forgotten tape's memory is freed by finalisers.</summary>
    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        Reset();
        _isDisposed = true;
        _pool.Dispose();
    }

    /// <summary>Must be called first by every operation, once for each input.</summary>
    internal void Require(Tensor input, string where)
    {
        ArgumentNullException.ThrowIfNull(input);
        Begin();
        input.RequireAlive();
        if (input.Device != Device)
        {
            throw new DeviceException(
                $"{where}: the input is on {input.Device.Name}, but the tape is on {Device.Name}. Copy the input there first.");
        }
    }

    /// <summary>Memory for a result of this pass; what it holds is undefined.</summary>
    internal Tensor Allocate(params int[] shape)
    {
        int length = ShapeCheck.Length(shape, "Tape.Allocate");
        return Tensor.OnTape(this, shape, length, Rent(length));
    }

    /// <summary>At least so many elements until the end of the pass; what they hold is undefined.</summary>
    internal DeviceBuffer<float> Rent(int length)
    {
        if (_lent.Count >= MaximumTensors)
        {
            throw new InvalidOperationException(
                $"Tape: {_lent.Count} tensors were made in one pass, the most there may be. "
                + "End each pass with Backward or Reset, also when only evaluating.");
        }

        DeviceBuffer<float> buffer = _pool.Rent(length);
        _lent.Add(buffer);
        return buffer;
    }

    internal bool NeedsGradient(Tensor first)
    {
        return IsRecording && first.NeedsGradient;
    }

    internal bool NeedsGradient(Tensor first, Tensor second)
    {
        return IsRecording && (first.NeedsGradient || second.NeedsGradient);
    }

    /// <summary>Keeps an operation for the backward pass.</summary>
    internal void Record(TapeOperation operation, Tensor result)
    {
        result.MarkRecorded();
        _operations.Add(operation);
    }

    /// <summary>Keeps an operation of several results for the backward pass.</summary>
    internal void Record(TapeOperation operation, Tensor result, Tensor[] others)
    {
        Record(operation, result);
        foreach (Tensor other in others)
        {
            other.MarkRecorded();
        }
    }

    /// <summary>Disposes something when the pass ends.</summary>
    internal void DisposeAtReset(IDisposable lease)
    {
        _leases.Add(lease);
    }

    /// <summary>What the backward pass adds to for a tensor; zeros when it is the first to ask.</summary>
    internal Tensor GradientOf(Tensor tensor)
    {
        if (tensor.Gradient is null)
        {
            tensor.AttachGradient(Allocate([.. tensor.Shape]));
            tensor.Gradient!.Clear();
        }

        return tensor.Gradient!;
    }

    /// <summary>The memory of a gradient for a product that can add or overwrite.</summary>
    /// <param name="tensor">Whose gradient.</param>
    /// <param name="isFirst">True where nothing has been added yet: the memory is undefined, and every element must be written.</param>
    internal ArrayView<float> GradientToAddTo(Tensor tensor, out bool isFirst)
    {
        isFirst = tensor.Gradient is null;
        if (isFirst)
        {
            tensor.AttachGradient(Allocate([.. tensor.Shape]));
        }

        return tensor.Gradient!.View;
    }

    /// <summary>
    /// Memory for one operation's share of a gradient, every element of which it must write before <see cref="EndGradient"/>.
    /// </summary>
    internal GradientPart BeginGradient(Tensor tensor)
    {
        ArrayView<float> sum = GradientToAddTo(tensor, out bool isFirst);
        return isFirst ? new GradientPart(sum, default) : new GradientPart(Rent(tensor.Length).View.SubView(0, tensor.Length), sum);
    }

    /// <summary>Adds the share to what other operations gave.</summary>
    internal void EndGradient(GradientPart part)
    {
        if (part.Sum.IsValid)
        {
            TensorKernels.AddTo(Device, part.View, part.Sum);
        }
    }

    /// <summary>True for the loss from which the backward pass in progress started, whose gradient is 1.</summary>
    internal bool IsRoot(Tensor loss)
    {
        return ReferenceEquals(loss, _root);
    }

    /// <summary>Lets a finished gradient of the tensor's shape be its gradient, or adds it to what others gave; it is not to be used again.</summary>
    internal void GiveGradient(Tensor tensor, Tensor gradient)
    {
        if (tensor.Gradient is null)
        {
            tensor.AttachGradient(gradient);
        }
        else
        {
            TensorKernels.AddTo(Device, gradient.View, tensor.Gradient.View);
        }
    }

    /// <summary>Adds a gradient of the same number of elements to what the tensor has so far, if it tracks one.</summary>
    internal void AddToGradient(Tensor tensor, Tensor gradient)
    {
        if (!tensor.NeedsGradient)
        {
            return;
        }

        ArrayView<float> sum = GradientToAddTo(tensor, out bool isFirst);
        if (isFirst)
        {
            TensorKernels.Copy(Device, gradient.View, sum);
        }
        else
        {
            TensorKernels.AddTo(Device, gradient.View, sum);
        }
    }

    private void Begin()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_isSpent)
        {
            Reset();
        }
    }

    private void RequireBackward(Tensor output)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        output.RequireAlive();
        if (!IsRecording)
        {
            throw new InvalidOperationException(
                "Tape.Backward: this tape is for inference and recorded nothing, but a backward pass needs a recording. Use new Tape(device).");
        }

        if (_isSpent)
        {
            throw new InvalidOperationException(
                "Tape.Backward: the backward pass of this recording has run already, but can run once. Record the forward pass again.");
        }

        if (!output.NeedsGradient || !output.IsOnTape)
        {
            throw new InvalidOperationException(
                "Tape.Backward: the loss depends on no parameter and on no tensor that tracks a gradient. "
                + "Compute it on this tape from a module's output, or call TrackGradient on an input.");
        }
    }

    private void RunBackward()
    {
        for (int i = _operations.Count - 1; i >= 0; i--)
        {
            _operations[i].Backward(this);
        }

        _operations.Clear();
        _isSpent = true;
    }
}
