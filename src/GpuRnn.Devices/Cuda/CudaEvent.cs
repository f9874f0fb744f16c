using GpuRnn.Devices.Cuda.Native;

namespace GpuRnn.Devices.Cuda;

/// <summary>A mark that the driver keeps the time of.</summary>
internal sealed unsafe class CudaEvent : DeviceEvent
{
    private readonly CudaDevice _device;
    private readonly CudaContext _context;
    private nint _handle;

    internal CudaEvent(CudaStream stream, nint handle)
        : base(stream)
    {
        _device = (CudaDevice)stream.Device;
        _context = _device.Context;
        _context.AddReference();
        _handle = handle;
    }

    ~CudaEvent()
    {
        Dispose(false);
    }

    /// <inheritdoc/>
    public override bool IsDone
    {
        get
        {
            nint handle = Enter();
            int code = Driver.cuEventQuery(handle);
            if (code != CudaCode.NotReady)
            {
                _context.Require(code, nameof(Driver.cuEventQuery));
            }

            return code == CudaCode.Success;
        }
    }

    private CudaDriver Driver => _context.Driver;

    /// <inheritdoc/>
    public override void Wait() => _context.Require(Driver.cuEventSynchronize(Enter()), nameof(Driver.cuEventSynchronize));

    /// <summary>Makes the context current.</summary>
    /// <returns>The driver's handle.</returns>
    internal nint Enter()
    {
        _device.RequireUsable();
        nint handle = _handle;
        if (handle == 0)
        {
            throw new ObjectDisposedException(
                nameof(DeviceEvent), $"{_device.Id}: a mark that was disposed arrived, but a live one was needed. Dispose it after its last use.");
        }

        _context.Enter();
        return handle;
    }

    /// <inheritdoc/>
    protected override TimeSpan MeasureSince(DeviceEvent earlier)
    {
        float milliseconds = 0;
        nint start = ((CudaEvent)earlier).Enter();
        _context.Require(Driver.cuEventElapsedTime(&milliseconds, start, Enter()), nameof(Driver.cuEventElapsedTime));
        return TimeSpan.FromMilliseconds(milliseconds);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        nint handle = Interlocked.Exchange(ref _handle, 0);
        if (handle != 0)
        {
            _context.EnterToRelease();
            _context.Note(Driver.cuEventDestroy_v2(handle), nameof(Driver.cuEventDestroy_v2));
            _context.Release();
        }

        base.Dispose(disposing);
    }
}
