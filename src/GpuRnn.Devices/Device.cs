using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using GpuRnn.Compiler.Diagnostics;
using GpuRnn.Compiler.Frontend;
using GpuRnn.Devices.Sequences;

namespace GpuRnn.Devices;

/// <summary>Something that holds buffers and runs kernels.</summary>
/// <remarks>
/// Loading, allocating and the accounts are safe from several threads; launches are issued from one thread at a time.
/// Buffers outlive the device that made them until they are disposed themselves.
/// </remarks>
public abstract class Device : IDisposable
{
    private readonly ConcurrentDictionary<MethodInfo, LoadedKernel> _kernels = new();
    private readonly List<ISequenceExecutor> _sequenceExecutors = [];
    private readonly List<IDisposable> _owned = [];
    private long _allocatedBytes;
    private long _pinnedBytes;
    private int _liveBufferCount;
    private bool _isDisposed;

    /// <summary>What <c>--device</c> calls it, for example <c>cpu</c> or <c>cuda:0</c>.</summary>
    public abstract string Id { get; }

    /// <summary>The programming interface behind it.</summary>
    public abstract DeviceKind Kind { get; }

    /// <summary>The maker's name for it.</summary>
    public abstract string Name { get; }

    /// <summary>What the scheduler may know about it.</summary>
    public abstract DeviceProfile Profile { get; }

    /// <summary>The queue that is used unless another is asked for.</summary>
    public abstract DeviceStream DefaultStream { get; }

    /// <summary>Further facts for people, by name; none where the profile says everything.</summary>
    public virtual IReadOnlyList<KeyValuePair<string, string>> Details => [];

    /// <summary>Bytes in buffers that were neither disposed nor reclaimed.</summary>
    public long AllocatedBytes => Interlocked.Read(ref _allocatedBytes);

    /// <summary>Bytes of host memory in pinned buffers that were neither disposed nor reclaimed.</summary>
    public long PinnedBytes => Interlocked.Read(ref _pinnedBytes);

    /// <summary>Buffers that were neither disposed nor reclaimed.</summary>
    public int LiveBufferCount => Volatile.Read(ref _liveBufferCount);

    /// <summary>The kernels that were made ready, in no order.</summary>
    public IReadOnlyCollection<LoadedKernel> LoadedKernels => [.. _kernels.Values];

    /// <summary>The ways to run a cell's time loop on this device, in the order in which they were registered.</summary>
    public IReadOnlyList<ISequenceExecutor> SequenceExecutors => _sequenceExecutors;

    /// <summary>The fastest matrix product, null before one was registered.</summary>
    public IMatrixExecutor? MatrixExecutor { get; private set; }

    /// <summary>Runs loops over few weights; null where the device has nothing better than the dense ones.</summary>
    public ISparseLoopExecutor? SparseLoopExecutor { get; private set; }

    /// <summary>Allocates zeroed memory whose first byte lies on a multiple of 64.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative or its bytes overflow.</exception>
    /// <exception cref="OutOfDeviceMemoryException">The memory is not there.</exception>
    /// <exception cref="ObjectDisposedException">The device was disposed.</exception>
    public DeviceBuffer<T> Allocate<T>(long length)
        where T : unmanaged
    {
        RequireAlive();
        int elementSize = Unsafe.SizeOf<T>();
        if (length < 0 || length > long.MaxValue / elementSize)
        {
            throw new ArgumentOutOfRangeException(
                nameof(length),
                $"{Id}.Allocate: length {length} of {TypeName.Of(typeof(T))} arrived, but 0 to {long.MaxValue / elementSize} was needed. "
                + "Check how the length was computed.");
        }

        return new DeviceBuffer<T>(this, AllocateMemory(length * elementSize), length);
    }

    /// <summary>Allocates host memory for copies that do not stop the caller; its content is undefined.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative, or its bytes do not fit 32 bits.</exception>
    /// <exception cref="OutOfDeviceMemoryException">The memory is not there.</exception>
    /// <exception cref="ObjectDisposedException">The device was disposed.</exception>
    public PinnedBuffer<T> AllocatePinned<T>(int length)
        where T : unmanaged
    {
        RequireAlive();
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, int.MaxValue / Unsafe.SizeOf<T>());
        return new PinnedBuffer<T>(this, AllocatePinnedMemory(length * Unsafe.SizeOf<T>()), length);
    }

    /// <summary>Opens a further queue, owned by the caller.</summary>
    public abstract DeviceStream CreateStream();

    /// <summary>Tells whether the device can run a kernel, without loading it.</summary>
    public abstract SupportAnswer Supports(KernelEntry kernel);

    /// <summary>Makes a kernel ready; the second call for the same method returns the first one's result.</summary>
    /// <exception cref="KernelNotSupportedException">The method breaks a rule of the kernel language.</exception>
    /// <exception cref="DeviceException"><see cref="Supports"/> says no.</exception>
    public LoadedKernel Load(MethodInfo kernel)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        RequireAlive();
        return _kernels.TryGetValue(kernel, out LoadedKernel? loaded) ? loaded : _kernels.GetOrAdd(kernel, LoadNew);
    }

    /// <summary>Adds a way to run time loops; ways registered earlier are asked first. The device disposes it with itself.</summary>
    public void Register(ISequenceExecutor executor)
    {
        ArgumentNullException.ThrowIfNull(executor);
        _sequenceExecutors.Add(executor);
        Own(executor);
    }

    /// <summary>Sets the matrix product. The device disposes it with itself, also when another takes its place.</summary>
    public void Register(IMatrixExecutor executor)
    {
        ArgumentNullException.ThrowIfNull(executor);
        MatrixExecutor = executor;
        Own(executor);
    }

    /// <summary>Sets what runs loops over few weights. The device disposes it with itself, also when another takes its place.</summary>
    public void Register(ISparseLoopExecutor executor)
    {
        ArgumentNullException.ThrowIfNull(executor);
        SparseLoopExecutor = executor;
        Own(executor);
    }

    /// <summary>Stops the device's threads and queues; a second call does nothing.</summary>
    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        _owned.ForEach(executor => executor.Dispose());
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Id} ({Name})";

    internal void Account(long bytes, int buffers)
    {
        Interlocked.Add(ref _allocatedBytes, bytes);
        Interlocked.Add(ref _liveBufferCount, buffers);
    }

    internal void AccountPinned(long bytes) => Interlocked.Add(ref _pinnedBytes, bytes);

    /// <summary>Allocates host memory that the device copies from and to; any memory will do unless the device says otherwise.</summary>
    protected virtual PinnedMemory AllocatePinnedMemory(int sizeInBytes) => PlainHostMemory.Allocate(this, sizeInBytes);

    /// <summary>Allocates zeroed memory; the size was checked.</summary>
    protected abstract DeviceMemory AllocateMemory(long sizeInBytes);

    /// <summary>True when kernels with <see cref="KernelEntry.Constants"/> gain from being compiled anew for them.</summary>
    protected virtual bool BuildsInConstants => false;

    /// <summary>Makes a supported kernel ready.</summary>
    protected abstract LoadedKernel LoadKernel(KernelEntry entry);

    /// <summary>Throws when the kernel's body breaks a rule of the kernel language; devices that compile nothing need none.</summary>
    /// <exception cref="KernelNotSupportedException">It does.</exception>
    protected virtual void RequireRules(KernelEntry entry)
    {
    }

    /// <summary>Gives the device's own resources back; called once.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }

    /// <summary>Throws when the device was disposed.</summary>
    protected internal void RequireAlive() => ObjectDisposedException.ThrowIf(_isDisposed, this);

    /// <summary>Makes ready the variant of a kernel for the specialised values of a launch; null when all launches share the kernel.</summary>
    internal LoadedKernel? LoadVariant(KernelEntry entry) => BuildsInConstants ? LoadNew(entry) : null;

    // An executor keeps scratch memory, and others may have been made with it.
    private void Own(object executor)
    {
        if (executor is IDisposable disposable)
        {
            _owned.Add(disposable);
        }
    }

    private LoadedKernel LoadNew(MethodInfo method) => LoadNew(KernelEntry.Read(method));

    private LoadedKernel LoadNew(KernelEntry entry)
    {
        RequireRules(entry);
        SupportAnswer answer = Supports(entry);
        return answer.IsSupported
            ? LoadKernel(entry)
            : throw new DeviceException($"{Id}.Load: {entry.Name} arrived, but the device cannot run it: {answer.Reason.TrimEnd('.')}. Choose another device.");
    }
}
