using GpuRnn.Devices;
using GpuRnn.KernelModel;
using GpuRnn.Kernels.Tiles;

namespace GpuRnn.Bench;

/// <summary>The numbers of one LSTM step, on the host and on a device.</summary>
internal sealed class StepMemory : IDisposable
{
    private readonly int _rows;
    private readonly int _width;
    private readonly int _gates;
    private readonly DeviceBuffer<float> _weight;
    private readonly DeviceBuffer<float> _inputs;
    private readonly DeviceBuffer<float> _hidden;
    private readonly DeviceBuffer<float> _cell;
    private readonly DeviceBuffer<float> _nextHidden;
    private readonly DeviceBuffer<float> _nextCell;
    private readonly DeviceBuffer<float> _none;

    /// <summary>Draws the numbers and copies them to the device.</summary>
    public StepMemory(Device device, int rows, int width, int gates)
    {
        (Device, _rows, _width, _gates) = (device, rows, width, gates);
        Random random = new(7);
        Weight = Numbers(random, gates * width * width, 0.06f);
        Inputs = Numbers(random, rows * gates * width, 1f);
        Hidden = Numbers(random, rows * width, 1f);
        Cell = Numbers(random, rows * width, 1f);
        _weight = Upload(Weight);
        _inputs = Upload(Inputs);
        _hidden = Upload(Hidden);
        _cell = Upload(Cell);
        _nextHidden = device.Allocate<float>(rows * width);
        _nextCell = device.Allocate<float>(rows * width);
        _none = device.Allocate<float>(1);
    }

    /// <summary>Where the step runs.</summary>
    public Device Device { get; }

    /// <summary>[4H, H].</summary>
    public float[] Weight { get; }

    /// <summary>[B, 4H].</summary>
    public float[] Inputs { get; }

    /// <summary>[B, H].</summary>
    public float[] Hidden { get; }

    /// <summary>[B, H].</summary>
    public float[] Cell { get; }

    /// <summary>The weight in the panels of a tile, laid out as <see cref="PackPanels"/> says, without a bias.</summary>
    public DeviceBuffer<float> Pack(TileShape tile, int panels)
    {
        float[] packed = new float[panels * (_width + 1) * tile.Width];
        for (int unit = 0; unit < _width; unit++)
        {
            for (int k = 0; k < _width; k++)
            {
                int row = ((((unit / tile.Lanes) * (_width + 1)) + 1 + k) * tile.Width) + (unit % tile.Lanes);
                for (int gate = 0; gate < _gates; gate++)
                {
                    packed[row + (gate * tile.Lanes)] = Weight[(((gate * _width) + unit) * _width) + k];
                }
            }
        }

        return Upload(packed);
    }

    /// <summary>The arguments of <see cref="LstmTileStep"/>.</summary>
    public object[] Grouped() =>
    [
        .. new[] { _weight, _inputs, _hidden, _cell, _nextHidden, _nextCell }.Select(buffer => (object)(ArrayView1D<float, Stride1D.Dense>)buffer.View),
        _width, _rows,
    ];

    /// <summary>The arguments of the library's fused step.</summary>
    public object[] Library(DeviceBuffer<float> panels) =>
    [
        panels.View, _inputs.View, _hidden.View, _cell.View, _nextHidden.View, _nextCell.View, _none.View, _none.View, _none.View, _none.View,
        _width, _gates * _width, _width, _width, 0, 0, 0, 0, 0, 0, _rows, 0, 0,
    ];

    /// <summary>Fetches the new h and forgets it on the device, so that the next kernel must compute it.</summary>
    public float[] Result()
    {
        float[] result = new float[_rows * _width];
        _nextHidden.CopyTo(result);
        _nextHidden.Clear();
        return result;
    }

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach([_weight, _inputs, _hidden, _cell, _nextHidden, _nextCell, _none], buffer => buffer.Dispose());

    private static float[] Numbers(Random random, int count, float scale) =>
        [.. Enumerable.Range(0, count).Select(_ => (float)((random.NextDouble() * 2.0) - 1.0) * scale)];

    private DeviceBuffer<float> Upload(float[] values)
    {
        DeviceBuffer<float> buffer = Device.Allocate<float>(values.Length);
        buffer.CopyFrom(values);
        return buffer;
    }
}
