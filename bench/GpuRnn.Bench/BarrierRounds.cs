using GpuRnn.KernelModel;

namespace GpuRnn.Bench;

/// <summary>The rounds of a persistent loop without its work: blocks meet, and hand a number on if asked to.</summary>
public static class BarrierRounds
{
    /// <summary>Meets once a round.</summary>
    /// <remarks>
    /// Groups: X. The barrier is that of the persistent kernels: a counter that only rises, added to with release and read with acquire. In a round
    /// block i takes what block i − 1 wrote in the round before and adds one, in one of two halves, so that no half is written before all have read it.
    /// </remarks>
    [Cooperative]
    public static void Meet(
        ArrayView<int> counter, // zero before the launch
        ArrayView<int> numbers, // [2][blocks]
        int rounds,
        int handsOn)            // 1 to hand numbers on, 0 to meet alone
    {
        int blocks = Grid.DimX;
        int before = Grid.IdxX == 0 ? blocks - 1 : Grid.IdxX - 1;
        for (int round = 0; round < rounds; round++)
        {
            if (handsOn != 0 && Group.IdxX == 0)
            {
                int taken = round == 0 ? Grid.IdxX : numbers[((round - 1) % 2 * blocks) + before] + 1;
                numbers[(round % 2 * blocks) + Grid.IdxX] = taken;
            }

            // After this: the whole block has done its part of the round.
            Group.Barrier();
            if (Group.IdxX == 0)
            {
                GlobalMemory.AddRelease(ref counter[0], 1);
                while (GlobalMemory.LoadAcquire(ref counter[0]) < blocks * (round + 1))
                {
                }
            }

            // After this: what all blocks released in this round is visible to the whole block.
            Group.Barrier();
        }
    }
}
