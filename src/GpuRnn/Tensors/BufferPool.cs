using System.Numerics;
using GpuRnn.Devices;

namespace GpuRnn.Tensors;

/// <summary>Device memory that is lent again and again, in size classes of which neighbours differ by at most a quarter.</summary>
internal sealed class BufferPool(Device device) : IDisposable
{
    private const int SmallestClass = 16;

    private readonly Device _device = device;
    private readonly Dictionary<int, Stack<DeviceBuffer<float>>> _free = [];

    public long TotalBytes { get; private set; }

    public DeviceBuffer<float> Rent(int length)
    {
        int size = SizeClass(length);
        if (_free.TryGetValue(size, out Stack<DeviceBuffer<float>>? stack) && stack.Count > 0)
        {
            return stack.Pop();
        }

        TotalBytes += (long)size * sizeof(float);
        return _device.Allocate<float>(size);
    }

    public void Return(DeviceBuffer<float> buffer)
    {
        if (!_free.TryGetValue((int)buffer.Length, out Stack<DeviceBuffer<float>>? stack))
        {
            stack = new Stack<DeviceBuffer<float>>();
            _free.Add((int)buffer.Length, stack);
        }

        stack.Push(buffer);
    }

    public void Dispose()
    {
        foreach (Stack<DeviceBuffer<float>> stack in _free.Values)
        {
            foreach (DeviceBuffer<float> buffer in stack)
            {
                buffer.Dispose();
            }
        }

        _free.Clear();
        TotalBytes = 0;
    }

    // Four classes from one power of two to the next: lengths that vary from batch to batch share buffers at a waste of a quarter.
    private static int SizeClass(int length)
    {
        if (length <= SmallestClass)
        {
            return SmallestClass;
        }

        int step = 1 << (BitOperations.Log2((uint)(length - 1)) - 2);
        return (int)Math.Min(((long)length + step - 1) / step * step, int.MaxValue);
    }
}
