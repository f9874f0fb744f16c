using System.Diagnostics;
using GpuRnn.Devices.Cpu;
using GpuRnn.Tensors;
using GpuRnn.Testing;
using GpuRnn.Tests.Tensors;
using GpuRnn.Training;

namespace GpuRnn.Tests.Training;

/// <summary>Training in a process of its own that is killed again and again.</summary>
public sealed class InterruptionTests : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);
    private readonly CpuDevice _device = TestDevice.Open();
    private readonly string _folder = Directory.CreateTempSubdirectory("gpurnn").FullName;

    private string CheckpointFile => Path.Combine(_folder, "checkpoint.safetensors");

    public void Dispose()
    {
        _device.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Training_KilledAtRandomMoments_EndsWithTheBitsOfAnUnbrokenRun()
    {
        // The seed decides how long after its first step each process lives; what it is doing then is chance.
        Random random = new(20);
        foreach (int mostMs in new[] { 2, 10, 40 })
        {
            await RunAndKill(random.Next(mostMs));
            if (File.Exists(CheckpointFile))
            {
                Checkpoint.Load(CheckpointFile);
            }
        }

        Assert.Equal(0, await RunToTheEnd());
        string unbrokenFile = Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, "unbroken")).FullName, "checkpoint.safetensors");
        using TrainerRun whole = TrainingProcess.Create(_device, unbrokenFile);
        whole.Fit();
        Checkpoint last = Checkpoint.Load(CheckpointFile);
        Checkpoint unbroken = Checkpoint.Load(unbrokenFile);
        Assert.Equal(unbroken.State.Arrays.Keys, last.State.Arrays.Keys);
        Assert.Contains(unbroken.State.Arrays.Keys, name => name.StartsWith("optimizer", StringComparison.Ordinal));
        foreach ((string name, SavedArray array) in unbroken.State.Arrays)
        {
            ElementwiseAssert.SameBits(array.Values, last.State.Arrays[name].Values, name);
        }

        Assert.Equal([CheckpointFile], Directory.GetFiles(_folder));
    }

    private async Task RunAndKill(int delayMs)
    {
        using Process process = Start();
        using CancellationTokenSource limit = new(s_limit);
        Assert.Equal(TrainingProcess.FirstStep, await process.StandardOutput.ReadLineAsync(limit.Token));
        await Task.Delay(delayMs, limit.Token);
        process.Kill();
        await process.WaitForExitAsync(limit.Token);
    }

    private async Task<int> RunToTheEnd()
    {
        using Process process = Start();
        using CancellationTokenSource limit = new(s_limit);
        Assert.Empty(await process.StandardError.ReadToEndAsync(limit.Token));
        await process.WaitForExitAsync(limit.Token);
        return process.ExitCode;
    }

    private Process Start()
    {
        return Process.Start(new ProcessStartInfo("dotnet", ["exec", typeof(TrainingProcess).Assembly.Location, CheckpointFile])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
    }
}
