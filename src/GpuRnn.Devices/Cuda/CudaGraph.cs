using GpuRnn.Devices.Cuda.Native;
using GpuRnn.KernelModel;

namespace GpuRnn.Devices.Cuda;

/// <summary>Captured work, ready to run, with the memory that it names.</summary>
internal sealed unsafe class CudaGraph : DeviceGraph
{
    private readonly CudaDevice _device;
    private readonly CudaContext _context;
    private readonly object[] _memory;
    private nint _handle;

    private CudaGraph(CudaDevice device, nint handle, int nodeCount, object[] memory)
        : base(device)
    {
        _device = device;
        _context = device.Context;
        _context.AddReference();
        _handle = handle;
        _memory = memory;
        NodeCount = nodeCount;
    }

    ~CudaGraph()
    {
        Dispose(false);
    }

    /// <inheritdoc/>
    public override int NodeCount { get; }

    /// <inheritdoc/>
    public override void Launch(DeviceStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (stream is not CudaStream queue || !ReferenceEquals(stream.Device, _device))
        {
            throw new DeviceException(
                $"DeviceGraph.Launch: a queue of another device '{stream.Device.Id}' arrived, but the graph was captured on '{_device.Id}'. "
                + "Use a queue of that device object.");
        }

        queue.Enter();
        ObjectDisposedException.ThrowIf(_handle == 0, this);
        foreach (object memory in _memory)
        {
            RequireAlive(memory);
        }

        CudaDriver driver = _context.Driver;
        _context.Require(driver.cuGraphLaunch(_handle, queue.Handle), nameof(driver.cuGraphLaunch));
    }

    /// <summary>Makes captured work ready, and gives the capture's own object back.</summary>
    internal static CudaGraph Create(CudaDevice device, nint graph, IEnumerable<object> memory)
    {
        CudaContext context = device.Context;
        CudaDriver driver = context.Driver;
        nint executable = 0;
        try
        {
            nuint count = 0;
            context.Require(driver.cuGraphGetNodes(graph, null, &count), nameof(driver.cuGraphGetNodes));
            context.Require(driver.cuGraphInstantiateWithFlags(&executable, graph, 0), nameof(driver.cuGraphInstantiateWithFlags));
            return new CudaGraph(device, executable, (int)count, [.. memory]);
        }
        finally
        {
            Destroy(context, graph);
        }
    }

    /// <summary>Gives a capture's object back, if there is one.</summary>
    internal static void Destroy(CudaContext context, nint graph)
    {
        if (graph != 0)
        {
            context.Note(context.Driver.cuGraphDestroy(graph), nameof(context.Driver.cuGraphDestroy));
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        nint handle = Interlocked.Exchange(ref _handle, 0);
        if (handle != 0)
        {
            // The driver keeps an executable graph until its launches are done.
            _context.EnterToRelease();
            _context.Note(_context.Driver.cuGraphExecDestroy(handle), nameof(_context.Driver.cuGraphExecDestroy));
            _context.Release();
        }

        base.Dispose(disposing);
    }

    private static void RequireAlive(object memory)
    {
        if (memory is PinnedMemory { IsAlive: false } or IViewSource { IsAlive: false })
        {
            string what = (memory as IViewSource)?.Description ?? "pinned memory";
            throw new ObjectDisposedException(
                nameof(DeviceGraph), $"DeviceGraph.Launch: {what} was disposed, but the graph reads or writes it. Dispose the graph first, or capture it anew.");
        }
    }
}
