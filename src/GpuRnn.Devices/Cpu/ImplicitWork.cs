using GpuRnn.Compiler.Frontend;
using GpuRnn.KernelModel;

namespace GpuRnn.Devices.Cpu;

/// <summary>The launches of one implicitly grouped kernel; kept, so that a launch allocates nothing.</summary>
internal sealed class ImplicitWork : ITeamWork
{
    // Below this many indices the caller is done before a parked worker would have woken.
    private const long SmallExtent = 512;

    // Several chunks a worker even out indices of unequal cost; fewer, larger ones cost less unboxing.
    private const int ChunksPerWorker = 4;

    private readonly KernelEntry _entry;
    private readonly ImplicitChunk _chunk;
    private object[] _arguments = [];
    private Index3D _extent;
    private long _chunkSize;
    private long _next;

    internal ImplicitWork(KernelEntry entry, ImplicitChunk chunk)
    {
        _entry = entry;
        _chunk = chunk;
    }

    /// <inheritdoc/>
    public void Run(int worker, int workerCount, SpinBarrier barrier)
    {
        long size = _extent.LongSize;
        while (true)
        {
            long start = Interlocked.Add(ref _next, _chunkSize) - _chunkSize;
            if (start >= size)
            {
                return;
            }

            RunChunk(start, Math.Min(size, start + _chunkSize));
        }
    }

    /// <summary>Runs the whole extent; the caller holds the lock on this object.</summary>
    internal void Run(WorkerTeam team, Index3D extent, object[] arguments)
    {
        _arguments = arguments;
        _extent = extent;
        try
        {
            long size = extent.LongSize;
            if (size <= SmallExtent || team.WorkerCount == 1)
            {
                RunChunk(0, size);
                return;
            }

            long chunks = (long)team.WorkerCount * ChunksPerWorker;
            _chunkSize = (size + chunks - 1) / chunks;
            _next = 0;
            team.RunAny(this);
        }
        finally
        {
            // Views in the arguments would otherwise keep forgotten buffers from being reclaimed.
            _arguments = [];
        }
    }

    private void RunChunk(long start, long end)
    {
        long failedAt = -1;
        try
        {
            _chunk(_arguments, start, end, _extent.X, _extent.Y, ref failedAt);
        }
        catch (Exception exception)
        {
            // Without a failed index the arguments themselves could not be read: not the kernel's fault.
            if (failedAt < 0)
            {
                throw;
            }

            throw new KernelExecutionException(_entry.Name, $"index {IndexAt(failedAt)}", exception);
        }
    }

    private string IndexAt(long linear)
    {
        long x = linear % _extent.X;
        long y = linear / _extent.X % _extent.Y;
        long z = linear / _extent.X / _extent.Y;
        return _entry.IndexType switch
        {
            IndexType.Index1D => $"{linear}",
            IndexType.Index2D => $"({x}, {y})",
            _ => $"({x}, {y}, {z})",
        };
    }
}
