using GpuRnn.KernelModel;

namespace GpuRnn.Devices.Tests;

/// <summary>A kernel whose loop is as long as a specialised value says.</summary>
public static class SpecializedKernels
{
    public static void Powers(Index1D index, ArrayView<int> target, SpecializedValue<int> exponent, SpecializedValue<bool> isNegative)
    {
        int power = 1;
        for (int i = 0; i < exponent.Value; i++)
        {
            power *= index + 2;
        }

        target[index] = isNegative ? -power : power;
    }
}
