using GpuRnn.Devices.Cuda.Native;
using GpuRnn.KernelModel;

namespace GpuRnn.Devices.Cuda;

/// <summary>A stream, which does not wait for the legacy default stream.</summary>
internal sealed unsafe class CudaStream : DeviceStream
{
    private readonly CudaDevice _device;
    private readonly CudaContext _context;
    private readonly bool _isDefault;
    private nint _handle;
    private HashSet<object>? _captured;

    /// <summary>Opens a further stream, or wraps the context's own.</summary>
    internal CudaStream(CudaDevice device, bool isDefault)
        : base(device)
    {
        _device = device;
        _context = device.Context;
        _isDefault = isDefault;
        if (isDefault)
        {
            _handle = _context.DefaultStream;
            GC.SuppressFinalize(this);
            return;
        }

        _handle = _context.OpenStream();
        _context.AddReference();
    }

    ~CudaStream()
    {
        Dispose(false);
    }

    /// <inheritdoc/>
    public override SupportAnswer SupportsCapture => SupportAnswer.Yes("CUDA graphs");

    /// <summary>The driver's handle; valid behind <see cref="Enter"/>.</summary>
    internal nint Handle => _handle;

    private CudaDriver Driver => _context.Driver;

    /// <inheritdoc/>
    public override void Synchronize()
    {
        Enter();
        RequireNoCapture("Synchronize");
        _context.Require(Driver.cuStreamSynchronize(_handle), nameof(Driver.cuStreamSynchronize));
    }

    /// <inheritdoc/>
    public override DeviceEvent Record()
    {
        Enter();
        RequireNoCapture("Record");
        nint mark = 0;
        _context.Require(Driver.cuEventCreate(&mark, CudaConstants.EventWithTime), nameof(Driver.cuEventCreate));
        int code = Driver.cuEventRecord(mark, _handle);
        if (code != CudaCode.Success)
        {
            _context.Note(Driver.cuEventDestroy_v2(mark), nameof(Driver.cuEventDestroy_v2));
            _context.Require(code, nameof(Driver.cuEventRecord));
        }

        return new CudaEvent(this, mark);
    }

    /// <inheritdoc/>
    public override void WaitFor(DeviceEvent earlier)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        Enter();
        RequireNoCapture("WaitFor");
        if (earlier is not CudaEvent mark || !ReferenceEquals(mark.Stream.Device, _device))
        {
            earlier.Wait();
            return;
        }

        nint handle = mark.Enter();
        _context.Require(Driver.cuStreamWaitEvent(_handle, handle, 0), nameof(Driver.cuStreamWaitEvent));
    }

    /// <summary>Makes the context current; throws when stream or device are gone.</summary>
    internal void Enter()
    {
        _device.RequireUsable();
        if (_handle == 0)
        {
            throw new ObjectDisposedException(
                nameof(DeviceStream), $"{_device.Id}: a queue that was disposed arrived, but a live one was needed. Dispose it after its last use.");
        }

        _context.Enter();
    }

    /// <summary>Keeps memory with the graph that is being gathered, if one is.</summary>
    internal void Uses(object memory) => _captured?.Add(memory);

    /// <inheritdoc/>
    protected override DeviceGraph CaptureWork(Action work)
    {
        Enter();
        RequireNoCapture("Capture");

        // Counted first: from here on no finalizer puts the release of memory into the queue.
        _context.BeginCapture();
        int code = Driver.cuStreamBeginCapture_v2(_handle, CudaConstants.CaptureRelaxed);
        if (code != CudaCode.Success)
        {
            _context.EndCapture();
            _context.Require(code, nameof(Driver.cuStreamBeginCapture_v2));
        }

        HashSet<object> captured = _captured = new HashSet<object>(ReferenceEqualityComparer.Instance);
        nint graph = 0;
        bool isComplete = false;
        try
        {
            work();
            isComplete = true;
        }
        finally
        {
            _captured = null;
            _context.EnterToRelease();
            code = Driver.cuStreamEndCapture(_handle, &graph);
            _context.EndCapture();
            if (!isComplete || code != CudaCode.Success)
            {
                CudaGraph.Destroy(_context, graph);
            }
        }

        _context.Require(code, nameof(Driver.cuStreamEndCapture));
        return CudaGraph.Create(_device, graph, captured);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        // The context gives its default stream back itself.
        nint handle = _isDefault ? 0 : Interlocked.Exchange(ref _handle, 0);
        if (handle != 0)
        {
            _context.CloseStream(handle);
            _context.Release();
        }

        base.Dispose(disposing);
    }

    private void RequireNoCapture(string operation)
    {
        if (_captured is not null)
        {
            _context.RequireNoCapture(operation);
        }
    }
}
