using GpuRnn.Bench;
using GpuRnn.Devices.Cuda;
using GpuRnn.Testing.CudaStandIn;

namespace GpuRnn.Tests.Scheduling.Persistent;

/// <summary>The benchmark of barriers, whose times mean nothing without a GPU, but whose checks do.</summary>
public sealed class BarrierLatencyTests
{
    [Fact]
    public void Write_CountsThatFitAndOneThatDoesNot_ChecksAndNamesTheReason()
    {
        StandInDriver driver = new();
        using CudaDevice device = driver.OpenDevice();
        using StringWriter output = new();

        BarrierLatency.Write(device, [1, 3, 5000], 4, output);

        string[] lines = output.ToString().ReplaceLineEndings("\n").Trim().Split('\n');
        Assert.Matches(@"^\| 1 \| \d+\.\d{3} \| \d+\.\d{3} \| \|$", lines[2]);
        Assert.Matches(@"^\| 3 \| \d+\.\d{3} \| \d+\.\d{3} \| \|$", lines[3]);
        Assert.StartsWith("| 5000 | none | none | 32 at most: 4 multiprocessors hold 8 groups each of 256 work-items", lines[4], StringComparison.Ordinal);
        Assert.Equal([], driver.Problems);
    }
}
