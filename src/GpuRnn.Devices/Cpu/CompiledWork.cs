using GpuRnn.Compiler.Backends.Cpu;
using GpuRnn.KernelModel;

namespace GpuRnn.Devices.Cpu;

/// <summary>The launches of one compiled kernel; kept, so that a launch allocates nothing.</summary>
internal sealed class CompiledWork : ITeamWork
{
    // Below this many indices the caller is done before a parked worker would have woken.
    private const long SmallExtent = 512;

    // Several chunks a worker even out work of unequal cost.
    private const int ChunksPerWorker = 4;

    // A chunk of a one-dimensional launch begins where a cache line of floats does.
    private const int ChunkAlignment = 16;

    private readonly CpuProgram _program;
    private readonly CpuWorkspace[] _workspaces;
    private readonly long[] _leaves;
    private Index3D _extent;
    private KernelConfig _config;
    private bool _isGrouped;
    private long _size;
    private long _chunkSize;
    private long _next;

    internal CompiledWork(CpuProgram program, int workerCount)
    {
        _program = program;
        _leaves = new long[program.LeafCount];
        _workspaces = [.. Enumerable.Range(0, workerCount).Select(_ => new CpuWorkspace())];
    }

    /// <inheritdoc/>
    public void Run(int worker, int workerCount, SpinBarrier barrier)
    {
        while (true)
        {
            long start = Interlocked.Add(ref _next, _chunkSize) - _chunkSize;
            if (start >= _size)
            {
                return;
            }

            RunChunk(_workspaces[worker], start, Math.Min(_size, start + _chunkSize));
        }
    }

    /// <summary>Runs a launch by index; the caller holds the lock on this object.</summary>
    internal void RunIndices(WorkerTeam team, Index3D extent, object[] arguments)
    {
        _isGrouped = false;
        _extent = extent;
        _size = extent.LongSize;
        long share = Chunk(team);
        _chunkSize = (share + ChunkAlignment - 1) / ChunkAlignment * ChunkAlignment;
        Launch(team, _size <= SmallExtent, arguments);
    }

    /// <summary>Runs a launch of groups; the caller holds the lock on this object.</summary>
    internal void RunGroups(WorkerTeam team, KernelConfig config, object[] arguments)
    {
        _isGrouped = true;
        _config = config;
        _size = config.GridDim.LongSize;
        _chunkSize = Chunk(team);
        Launch(team, _size == 1, arguments);
    }

    private long Chunk(WorkerTeam team)
    {
        long chunks = (long)team.WorkerCount * ChunksPerWorker;
        return (_size + chunks - 1) / chunks;
    }

    private void Launch(WorkerTeam team, bool isSmall, object[] arguments)
    {
        _program.Pack(arguments, _leaves);
        if (isSmall || team.WorkerCount == 1)
        {
            RunChunk(_workspaces[0], 0, _size);
        }
        else
        {
            _next = 0;
            team.RunAny(this);
        }

        // Compiled code knows addresses alone; the views keep their buffers.
        GC.KeepAlive(arguments);
    }

    private void RunChunk(CpuWorkspace workspace, long start, long end)
    {
        try
        {
            if (_isGrouped)
            {
                _program.RunGroups(_leaves, workspace, _config, start, end);
            }
            else
            {
                _program.RunIndices(_leaves, workspace, _extent, start, end);
            }
        }
        catch (Exception exception)
        {
            throw new KernelExecutionException(_program.Entry.Name, Position(workspace), exception);
        }
    }

    private string Position(CpuWorkspace workspace)
    {
        Index3D position = workspace.Position;
        return _isGrouped ? $"group {workspace.GroupPosition}, work-item {position}" : _program.Entry.IndexType switch
        {
            IndexType.Index1D => $"index {position.X}",
            IndexType.Index2D => $"index ({position.X}, {position.Y})",
            _ => $"index {position}",
        };
    }
}
