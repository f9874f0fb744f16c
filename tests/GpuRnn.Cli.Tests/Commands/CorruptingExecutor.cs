using GpuRnn.Devices;
using GpuRnn.Devices.Sequences;

namespace GpuRnn.Cli.Tests.Commands;

/// <summary>Runs time loops on another executor and then spoils one hidden state by a thousandth.</summary>
internal sealed class CorruptingExecutor(ISequenceExecutor inner) : ISequenceExecutor
{
    public string Name => inner.Name;

    public SupportAnswer Supports(SequenceLoopRequest request) => inner.Supports(request);

    public ISequenceLoop Prepare(SequenceLoopRequest request) => new Loop(inner.Prepare(request));

    private sealed class Loop(ISequenceLoop inner) : ISequenceLoop
    {
        public IReadOnlyList<string> Description => inner.Description;

        public void Forward(DeviceStream stream, SequenceForwardArguments arguments)
        {
            inner.Forward(stream, arguments);
            arguments.States[0].Memory[7] += 0.001f;
        }

        public void Backward(DeviceStream stream, SequenceBackwardArguments arguments) => inner.Backward(stream, arguments);

        public void Dispose() => inner.Dispose();
    }
}
