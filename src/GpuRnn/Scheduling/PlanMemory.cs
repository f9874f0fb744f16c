using GpuRnn.Devices;
using GpuRnn.KernelModel;

namespace GpuRnn.Scheduling;

/// <summary>One device buffer, divided before it is allocated, so that a plan allocates once and knows its bytes.</summary>
internal sealed class PlanMemory : IDisposable
{
    // Slots start on multiples of 64 bytes: a cache line, and the widest register.
    private const int Alignment = 64 / sizeof(float);

    private readonly Device _device;
    private readonly List<PlanSlot> _slots = [];
    private readonly Dictionary<string, PlanSlot> _shared = [];
    private DeviceBuffer<float>? _buffer;

    /// <summary>Begins a division of memory on a device.</summary>
    public PlanMemory(Device device)
    {
        _device = device;
    }

    /// <summary>Bytes of the buffer; zero before it is there.</summary>
    public long SizeInBytes => _buffer?.SizeInBytes ?? 0;

    /// <summary>Sets rows × width elements aside that nothing else uses.</summary>
    public PlanRegion Reserve(long rows, int width)
    {
        return new PlanRegion(this, NewSlot(rows * width), width);
    }

    /// <summary>Sets at least rows × width elements aside under a name; whoever asks for the name gets the same elements.</summary>
    public PlanRegion ReserveShared(string name, long rows, int width)
    {
        if (!_shared.TryGetValue(name, out PlanSlot? slot))
        {
            slot = NewSlot(0);
            _shared.Add(name, slot);
        }

        slot.Length = Math.Max(slot.Length, rows * width);
        return new PlanRegion(this, slot, width);
    }

    /// <summary>Allocates the buffer, zeroed; sizes are final from then on.</summary>
    public void Commit()
    {
        long length = 0;
        foreach (PlanSlot slot in _slots)
        {
            slot.Offset = length;
            length += (slot.Length + Alignment - 1) / Alignment * Alignment;
        }

        _buffer = _device.Allocate<float>(length);
    }

    /// <summary>Copies a region's elements to the host.</summary>
    public float[] Read(PlanRegion region)
    {
        float[] values = new float[region.Slot.Length];
        _buffer!.CopyTo(values, region.Slot.Offset);
        return values;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _buffer?.Dispose();
    }

    internal ArrayView<float> View(PlanSlot slot)
    {
        return _buffer is null
            ? throw new InvalidOperationException("PlanMemory.View: the buffer is not there yet, but was read. Commit first.")
            : _buffer.View.SubView(slot.Offset, slot.Length);
    }

    private PlanSlot NewSlot(long length)
    {
        if (_buffer is not null)
        {
            throw new InvalidOperationException("PlanMemory: the buffer is allocated, but regions are divided before that. Reserve first.");
        }

        PlanSlot slot = new() { Length = length };
        _slots.Add(slot);
        return slot;
    }
}
