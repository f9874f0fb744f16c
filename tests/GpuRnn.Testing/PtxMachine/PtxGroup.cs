namespace GpuRnn.Testing.PtxMachine;

/// <summary>The work-items of one group with their shared memory.</summary>
internal sealed class PtxGroup
{
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

    /// <summary>Runs all work-items to their end.</summary>
    internal void Run(Random order)
    {
        PtxThread[] running = [.. _threads];
        while (running.Length > 0)
        {
            order.Shuffle(running);
            foreach (PtxThread thread in running)
            {
                thread.RunUntilWaiting();
            }

            running = [.. running.Where(thread => !thread.HasEnded)];
        }
    }
}
