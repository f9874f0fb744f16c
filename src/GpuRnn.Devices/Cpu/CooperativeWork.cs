using GpuRnn.Compiler.Backends.Cpu;
using GpuRnn.KernelModel;
using GpuRnn.KernelModel.Execution;

namespace GpuRnn.Devices.Cpu;

/// <summary>The launches of a compiled kernel whose groups wait for each other: a thread for each group, all at once.</summary>
/// <remarks>
/// Groups beyond the number of cores take turns; a waiting one yields its core. That is right on any machine and fast on none with
/// fewer cores than groups, which is why the processor's own executors do without such kernels.
/// </remarks>
internal sealed class CooperativeWork
{
    /// <summary>The most groups of a launch: more than any known GPU has multiprocessors.</summary>
    internal const int MaximumGroups = 256;

    private readonly CpuProgram _program;
    private readonly long[] _leaves;
    private readonly List<CpuWorkspace> _workspaces = [];

    internal CooperativeWork(CpuProgram program)
    {
        _program = program;
        _leaves = new long[program.LeafCount];
    }

    /// <summary>Runs a launch; the caller holds the lock on this object.</summary>
    /// <exception cref="KernelExecutionException">A group threw; the others were stopped where they waited for it.</exception>
    internal void Run(ThreadCrew crew, KernelConfig config, object[] arguments)
    {
        int count = config.GridDim.Size;
        while (_workspaces.Count < count)
        {
            _workspaces.Add(new CpuWorkspace());
        }

        _program.Pack(arguments, _leaves);
        LaunchState launch = new();
        KernelExecutionException? failure = null;
        crew.Run(count, group =>
        {
            Waiting.Enter(launch);
            try
            {
                _program.RunGroups(_leaves, _workspaces[group], config, group, group + 1);
            }
            catch (GroupAbortedException)
            {
                // Another group has failed and reports it.
            }
            catch (Exception exception)
            {
                CpuWorkspace workspace = _workspaces[group];
                string position = $"group {workspace.GroupPosition}, work-item {workspace.Position}";
                Interlocked.CompareExchange(ref failure, new KernelExecutionException(_program.Entry.Name, position, exception), null);
                launch.Abort();
            }
            finally
            {
                Waiting.Enter(null);
            }
        });

        // Compiled code knows addresses alone; the views keep their buffers.
        GC.KeepAlive(arguments);
        if (failure is not null)
        {
            throw failure;
        }
    }
}
