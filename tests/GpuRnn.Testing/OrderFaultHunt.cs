using GpuRnn.Compiler.Backends.Cpu.Interleaving;
using GpuRnn.Compiler.Frontend;
using GpuRnn.Devices;
using GpuRnn.Devices.Cpu;
using Xunit.Sdk;

namespace GpuRnn.Testing;

/// <summary>Runs kernels under the adversarial schedule: right as they are, and spoilt in every place where their order can be spoilt.</summary>
public sealed class OrderFaultHunt
{
    /// <summary>So many seeds must be enough to notice a fault.</summary>
    public const int MaximumSeeds = 1000;

    private readonly Func<CpuDevice, ICollection<IDisposable>, Func<int[]>> _prepare;
    private readonly Func<KernelEntry, bool> _includes;

    /// <param name="prepare">Makes everything ready on a device, and returns what runs it and gives back all bits that it leaves; it may check them,
    /// too. What it collects is disposed of.</param>
    /// <param name="includes">Which kernels take part; null for the cooperative ones.</param>
    public OrderFaultHunt(Func<CpuDevice, ICollection<IDisposable>, Func<int[]>> prepare, Func<KernelEntry, bool>? includes = null)
    {
        _prepare = prepare;
        _includes = includes ?? (entry => entry.IsCooperative);
    }

    /// <summary>Demands of all seeds from 0 on the bits that the kernels give without the schedule.</summary>
    /// <exception cref="XunitException">A seed gives others.</exception>
    public void RequireSameBits(int seeds)
    {
        int[] expected = [];
        OnDevice(null, run => expected = run());
        AdversarialSchedule schedule = new(0) { Includes = _includes };
        OnDevice(schedule, run =>
        {
            for (schedule.Seed = 0; schedule.Seed < seeds; schedule.Seed++)
            {
                Require(expected.AsSpan().SequenceEqual(run()), $"seed {schedule.Seed} gives other bits than the kernels without the schedule");
            }
        });
        Require(schedule.Kernels.Count > 0, "no kernel took part");
    }

    /// <summary>Demands that every single fault of every kernel changes the bits, fails a check or is reported within <see cref="MaximumSeeds"/>.</summary>
    /// <returns>A line for each fault, with the number of seeds that it needed.</returns>
    /// <exception cref="XunitException">A fault is not noticed, or no kernel took part that can be spoilt.</exception>
    public IReadOnlyList<string> RequireAllNoticed()
    {
        List<string> noticed = [];
        AdversarialSchedule schedule = new(0) { Includes = _includes };
        OnDevice(schedule, run =>
        {
            int[] expected = run();
            foreach (KernelEntry kernel in schedule.Kernels.ToArray())
            {
                foreach (OrderFault fault in InterleavedProgram.FaultsOf(kernel))
                {
                    schedule.Fault = (kernel, fault);
                    int seeds = SeedsUntilNoticed(schedule, run, expected);
                    Require(seeds <= MaximumSeeds, $"{kernel.Name}: {fault} was not noticed within {MaximumSeeds} seeds");
                    noticed.Add($"{kernel.Name}: {fault.Kind} {fault.Number} after {seeds} seeds");
                }
            }

            schedule.Fault = null;
            schedule.Seed = MaximumSeeds;
            Require(expected.AsSpan().SequenceEqual(run()), "the unspoilt kernels give other bits behind the faults than before");
        });
        Require(noticed.Count > 0, "no kernel took part that can be spoilt");
        return noticed;
    }

    private static void Require(bool isRight, string otherwise)
    {
        if (!isRight)
        {
            throw new XunitException($"OrderFaultHunt: {otherwise}.");
        }
    }

    private void OnDevice(AdversarialSchedule? schedule, Action<Func<int[]>> use)
    {
        List<IDisposable> owned = [];
        using CpuDevice device = new(new CpuDeviceOptions { ThreadCount = 1, GroupSchedule = schedule });
        try
        {
            use(_prepare(device, owned));
        }
        finally
        {
            owned.ForEach(one => one.Dispose());
        }
    }

    private static int SeedsUntilNoticed(AdversarialSchedule schedule, Func<int[]> run, int[] expected)
    {
        for (schedule.Seed = 0; schedule.Seed < MaximumSeeds; schedule.Seed++)
        {
            try
            {
                if (!expected.AsSpan().SequenceEqual(run()))
                {
                    break;
                }
            }
            catch (Exception exception) when (exception is GroupDeadlockException or KernelExecutionException or XunitException)
            {
                break;
            }
        }

        return schedule.Seed + 1;
    }
}
