using System.Diagnostics;
using System.Globalization;
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
        long done = 0;
        foreach (int mostMs in new[] { 2, 10, 40 })
        {
            Assert.Equal(done + 1, await RunAndKill(random.Next(mostMs)));
            SavedState reached = Checkpoint.Load(CheckpointFile).State;
            done = (reached.GetInteger("epoch") * TrainingProcess.StepsAnEpoch) + reached.GetInteger("step");
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

    // The number of the process's first step.
    private async Task<long> RunAndKill(int delayMs)
    {
        using Process process = Start();
        using CancellationTokenSource limit = new(s_limit);
        string? line = await process.StandardOutput.ReadLineAsync(limit.Token);
        Assert.StartsWith(TrainingProcess.FirstStep, line, StringComparison.Ordinal);
        await Task.Delay(delayMs, limit.Token);
        process.Kill();
        await process.WaitForExitAsync(limit.Token);
        return long.Parse(line![TrainingProcess.FirstStep.Length..], CultureInfo.InvariantCulture);
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
