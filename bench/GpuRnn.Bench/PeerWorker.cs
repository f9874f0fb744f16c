using System.Text.Json;
using GpuRnn.Composition;
using GpuRnn.Devices.Cpu;
using GpuRnn.Simd;

namespace GpuRnn.Bench;

/// <summary>This library's part in <c>bench/peers/cpu</c>: does what each line of the standard input asks, and answers with a line of JSON.</summary>
internal static class PeerWorker
{
    /// <summary>The word that starts it.</summary>
    public const string Verb = "peer";

    private static readonly JsonSerializerOptions s_format = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>Serves until it is told to quit, or its input ends.</summary>
    public static int Run()
    {
        PeerLayer? layer = null;
        try
        {
            while (Console.In.ReadLine() is string line)
            {
                PeerRequest request = JsonSerializer.Deserialize<PeerRequest>(line, s_format)!;
                switch (request.Do)
                {
                    case "peak":
                        Answer(new { Gflops = Peak(request.Threads), ThirdLevelGigabytes = ThirdLevel(request.Threads) });
                        break;
                    case "prepare":
                        layer?.Dispose();
                        layer = null;
                        layer = new PeerLayer(request);
                        Answer(new { layer.Plan });
                        break;
                    case "warm" when layer is not null:
                        Answer(new { Milliseconds = layer.WarmUp() });
                        break;
                    case "time" when layer is not null:
                        Answer(new { Milliseconds = layer.Time(request.Passes) });
                        break;
                    case "quit":
                        return 0;
                    default:
                        throw new InvalidOperationException($"peer: '{request.Do}' arrived, but peak, prepare, warm or time after prepare, or quit is needed. Ask for one.");
                }
            }

            return 0;
        }
        finally
        {
            layer?.Dispose();
        }
    }

    private static double Peak(int threads)
    {
        using CpuDevice device = (CpuDevice)DeviceCatalog.Open("cpu", threads);
        return PeakMeasurement.MeasureGigaflops(device.Team);
    }

    private static double ThirdLevel(int threads)
    {
        using CpuDevice device = (CpuDevice)DeviceCatalog.Open("cpu", threads);
        return BandwidthMeasurement.MeasureGigabytes(device.Team, Roofline.ThirdLevelBytes(device));
    }

    private static void Answer<T>(T answer)
    {
        Console.Out.WriteLine(JsonSerializer.Serialize(answer, s_format));
        Console.Out.Flush();
    }
}
