using GpuRnn.Devices.Cuda.Native;

namespace GpuRnn.Devices.Cuda;

/// <summary>The primary context of a device with its default queue and its memory, for as long as anything of it lives.</summary>
/// <remarks>
/// The device and each buffer, queue, mark and graph hold a reference; the last one to go gives the context back. So they may go in any order.
/// The primary context is the one that CUDA's run time and libraries use as well.
/// </remarks>
internal sealed unsafe class CudaContext
{
    private readonly Lock _gate = new();
    private readonly HashSet<nint> _furtherStreams = [];
    private readonly List<Action> _pendingReleases = [];
    private readonly CudaMemorySource _memory;
    private int _references = 1;
    private int _captureCount;

    /// <exception cref="DeviceException">The driver refuses.</exception>
    internal CudaContext(CudaDeviceInformation information)
    {
        Information = information;
        Driver = information.Driver;
        RequireNoLoss();
        nint handle = 0;
        Require(Driver.cuDevicePrimaryCtxRetain(&handle, information.Handle), nameof(Driver.cuDevicePrimaryCtxRetain));
        Handle = handle;
        try
        {
            Enter();
            DefaultStream = NewStream();
            try
            {
                _memory = CudaMemorySource.Open(this);
            }
            catch
            {
                Note(Driver.cuStreamDestroy_v2(DefaultStream), nameof(Driver.cuStreamDestroy_v2));
                throw;
            }
        }
        catch
        {
            Note(Driver.cuDevicePrimaryCtxRelease_v2(information.Handle), nameof(Driver.cuDevicePrimaryCtxRelease_v2));
            throw;
        }
    }

    internal CudaDeviceInformation Information { get; }

    internal CudaDriver Driver { get; }

    internal nint Handle { get; }

    /// <summary>The default queue's handle.</summary>
    internal nint DefaultStream { get; }

    /// <summary>True while a queue of the context gathers work.</summary>
    internal bool IsCapturing => Volatile.Read(ref _captureCount) > 0;

    internal string MemoryDescription => _memory.Description;

    private string Id => Information.Id;

    /// <summary>Makes the context current on the calling thread, which every other call needs.</summary>
    internal void Enter()
    {
        RequireNoLoss();
        Require(Driver.cuCtxSetCurrent(Handle), nameof(Driver.cuCtxSetCurrent));
    }

    /// <summary>As <see cref="Enter"/>, for giving something back, which goes on whatever happened.</summary>
    internal void EnterToRelease() => Note(Driver.cuCtxSetCurrent(Handle), nameof(Driver.cuCtxSetCurrent));

    internal void AddReference() => Interlocked.Increment(ref _references);

    /// <summary>Gives a reference back, and with the last one the context.</summary>
    internal void Release()
    {
        if (Interlocked.Decrement(ref _references) > 0)
        {
            return;
        }

        EnterToRelease();
        Note(Driver.cuStreamSynchronize(DefaultStream), nameof(Driver.cuStreamSynchronize));
        _memory.Close();
        Note(Driver.cuStreamDestroy_v2(DefaultStream), nameof(Driver.cuStreamDestroy_v2));
        Note(Driver.cuDevicePrimaryCtxRelease_v2(Information.Handle), nameof(Driver.cuDevicePrimaryCtxRelease_v2));
    }

    /// <summary>Throws what a call's result means, unless it is success.</summary>
    internal void Require(int code, string call, string? kernel = null)
    {
        if (code != CudaCode.Success)
        {
            throw Fail(code, call, kernel);
        }
    }

    /// <summary>Remembers what a call's result means where nobody can be told: a release goes on in any case.</summary>
    internal void Note(int code, string call)
    {
        if (code != CudaCode.Success)
        {
            _ = Fail(code, call, null);
        }
    }

    internal void RequireNoLoss()
    {
        if (Driver.Loss is DeviceLostException loss)
        {
            throw new DeviceLostException(loss.Message, loss.Call, loss.Code, loss.DeviceId, loss.Kernel);
        }
    }

    /// <summary>Throws while a queue gathers work, which the operation would become part of, or end.</summary>
    internal void RequireNoCapture(string operation)
    {
        if (IsCapturing)
        {
            throw new DeviceException(
                $"{Id}.{operation}: it was asked for while a queue gathers work for a graph, but only launches and copies of pinned memory can be gathered. "
                + "Run the work once before DeviceStream.Capture, so that everything is allocated and loaded.");
        }
    }

    /// <summary>Memory whose content is undefined; at least one byte.</summary>
    internal ulong Allocate(long bytes) => _memory.Allocate(bytes);

    /// <summary>Gives memory back behind everything that is queued now; called from finalizers too.</summary>
    internal void Free(ulong address, long bytes) => ReleaseOutsideCaptures(() =>
    {
        foreach (nint stream in _furtherStreams)
        {
            OrderToRelease(stream);
        }

        _memory.Free(address, bytes);
    });

    /// <summary>Gives pinned memory back when everything that is queued now is done; called from finalizers too.</summary>
    internal void FreePinned(nint address) => ReleaseOutsideCaptures(() =>
    {
        FinishToRelease();
        Note(Driver.cuMemFreeHost((void*)address), nameof(Driver.cuMemFreeHost));
    });

    /// <summary>A further queue's handle, which starts behind everything in the default queue.</summary>
    internal nint OpenStream()
    {
        RequireNoCapture("CreateStream");
        Enter();
        nint stream = NewStream();
        try
        {
            Order(DefaultStream, stream);
        }
        catch
        {
            Note(Driver.cuStreamDestroy_v2(stream), nameof(Driver.cuStreamDestroy_v2));
            throw;
        }

        lock (_gate)
        {
            _furtherStreams.Add(stream);
        }

        return stream;
    }

    /// <summary>Gives a further queue back; its work goes on, and memory waits for it.</summary>
    internal void CloseStream(nint stream)
    {
        lock (_gate)
        {
            _furtherStreams.Remove(stream);
            EnterToRelease();
            if (_captureCount > 0)
            {
                // A queue that gathers work must not wait for another's; then the host does.
                Note(Driver.cuStreamSynchronize(stream), nameof(Driver.cuStreamSynchronize));
            }
            else
            {
                OrderToRelease(stream);
            }

            Note(Driver.cuStreamDestroy_v2(stream), nameof(Driver.cuStreamDestroy_v2));
        }
    }

    /// <summary>Waits for the default queue where another queue could run ahead of what was put into it.</summary>
    internal void FinishForFurtherStreams()
    {
        bool hasFurther;
        lock (_gate)
        {
            hasFurther = _furtherStreams.Count > 0;
        }

        if (hasFurther && !IsCapturing)
        {
            Require(Driver.cuStreamSynchronize(DefaultStream), nameof(Driver.cuStreamSynchronize));
        }
    }

    /// <summary>Waits for all queues before something that kernels run from is given back.</summary>
    internal void FinishToRelease()
    {
        lock (_gate)
        {
            foreach (nint stream in _furtherStreams)
            {
                Note(Driver.cuStreamSynchronize(stream), nameof(Driver.cuStreamSynchronize));
            }
        }

        Note(Driver.cuStreamSynchronize(DefaultStream), nameof(Driver.cuStreamSynchronize));
    }

    /// <summary>Counts a queue that begins to gather work.</summary>
    internal void BeginCapture()
    {
        lock (_gate)
        {
            _captureCount++;
        }
    }

    /// <summary>Counts a queue that has gathered its work, and gives back what was disposed meanwhile.</summary>
    internal void EndCapture()
    {
        lock (_gate)
        {
            if (--_captureCount > 0)
            {
                return;
            }

            EnterToRelease();
            _pendingReleases.ForEach(release => release());
            _pendingReleases.Clear();
        }
    }

    private DeviceException Fail(int code, string call, string? kernel)
    {
        DeviceException failure = CudaFailure.Of(Driver, Id, call, code, kernel);
        if (failure is DeviceLostException loss)
        {
            Driver.Lose(loss);
        }

        return failure;
    }

    private nint NewStream()
    {
        nint stream = 0;
        Require(Driver.cuStreamCreate(&stream, CudaConstants.StreamNonBlocking), nameof(Driver.cuStreamCreate));
        return stream;
    }

    // A release must neither become part of a graph nor wait for one.
    private void ReleaseOutsideCaptures(Action release)
    {
        lock (_gate)
        {
            if (_captureCount > 0)
            {
                _pendingReleases.Add(release);
                return;
            }

            EnterToRelease();
            release();
        }
    }

    // What is queued from now on in the later stream waits for what is queued in the earlier one.
    private void Order(nint earlier, nint later)
    {
        nint mark = 0;
        Require(Driver.cuEventCreate(&mark, CudaConstants.EventWithoutTime), nameof(Driver.cuEventCreate));
        try
        {
            Require(Driver.cuEventRecord(mark, earlier), nameof(Driver.cuEventRecord));
            Require(Driver.cuStreamWaitEvent(later, mark, 0), nameof(Driver.cuStreamWaitEvent));
        }
        finally
        {
            Note(Driver.cuEventDestroy_v2(mark), nameof(Driver.cuEventDestroy_v2));
        }
    }

    // A device that is short of memory may have none for a mark; then the host waits.
    private void OrderToRelease(nint earlier)
    {
        try
        {
            Order(earlier, DefaultStream);
        }
        catch (DeviceException)
        {
            Note(Driver.cuStreamSynchronize(earlier), nameof(Driver.cuStreamSynchronize));
        }
    }
}
