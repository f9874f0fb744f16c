using System.Runtime.InteropServices;

namespace GpuRnn.Testing.PtxMachine;

/// <summary>Runs an entry over a grid on the calling thread: group after group, or all groups in turns where it reads with acquire.</summary>
/// <remarks>
/// A stand-in for a GPU where there is none. It follows the manual of PTX ISA 7.8, whatever the text's author meant: shifts saturate, a register
/// that nothing has written cannot be read, memory outside the arguments cannot be touched. The work-items of a group run one at a
/// time in a shuffled order until each waits or ends, so that a missing barrier shows.
/// </remarks>
public static class PtxLaunch
{
    /// <summary>Runs the entry.</summary>
    /// <param name="entry">A kernel.</param>
    /// <param name="arguments">One a parameter: an array for a pointer, else a number.</param>
    /// <param name="grid">Groups on each axis.</param>
    /// <param name="group">Work-items on each axis.</param>
    /// <param name="dynamicSharedBytes">Shared memory beside what the entry declares.</param>
    public static void Run(PtxEntry entry, object[] arguments, (int X, int Y, int Z) grid, (int X, int Y, int Z) group, int dynamicSharedBytes = 0)
    {
        if (arguments.Length != entry.Parameters.Count)
        {
            throw new ArgumentException($"PtxLaunch.Run: {arguments.Length} arguments arrived, but {entry.Name} has {entry.Parameters.Count} parameters.");
        }

        if (group.X * group.Y * group.Z > entry.MaximumGroupSize)
        {
            throw new ArgumentException($"PtxLaunch.Run: groups of {group} arrived, but {entry.Name} has at most {entry.MaximumGroupSize} work-items in one.");
        }

        List<GCHandle> pinned = [];
        PtxGlobalMemory memory = new();
        Dictionary<string, ulong> parameters = [];
        for (int i = 0; i < arguments.Length; i++)
        {
            parameters[entry.Parameters[i].Name] = Bits(arguments[i], entry.Parameters[i].Type, memory, pinned);
        }

        try
        {
            Run(entry, parameters, memory, grid, group, dynamicSharedBytes);
        }
        finally
        {
            pinned.ForEach(handle => handle.Free());
        }
    }

    /// <summary>Runs the entry with the bits of its parameters.</summary>
    internal static void Run(
        PtxEntry entry,
        IReadOnlyDictionary<string, ulong> parameters,
        PtxGlobalMemory memory,
        (int X, int Y, int Z) grid,
        (int X, int Y, int Z) group,
        int dynamicSharedBytes)
    {
        Random order = new(5);
        IEnumerable<PtxGroup> groups = Enumerable.Range(0, grid.X * grid.Y * grid.Z)
            .Select(number => (number % grid.X, number / grid.X % grid.Y, number / (grid.X * grid.Y)))
            .Select(index => new PtxGroup(entry, parameters, memory, grid, group, index, dynamicSharedBytes));
        bool isCooperative = entry.Instructions.Any(instruction => instruction.Operation.Contains("acquire"));
        foreach (PtxGroup[] together in isCooperative ? [[.. groups]] : groups.Select(one => new[] { one }))
        {
            RunTogether(together, order);
        }
    }

    private static void RunTogether(PtxGroup[] groups, Random order)
    {
        while (Array.Find(groups, group => !group.HasEnded) is not null)
        {
            order.Shuffle(groups);
            foreach (PtxGroup group in groups.Where(group => !group.HasEnded))
            {
                group.Step(order);
            }
        }
    }

    private static ulong Bits(object argument, string type, PtxGlobalMemory memory, List<GCHandle> pinned)
    {
        switch (argument, type)
        {
            case (Array array, "u64"):
                GCHandle handle = GCHandle.Alloc(array, GCHandleType.Pinned);
                pinned.Add(handle);
                ulong address = (ulong)handle.AddrOfPinnedObject();
                memory.Add(address, ArrayBytes.Of(array).Length);
                return address;
            case (long number, "u64"):
                return (ulong)number;
            case (int number, "u32"):
                return (uint)number;
            case (uint number, "u32"):
                return number;
            case (float number, "f32"):
                return BitConverter.SingleToUInt32Bits(number);
            case (double number, "f64"):
                return BitConverter.DoubleToUInt64Bits(number);
            case (bool flag, "u8"):
                return flag ? 1UL : 0UL;
            case (byte number, "u8"):
                return number;
            default:
                throw new ArgumentException($"PtxLaunch.Run: a {argument.GetType().Name} arrived for a parameter of type {type}.");
        }
    }
}
