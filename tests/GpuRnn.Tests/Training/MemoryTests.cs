using System.Diagnostics;
using GpuRnn.Composition;
using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Tensors;
using GpuRnn.Tests.Tensors;
using GpuRnn.Training;

namespace GpuRnn.Tests.Training;

/// <summary>Reads the memory of the whole process, so no other test may run beside it.</summary>
[Collection(nameof(AloneCollection))]
public sealed class MemoryTests : IDisposable
{
    private readonly Device _device = DeviceCatalog.Open("cpu");

    public void Dispose()
    {
        _device.Dispose();
    }

    [Fact]
    public void TenThousandSteps_KeepMemoryFlat()
    {
        RandomSource random = new(7);
        RecurrentOptions options = new() { InputSize = 2, HiddenSize = 4, LayerCount = 2, Dropout = 0.1f };
        using Sequential model = new(
            new Recurrent(_device, Cells.Lstm, options, random), new LastStep(_device), new Dense(_device, 4, 1, random));
        using Adam optimizer = new(model.Parameters, 0.001f);
        using Tape tape = new(_device);
        float[] inputs = TestDevice.Values(3 * 2 * 2, 1);
        float[] targets = TestDevice.Values(2, 2);
        MemoryReading start = default;
        for (int step = 1; step <= 10_000; step++)
        {
            optimizer.ZeroGradients();
            Tensor prediction = model.Forward(tape, tape.Input(inputs, 3, 2, 2));
            tape.Backward(Losses.MeanSquaredError(tape, prediction, tape.Input(targets, 2, 1)));
            optimizer.Step();
            start = step == 100 ? MemoryReading.Take(_device) : start;
        }

        MemoryReading end = MemoryReading.Take(_device);
        Assert.Equal(start.DeviceBytes, end.DeviceBytes);
        Assert.True(
            end.ManagedBytes - start.ManagedBytes <= 256 * 1024, $"managed bytes grew from {start.ManagedBytes} to {end.ManagedBytes}");
        Assert.True(
            end.ResidentBytes - start.ResidentBytes <= 8 << 20, $"resident bytes grew from {start.ResidentBytes} to {end.ResidentBytes}");
    }

    /// <summary>Memory after everything dead has been collected.</summary>
    private readonly record struct MemoryReading(long ManagedBytes, long DeviceBytes, long ResidentBytes)
    {
        public static MemoryReading Take(Device device)
        {
            GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
            GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            using Process process = Process.GetCurrentProcess();
            return new MemoryReading(GC.GetTotalMemory(forceFullCollection: true), device.AllocatedBytes, process.WorkingSet64);
        }
    }
}
