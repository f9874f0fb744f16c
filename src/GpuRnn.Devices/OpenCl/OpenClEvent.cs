using GpuRnn.Devices.OpenCl.Native;

namespace GpuRnn.Devices.OpenCl;

/// <summary>A marker command and the time at which it ended.</summary>
internal sealed unsafe class OpenClEvent : DeviceEvent
{
    private const long NanosecondsPerTick = 100;

    private readonly OpenClDevice _device;
    private nint _handle;

    internal OpenClEvent(OpenClStream stream, nint handle)
        : base(stream)
    {
        _device = (OpenClDevice)stream.Device;
        _handle = handle;
    }

    ~OpenClEvent()
    {
        Dispose(false);
    }

    /// <inheritdoc/>
    public override bool IsDone
    {
        get
        {
            int status;
            int code = OpenClLibrary.clGetEventInfo(Handle, OpenClConstants.EventStatus, sizeof(int), &status, null);
            _device.Require(code, nameof(OpenClLibrary.clGetEventInfo));
            return status == OpenClConstants.EventComplete;
        }
    }

    internal nint Handle => _handle != 0
        ? _handle
        : throw new ObjectDisposedException(
            nameof(DeviceEvent), $"{_device.Id}: a mark that was disposed arrived, but a live one was needed. Dispose it after its last use.");

    /// <inheritdoc/>
    public override void Wait()
    {
        nint handle = Handle;
        _device.Require(OpenClLibrary.clWaitForEvents(1, &handle), nameof(OpenClLibrary.clWaitForEvents));
    }

    /// <inheritdoc/>
    protected override TimeSpan MeasureSince(DeviceEvent earlier) => ReadClock() - ((OpenClEvent)earlier).ReadClock();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        nint handle = Interlocked.Exchange(ref _handle, 0);
        if (handle != 0)
        {
            _ = OpenClLibrary.clReleaseEvent(handle);
        }

        base.Dispose(disposing);
    }

    private TimeSpan ReadClock()
    {
        ulong nanoseconds;
        int code = OpenClLibrary.clGetEventProfilingInfo(Handle, OpenClConstants.EventEnd, sizeof(ulong), &nanoseconds, null);
        _device.Require(code, nameof(OpenClLibrary.clGetEventProfilingInfo));
        return TimeSpan.FromTicks((long)nanoseconds / NanosecondsPerTick);
    }
}
