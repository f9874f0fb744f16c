namespace GpuRnn.Testing.PtxMachine;

/// <summary>The work-items of one group with their shared memory.</summary>
internal sealed class PtxGroup
{
    private const int WarpSize = 32;

    private readonly PtxThread[] _threads;

    internal PtxGroup(
        PtxEntry entry,
        IReadOnlyDictionary<string, ulong> parameters,
        PtxGlobalMemory memory,
        (int X, int Y, int Z) grid,
        (int X, int Y, int Z) extent,
        (int X, int Y, int Z) index,
        int dynamicSharedBytes)
    {
        Entry = entry;
        Parameters = parameters;
        Global = memory;
        Shared = Undefined(entry.SharedBytes + dynamicSharedBytes);
        _threads = new PtxThread[extent.X * extent.Y * extent.Z];
        for (int i = 0; i < _threads.Length; i++)
        {
            Dictionary<string, ulong> special = [];
            void Axes(string name, (int X, int Y, int Z) value)
            {
                special[$"%{name}.x"] = (uint)value.X;
                special[$"%{name}.y"] = (uint)value.Y;
                special[$"%{name}.z"] = (uint)value.Z;
            }

            Axes("tid", (i % extent.X, i / extent.X % extent.Y, i / (extent.X * extent.Y)));
            Axes("ntid", extent);
            Axes("ctaid", index);
            Axes("nctaid", grid);
            special["%laneid"] = (uint)(i % WarpSize);
            special["%dynamic_smem_size"] = (uint)dynamicSharedBytes;
            _threads[i] = new PtxThread(this, special);
        }
    }

    internal PtxEntry Entry { get; }

    internal IReadOnlyDictionary<string, ulong> Parameters { get; }

    internal PtxGlobalMemory Global { get; }

    internal byte[] Shared { get; }

    /// <summary>Memory that begins as NaNs.</summary>
    internal static byte[] Undefined(int bytes)
    {
        byte[] memory = new byte[bytes];
        Array.Fill(memory, byte.MaxValue);
        return memory;
    }

    internal bool HasEnded => Array.TrueForAll(_threads, thread => thread.HasEnded);

    /// <summary>Runs all work-items, each to where it waits or gives way, and lets go on who has met.</summary>
    internal void Step(Random order)
    {
        PtxThread[] shuffled = [.. _threads];
        order.Shuffle(shuffled);
        foreach (PtxThread thread in shuffled)
        {
            thread.RunUntilWaiting();
        }

        bool goesOn = Array.Exists(_threads, thread => thread.HasGivenWay);
        foreach (PtxThread[] warp in _threads.Chunk(WarpSize))
        {
            goesOn |= Meet(warp);
        }

        goesOn |= ReleaseAt(_threads, "sync");
        if (!goesOn && !HasEnded)
        {
            throw new InvalidOperationException($"PtxGroup: {Entry.Name}: some work-items wait for others that wait elsewhere.");
        }
    }

    // What the lanes of one warp do together once all that have not ended have arrived.
    private static bool Meet(PtxThread[] warp)
    {
        if (ReleaseAt(warp, "warp"))
        {
            return true;
        }

        int[] present = [.. Enumerable.Range(0, warp.Length).Where(lane => !warp[lane].HasEnded)];
        if (present.Length == WarpSize && Array.TrueForAll(warp, thread => thread.Waiting is { Word: "mma" } wait && wait == warp[0].Waiting))
        {
            PtxMatrixUnit.Multiply(warp);
            return true;
        }

        if (present.Length == 0 || !Array.TrueForAll(present, lane => warp[lane].Waiting?.Word == "shfl"))
        {
            return false;
        }

        uint[] offered = [.. warp.Select(thread => thread.HasEnded ? 0xDEADBEEF : thread.Offered())];
        int[] wanted = [.. warp.Select((thread, lane) => thread.HasEnded ? 0 : thread.Wanted(lane))];
        Array.ForEach(present, lane => warp[lane].Take(wanted[lane] < offered.Length ? offered[wanted[lane]] : 0xDEADBEEF));
        return true;
    }

    private static bool ReleaseAt(PtxThread[] threads, string word)
    {
        PtxThread[] present = [.. threads.Where(thread => !thread.HasEnded)];
        if (present.Length == 0 || !Array.TrueForAll(present, thread => thread.Waiting is { Word: "bar" } wait && wait.Instruction.Operation[1] == word))
        {
            return false;
        }

        Array.ForEach(present, thread => thread.Release());
        return true;
    }
}
