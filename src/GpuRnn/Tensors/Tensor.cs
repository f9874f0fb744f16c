using GpuRnn.Devices;
using GpuRnn.KernelModel;

namespace GpuRnn.Tensors;

/// <summary>32-bit floats with a shape in a device's memory, row-major.</summary>
/// <remarks>
/// One that the caller made (<see cref="FromArray"/>, <see cref="Zeros"/>, <see cref="Detach"/>) is the caller's to dispose; a forgotten
/// one is freed by its finaliser. One that an operation returned belongs to the operation's tape and lives until the tape's next reset:
/// disposing it does nothing, and using it later throws.
/// </remarks>
public sealed class Tensor : IDisposable
{
    private readonly int[] _shape;
    private readonly DeviceBuffer<float> _buffer;
    private readonly TensorWrites _writes;
    private readonly Tape? _tape;
    private readonly long _pass;
    private bool _ownsGradient;
    private bool _isDisposed;

    private Tensor(int[] shape, int length, DeviceBuffer<float> buffer, Tape? tape, TensorWrites writes)
    {
        _writes = writes;
        Device = buffer.Device;
        _shape = shape;
        Length = length;
        _buffer = buffer;
        _tape = tape;
        _pass = tape?.Pass ?? 0;
    }

    /// <summary>Where its memory is.</summary>
    public Device Device { get; }

    /// <summary>Elements on each axis; empty for a single number.</summary>
    public ReadOnlySpan<int> Shape => _shape;

    /// <summary>Axes.</summary>
    public int Rank => _shape.Length;

    /// <summary>Elements on all axes together.</summary>
    public int Length { get; }

    /// <summary>Its memory, for kernels.</summary>
    /// <exception cref="ObjectDisposedException">It was disposed, or its tape was reset since.</exception>
    /// <remarks>
    /// Whoever has it may write through it at any later time. So a recurrent layer whose weight's view was asked for brings its weights into the
    /// form of its loops at every pass, where it otherwise does so once for weights that stay as they are; <see cref="CopyFrom(ReadOnlySpan{float})"/>
    /// and <see cref="CopyTo"/> cost no such thing.
    /// </remarks>
    public ArrayView<float> View
    {
        get
        {
            _writes.IsOpen = true;
            return Memory;
        }
    }

    /// <summary>
    /// What backward passes add to: present where a gradient is tracked, and on a tape after its backward pass reached the tensor.
    /// </summary>
    public Tensor? Gradient { get; private set; }

    /// <summary>
    /// Counts the writes to the memory, whichever tensor it was written through; null once <see cref="View"/> was asked for, as nobody sees
    /// what is written through a view.
    /// </summary>
    internal long? Version => _writes.IsOpen ? null : _writes.Count;

    /// <summary>Its memory, for callers who do not write, or call <see cref="MarkWritten"/> at each time that they do.</summary>
    internal ArrayView<float> Memory
    {
        get
        {
            RequireAlive();
            return _buffer.View.SubView(0, Length);
        }
    }

    /// <summary>For a loss that is a mean, the sum of the weights that it was divided by; null for anything else.</summary>
    internal double? MeanWeight { get; set; }

    /// <summary>True when a backward pass should go on to it.</summary>
    internal bool NeedsGradient { get; private set; }

    /// <summary>True when a tape lent it.</summary>
    internal bool IsOnTape => _tape is not null;

    /// <summary>Copies values to a device.</summary>
    /// <exception cref="ShapeException">The shape does not hold as many elements as there are values, or has a negative axis.</exception>
    public static Tensor FromArray(Device device, float[] values, params int[] shape)
    {
        ArgumentNullException.ThrowIfNull(values);
        int length = ShapeCheck.Length(shape, "Tensor.FromArray");
        ShapeCheck.RequireCount(values.Length, length, shape, "Tensor.FromArray");
        Tensor tensor = Allocate(device, shape, length);
        tensor.CopyFrom(values);
        return tensor;
    }

    /// <summary>A tensor whose every element is 0.</summary>
    /// <exception cref="ShapeException">An axis is negative.</exception>
    public static Tensor Zeros(Device device, params int[] shape)
    {
        Tensor tensor = Allocate(device, shape, ShapeCheck.Length(shape, "Tensor.Zeros"));
        tensor.Clear();
        return tensor;
    }

    /// <summary>Starts to track a gradient for a tensor that the caller made, such as an initial state; it starts at zeros.</summary>
    /// <returns>This tensor.</returns>
    /// <exception cref="InvalidOperationException">It belongs to a tape, which tracks gradients by itself.</exception>
    public Tensor TrackGradient()
    {
        RequireAlive();
        if (IsOnTape)
        {
            throw new InvalidOperationException(
                $"Tensor.TrackGradient: this {Describe(Shape)} belongs to a tape, but only a tensor of the caller's own can be a leaf. "
                + "Call it on the result of Detach, FromArray or Zeros.");
        }

        if (Gradient is null)
        {
            AttachGradient(Zeros(Device, _shape));
            _ownsGradient = true;
        }

        return this;
    }

    /// <summary>Copies the elements to the host once all work on them is done.</summary>
    public float[] ToArray()
    {
        float[] values = new float[Length];
        CopyTo(values);
        return values;
    }

    /// <summary>Copies the elements into memory of the host once all work on them is done.</summary>
    /// <exception cref="ShapeException">The span has another length.</exception>
    public void CopyTo(Span<float> destination)
    {
        RequireAlive();
        ShapeCheck.RequireCount(destination.Length, Length, Shape, "Tensor.CopyTo");
        Device.DefaultStream.Synchronize();
        _buffer.CopyTo(destination);
    }

    /// <summary>Overwrites the elements.</summary>
    /// <exception cref="ShapeException">The span has another length.</exception>
    public void CopyFrom(ReadOnlySpan<float> values)
    {
        RequireAlive();
        ShapeCheck.RequireCount(values.Length, Length, Shape, "Tensor.CopyFrom");
        MarkWritten();
        _buffer.CopyFrom(values);
    }

    /// <summary>Overwrites the elements with those of another tensor of the same length and device.</summary>
    /// <exception cref="ShapeException">The lengths differ.</exception>
    public void CopyFrom(Tensor source)
    {
        ArgumentNullException.ThrowIfNull(source);
        RequireAlive();
        ShapeCheck.RequireCount(source.Length, Length, Shape, "Tensor.CopyFrom");
        MarkWritten();
        TensorKernels.Copy(Device, source.Memory, Memory);
    }

    /// <summary>Sets every element to 0.</summary>
    public void Clear()
    {
        RequireAlive();
        MarkWritten();
        _buffer.Clear();
    }

    /// <summary>The value of a tensor of one element, such as a loss.</summary>
    /// <exception cref="ShapeException">It has more or fewer elements.</exception>
    public float Item()
    {
        Span<float> value = stackalloc float[1];
        ShapeCheck.RequireCount(1, Length, Shape, "Tensor.Item");
        CopyTo(value);
        return value[0];
    }

    /// <summary>A copy that belongs to the caller and to no tape: how a state is carried from one pass to the next.</summary>
    /// <param name="reuse">Receives the copy where its shape is the same; disposed and replaced where not; null for a new tensor.</param>
    /// <returns>The copy; <paramref name="reuse"/> where it fits.</returns>
    public Tensor Detach(Tensor? reuse = null)
    {
        RequireAlive();
        if (reuse is null || !reuse.Shape.SequenceEqual(Shape) || reuse.Device != Device)
        {
            reuse?.Dispose();
            reuse = Allocate(Device, _shape, Length);
        }

        reuse.CopyFrom(this);
        return reuse;
    }

    /// <summary>Frees memory of the caller's own; does nothing to a tensor of a tape.</summary>
    public void Dispose()
    {
        if (IsOnTape || _isDisposed)
        {
            return;
        }

        _isDisposed = true;
        _buffer.Dispose();
        if (_ownsGradient)
        {
            Gradient?.Dispose();
        }
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        return $"Tensor {Describe(Shape)} on {Device.Name}";
    }

    /// <summary>A shape as errors show it.</summary>
    internal static string Describe(ReadOnlySpan<int> shape)
    {
        return $"[{string.Join(", ", shape.ToArray())}]";
    }

    /// <summary>A tensor over memory that a tape lends until its next reset.</summary>
    internal static Tensor OnTape(Tape tape, int[] shape, int length, DeviceBuffer<float> buffer)
    {
        return new Tensor(shape, length, buffer, tape, new TensorWrites());
    }

    /// <summary>The same memory under another shape of as many elements.</summary>
    internal Tensor Rename(Tape tape, int[] shape)
    {
        RequireAlive();
        return new Tensor(shape, Length, _buffer, tape, _writes);
    }

    /// <summary>Tells that the elements change now, through <see cref="Memory"/>.</summary>
    internal void MarkWritten()
    {
        _writes.Count++;
    }

    internal void AttachGradient(Tensor gradient)
    {
        Gradient = gradient;
        NeedsGradient = true;
    }

    internal void MarkRecorded()
    {
        NeedsGradient = true;
    }

    internal void RequireAlive()
    {
        if (_isDisposed)
        {
            throw new ObjectDisposedException(
                nameof(Tensor), $"Tensor: this {Describe(Shape)} was disposed. Dispose it after its last use.");
        }

        if (_tape is not null && _tape.Pass != _pass)
        {
            throw new ObjectDisposedException(
                nameof(Tensor),
                $"Tensor: this {Describe(Shape)} belongs to pass {_pass} of its tape, which is now in pass {_tape.Pass}. "
                + "Read it before the tape is reset, or keep a copy made by Detach.");
        }
    }

    private static Tensor Allocate(Device device, int[] shape, int length)
    {
        ArgumentNullException.ThrowIfNull(device);
        return new Tensor([.. shape], length, device.Allocate<float>(length), tape: null, new TensorWrites());
    }
}
