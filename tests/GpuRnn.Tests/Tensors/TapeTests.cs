using System.Runtime.CompilerServices;
using GpuRnn.Devices;
using GpuRnn.Devices.Cpu;
using GpuRnn.Tensors;
using GpuRnn.Tensors.Operations;

namespace GpuRnn.Tests.Tensors;

public sealed class TapeTests : IDisposable
{
    private readonly CpuDevice _device = TestDevice.Open();

    public void Dispose()
    {
        _device.Dispose();
    }

    [Fact]
    public void SecondPass_OfTheSameShapes_AllocatesNothing()
    {
        using Tape tape = new(_device);
        using Tensor input = Tensor.FromArray(_device, [1.0f, 2.0f, 3.0f], 3).TrackGradient();
        long after = 0;
        for (int pass = 0; pass < 5; pass++)
        {
            tape.Backward(Sum.Forward(tape, Tanh.Forward(tape, input)));
            after = pass == 0 ? _device.AllocatedBytes : after;
        }

        Assert.Equal(after, _device.AllocatedBytes);
        Assert.True(tape.PooledBytes > 0);
    }

    [Fact]
    public void Operation_AfterBackward_EndsThePassAndKillsItsTensors()
    {
        using Tape tape = new(_device);
        using Tensor input = Tensor.FromArray(_device, [1.0f, 2.0f], 2).TrackGradient();
        Tensor hidden = Tanh.Forward(tape, input);
        tape.Backward(Sum.Forward(tape, hidden));
        Assert.Equal(2, hidden.ToArray().Length);
        Tanh.Forward(tape, input);
        ObjectDisposedException error = Assert.Throws<ObjectDisposedException>(() => Tanh.Forward(tape, hidden));
        Assert.Contains("Detach", error.Message);
    }

    [Fact]
    public void Dispose_GivesAllMemoryBack()
    {
        long before = _device.AllocatedBytes;
        Tape tape = new(_device);
        tape.Input([1.0f, 2.0f], 2);
        Assert.True(_device.AllocatedBytes > before);
        tape.Dispose();
        Assert.Equal(before, _device.AllocatedBytes);
    }

    [Fact]
    public void ForgottenTapesAndTensors_AreFreedByTheCollector()
    {
        long before = _device.AllocatedBytes;
        Forget();
        Assert.True(_device.AllocatedBytes > before);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.Equal(before, _device.AllocatedBytes);
    }

    [Fact]
    public void Backward_OnAnInferenceTape_SaysWhichTapeToUse()
    {
        using Tape tape = Tape.Inference(_device);
        using Tensor input = Tensor.FromArray(_device, [1.0f], 1).TrackGradient();
        Tensor loss = Sum.Forward(tape, input);
        Assert.Contains("new Tape(device)", Assert.Throws<InvalidOperationException>(() => tape.Backward(loss)).Message);
    }

    [Fact]
    public void Backward_Twice_IsRefused()
    {
        using Tape tape = new(_device);
        using Tensor input = Tensor.FromArray(_device, [1.0f], 1).TrackGradient();
        Tensor loss = Sum.Forward(tape, input);
        tape.Backward(loss);
        Assert.Contains("once", Assert.Throws<InvalidOperationException>(() => tape.Backward(loss)).Message);
    }

    [Fact]
    public void Backward_OfALossWithoutAnyLeaf_IsRefused()
    {
        using Tape tape = new(_device);
        Tensor loss = Sum.Forward(tape, tape.Input([1.0f], 1));
        Assert.Contains("TrackGradient", Assert.Throws<InvalidOperationException>(() => tape.Backward(loss)).Message);
    }

    [Fact]
    public void Backward_OfSeveralElements_NamesTheShape()
    {
        using Tape tape = new(_device);
        using Tensor input = Tensor.FromArray(_device, [1.0f, 2.0f], 2).TrackGradient();
        Tensor result = Tanh.Forward(tape, input);
        Assert.Contains("[2]", Assert.Throws<ShapeException>(() => tape.Backward(result)).Message);
    }

    [Fact]
    public void ForgottenReset_OfAnInferenceTape_IsReported()
    {
        using Tape tape = Tape.Inference(_device);
        using Tensor input = Tensor.FromArray(_device, [1.0f], 1);
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() =>
        {
            for (int i = 0; i <= Tape.MaximumTensors; i++)
            {
                tape.Input([1.0f], 1);
            }
        });
        Assert.Contains("Reset", error.Message);
    }

    [Fact]
    public void Detach_WithMemoryToReuse_KeepsItAndSurvivesTheReset()
    {
        using Tape tape = new(_device);
        Tensor first = tape.Input([1.0f, 2.0f], 2);
        using Tensor kept = first.Detach();
        Tensor second = tape.Input([3.0f, 4.0f], 2);
        Tensor again = second.Detach(kept);
        tape.Reset();
        Assert.Same(kept, again);
        Assert.Equal([3.0f, 4.0f], kept.ToArray());
    }

    [Fact]
    public void FromArray_OfAnotherCount_NamesBoth()
    {
        ShapeException error = Assert.Throws<ShapeException>(() => Tensor.FromArray(_device, [1.0f, 2.0f], 3));
        Assert.Contains("2 values", error.Message);
        Assert.Contains("[3]", error.Message);
    }

    // A method of its own, so that no register or stack slot of the test keeps anything alive.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Forget()
    {
        Tape tape = new(_device);
        Tensor input = Tensor.FromArray(_device, [1.0f, 2.0f], 2).TrackGradient();
        tape.Backward(Sum.Forward(tape, Tanh.Forward(tape, input)));
    }
}
