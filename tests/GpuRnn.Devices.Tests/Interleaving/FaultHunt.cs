using System.Reflection;
using GpuRnn.Compiler.Backends.Cpu.Interleaving;
using GpuRnn.Compiler.Frontend;
using GpuRnn.Devices.Cpu;

namespace GpuRnn.Devices.Tests.Interleaving;

/// <summary>Spoils a cooperative kernel in every place where it can be spoilt, and looks for a seed that notices.</summary>
internal static class FaultHunt
{
    /// <summary>So many seeds must be enough.</summary>
    internal const int MaximumSeeds = 1000;

    /// <summary>Every fault must change the result or be reported within <see cref="MaximumSeeds"/>.</summary>
    /// <param name="kernel">The kernel that is spoilt.</param>
    /// <param name="run">Runs it on a device with fresh buffers, and gives back all bits that it leaves.</param>
    /// <returns>The faults with the number of seeds that each needed.</returns>
    internal static IReadOnlyList<(OrderFault Fault, int Seeds)> RequireAllFound(MethodInfo kernel, Func<CpuDevice, int[]> run)
    {
        int[] expected = On(new AdversarialSchedule(0), run, result => result());
        List<(OrderFault Fault, int Seeds)> found = [];
        foreach (OrderFault fault in InterleavedProgram.FaultsOf(KernelEntry.Read(kernel)))
        {
            AdversarialSchedule schedule = new(0) { FaultOf = entry => entry.Method == kernel ? fault : null };
            int seeds = On(schedule, run, result => SeedsUntilNoticed(schedule, result, expected));
            Assert.True(seeds <= MaximumSeeds, $"{kernel.Name}: {fault} was not noticed within {MaximumSeeds} seeds.");
            found.Add((fault, seeds));
        }

        return found;
    }

    /// <summary>All seeds must give the same bits.</summary>
    internal static void RequireSameBits(MethodInfo kernel, int seeds, Func<CpuDevice, int[]> run)
    {
        AdversarialSchedule schedule = new(0);
        On(schedule, run, result =>
        {
            int[] expected = result();
            for (schedule.Seed = 1; schedule.Seed < seeds; schedule.Seed++)
            {
                int[] actual = result();
                Assert.True(expected.AsSpan().SequenceEqual(actual), $"{kernel.Name}: seed {schedule.Seed} gives other bits than seed 0.");
            }

            return seeds;
        });
    }

    private static T On<T>(AdversarialSchedule schedule, Func<CpuDevice, int[]> run, Func<Func<int[]>, T> use)
    {
        using CpuDevice device = new(new CpuDeviceOptions { ThreadCount = 1, GroupSchedule = schedule });
        return use(() => run(device));
    }

    private static int SeedsUntilNoticed(AdversarialSchedule schedule, Func<int[]> result, int[] expected)
    {
        for (schedule.Seed = 0; schedule.Seed < MaximumSeeds; schedule.Seed++)
        {
            try
            {
                if (!expected.AsSpan().SequenceEqual(result()))
                {
                    break;
                }
            }
            catch (Exception exception) when (exception is GroupDeadlockException or KernelExecutionException)
            {
                break;
            }
        }

        return schedule.Seed + 1;
    }
}
