using GpuRnn.Devices.Cuda.Native;

namespace GpuRnn.Testing.CudaStandIn;

/// <content>Streams, events and graphs.</content>
internal sealed unsafe partial class StandInDriver
{
    private const int CaptureUnsupported = 900;
    private const int CaptureIsolation = 905;

    private readonly Dictionary<nint, IReadOnlyList<Action>> _graphs = [];

    internal override int cuStreamCreate(nint* stream, uint flags) => Call(nameof(cuStreamCreate), true, () =>
    {
        *stream = Open("stream");
        _queues.Open(*stream);
        return flags == CudaConstants.StreamNonBlocking ? 0 : Broken("a stream waits for the legacy default stream", InvalidValue);
    });

    internal override int cuStreamDestroy_v2(nint stream) => Call(
        nameof(cuStreamDestroy_v2),
        true,
        () =>
        {
            _queues.Close(stream);
            return Close(stream, "stream");
        },
        isRelease: true);

    internal override int cuStreamSynchronize(nint stream) => Call(nameof(cuStreamSynchronize), true, () =>
    {
        if (!IsAlive(stream, "stream"))
        {
            return InvalidHandle;
        }

        if (_queues.IsCapturing(stream))
        {
            return Broken("a stream that captures was waited for", CaptureUnsupported);
        }

        _queues.Run(stream);
        return 0;
    });

    internal override int cuStreamWaitEvent(nint stream, nint happening, uint flags) => Call(nameof(cuStreamWaitEvent), true, () =>
    {
        if (!IsAlive(stream, "stream") || !IsAlive(happening, "event"))
        {
            return InvalidHandle;
        }

        if (_queues.IsCapturing(stream) && !_queues.IsOfTheSameCapture(stream, happening))
        {
            return Broken("a stream that captures was to wait for work outside its capture", CaptureIsolation);
        }

        _queues.WaitFor(stream, happening);
        return 0;
    });

    internal override int cuStreamBeginCapture_v2(nint stream, int mode) => Call(nameof(cuStreamBeginCapture_v2), true, () =>
    {
        if (!IsAlive(stream, "stream"))
        {
            return InvalidHandle;
        }

        _queues.BeginCapture(stream);
        return mode == CudaConstants.CaptureRelaxed ? 0 : InvalidValue;
    });

    internal override int cuStreamEndCapture(nint stream, nint* graph) => Call(
        nameof(cuStreamEndCapture),
        true,
        () =>
        {
            if (_queues.EndCapture(stream) is not IReadOnlyList<Action> work)
            {
                return Broken("a capture was ended that was not begun", CaptureUnsupported);
            }

            if (_calls.Count - 1 != FailingCall && _stickyCode == 0)
            {
                *graph = Open("graph");
                _graphs.Add(*graph, work);
            }

            return 0;
        },
        isRelease: true);

    internal override int cuEventCreate(nint* happening, uint flags) => Call(nameof(cuEventCreate), true, () =>
    {
        *happening = Open("event");
        return 0;
    });

    internal override int cuEventDestroy_v2(nint happening) => Call(
        nameof(cuEventDestroy_v2),
        true,
        () =>
        {
            _queues.Forget(happening);
            return Close(happening, "event");
        },
        isRelease: true);

    internal override int cuEventRecord(nint happening, nint stream) => Call(nameof(cuEventRecord), true, () =>
    {
        if (!IsAlive(happening, "event") || !IsAlive(stream, "stream"))
        {
            return InvalidHandle;
        }

        _queues.Mark(happening, stream);
        return 0;
    });

    internal override int cuEventQuery(nint happening) => Call(
        nameof(cuEventQuery),
        true,
        () => !IsAlive(happening, "event") ? InvalidHandle : _queues.IsReached(happening) ? 0 : CudaCode.NotReady);

    internal override int cuEventSynchronize(nint happening) => Call(nameof(cuEventSynchronize), true, () =>
    {
        if (!IsAlive(happening, "event"))
        {
            return InvalidHandle;
        }

        _queues.RunTo(happening);
        return 0;
    });

    internal override int cuEventElapsedTime(float* milliseconds, nint start, nint end) => Call(nameof(cuEventElapsedTime), true, () =>
    {
        if (!IsAlive(start, "event") || !IsAlive(end, "event"))
        {
            return InvalidHandle;
        }

        float? between = _queues.Between(start, end);
        *milliseconds = between ?? 0;
        return between is null ? CudaCode.NotReady : 0;
    });

    internal override int cuGraphGetNodes(nint graph, nint* nodes, nuint* count) => Call(nameof(cuGraphGetNodes), true, () =>
    {
        if (!IsAlive(graph, "graph"))
        {
            return InvalidHandle;
        }

        *count = (nuint)_graphs[graph].Count;
        return nodes is null ? 0 : InvalidValue;
    });

    internal override int cuGraphInstantiateWithFlags(nint* executable, nint graph, ulong flags) => Call(nameof(cuGraphInstantiateWithFlags), true, () =>
    {
        if (!IsAlive(graph, "graph"))
        {
            return InvalidHandle;
        }

        *executable = Open("executable graph");
        _graphs.Add(*executable, _graphs[graph]);
        return 0;
    });

    internal override int cuGraphLaunch(nint executable, nint stream) => Call(nameof(cuGraphLaunch), true, () =>
    {
        if (!IsAlive(executable, "executable graph") || !IsAlive(stream, "stream"))
        {
            return InvalidHandle;
        }

        foreach (Action work in _graphs[executable])
        {
            _queues.Add(stream, work);
        }

        return 0;
    });

    internal override int cuGraphExecDestroy(nint executable) =>
        Call(nameof(cuGraphExecDestroy), true, () => CloseGraph(executable, "executable graph"), isRelease: true);

    internal override int cuGraphDestroy(nint graph) => Call(nameof(cuGraphDestroy), true, () => CloseGraph(graph, "graph"), isRelease: true);

    private int CloseGraph(nint graph, string kind)
    {
        _graphs.Remove(graph);
        return Close(graph, kind);
    }
}
