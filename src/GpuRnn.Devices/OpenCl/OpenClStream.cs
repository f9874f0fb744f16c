using GpuRnn.Devices.OpenCl.Native;

namespace GpuRnn.Devices.OpenCl;

/// <summary>A command queue that works in order and keeps the times of its commands.</summary>
internal sealed unsafe class OpenClStream : DeviceStream
{
    private readonly OpenClDevice _device;
    private nint _queue;

    internal OpenClStream(OpenClDevice device)
        : base(device)
    {
        _device = device;
        int code;
        _queue = OpenClLibrary.clCreateCommandQueue(device.Context, device.Information.Handle, OpenClConstants.QueueProfiling, &code);
        device.Require(code, nameof(OpenClLibrary.clCreateCommandQueue));
    }

    ~OpenClStream()
    {
        Dispose(false);
    }

    /// <summary>The driver's handle; 0 once the queue was given back.</summary>
    internal nint HandleOrZero => _queue;

    /// <summary>The driver's handle; asking throws when queue or device are gone.</summary>
    internal nint Queue
    {
        get
        {
            _device.RequireUsable();
            return _queue != 0
                ? _queue
                : throw new ObjectDisposedException(
                    nameof(DeviceStream), $"{_device.Id}: a queue that was disposed arrived, but a live one was needed. Dispose it after its last use.");
        }
    }

    /// <inheritdoc/>
    public override void Synchronize() => _device.Require(OpenClLibrary.clFinish(Queue), nameof(OpenClLibrary.clFinish));

    /// <inheritdoc/>
    public override DeviceEvent Record()
    {
        nint mark;
        int code = OpenClLibrary.clEnqueueMarkerWithWaitList(Queue, 0, null, &mark);
        _device.Require(code, nameof(OpenClLibrary.clEnqueueMarkerWithWaitList));
        // Another queue, or a host that only asks, would wait forever for work that the driver still gathers.
        _device.Require(OpenClLibrary.clFlush(_queue), nameof(OpenClLibrary.clFlush));
        return new OpenClEvent(this, mark);
    }

    /// <inheritdoc/>
    public override void WaitFor(DeviceEvent earlier)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        if (earlier is not OpenClEvent mark || !ReferenceEquals(mark.Stream.Device, _device))
        {
            earlier.Wait();
            return;
        }

        nint handle = mark.Handle;
        int code = OpenClLibrary.clEnqueueBarrierWithWaitList(Queue, 1, &handle, null);
        _device.Require(code, nameof(OpenClLibrary.clEnqueueBarrierWithWaitList));
    }

    /// <summary>Gives the queue back when its work is done, whoever opened it.</summary>
    internal void Close()
    {
        nint queue = Interlocked.Exchange(ref _queue, 0);
        if (queue != 0)
        {
            // The driver keeps a queue until its commands are done.
            _ = OpenClLibrary.clReleaseCommandQueue(queue);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (!ReferenceEquals(_device.DefaultStream, this))
        {
            Close();
        }

        base.Dispose(disposing);
    }
}
