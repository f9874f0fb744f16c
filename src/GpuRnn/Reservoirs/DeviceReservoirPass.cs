using System.Globalization;
using GpuRnn.Devices;
using GpuRnn.KernelModel;
using GpuRnn.Scheduling;
using GpuRnn.Scheduling.Cells;

namespace GpuRnn.Reservoirs;

/// <summary>The step as a cell of the library with fixed weights, in float32 by a device's sequence executors.</summary>
internal sealed class DeviceReservoirPass : IReservoirPass
{
    // Nobody writes to the parameters after they were made.
    private const long FixedParameters = 0;

    private readonly Device _device;
    private readonly Cell _cell;
    private readonly DeviceBuffer<float>[] _parameters;
    private readonly ArrayView<float>[] _views;
    private Shape? _shape;

    public DeviceReservoirPass(Device device, ReservoirStep step)
    {
        _device = device;
        Step = step;
        string rate = step.LeakRate.ToString("R", CultureInfo.InvariantCulture);
        _cell = step.LeakRate == 1.0 ? Cells.Elman : Cells.Create("leaky", CellOptionValues.None.With("leak-rate", rate));
        _parameters = [.. _cell.Parameters(step.DriveWidth, step.Size).Select(Upload)];
        _views = [.. _parameters.Select(buffer => buffer.View)];
    }

    /// <inheritdoc/>
    public ReservoirStep Step { get; }

    /// <inheritdoc/>
    /// <remarks>
    /// On the CPU 1 MiB of doubles, which a core's second-level cache holds: 69 µs a step in place of 112 with 32 MiB (500 units, B = 32, both
    /// threads of a Zen 5). Elsewhere 32 MiB, and half as much on the device: each piece costs launches and two copies.
    /// </remarks>
    public int PieceElements => _device.Kind == DeviceKind.Cpu ? 1 << 17 : 1 << 22;

    /// <inheritdoc/>
    public void Run(double[] drive, int timeSteps, int[] lengths, double[] state, double[] states)
    {
        if (_shape is null || _shape.TimeSteps != timeSteps || _shape.BatchSize != lengths.Length)
        {
            _shape?.Dispose();
            _shape = new Shape(_device, _cell, Step, timeSteps, lengths.Length);
        }

        _shape.Run(_device, drive, lengths, state, states, _views);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _shape?.Dispose();
        foreach (DeviceBuffer<float> buffer in _parameters)
        {
            buffer.Dispose();
        }
    }

    // Parameters that the step does not name start as the cell says: a fixed rate. Of two biases the second is zero.
    private DeviceBuffer<float> Upload(CellParameter parameter)
    {
        float[] values = new float[parameter.Shape.Aggregate(1, (count, axis) => count * axis)];
        parameter.Start?.Invoke(values);
        double[]? source = parameter.Name switch
        {
            "weight_ih" => Step.Drive.ToDense(),
            "weight_hh" => Step.Recurrent.ToDense(),
            "bias_ih" => Step.Bias,
            _ => null,
        };
        for (int i = 0; source is not null && i < values.Length; i++)
        {
            values[i] = (float)source[i];
        }

        DeviceBuffer<float> buffer = _device.Allocate<float>(values.Length);
        buffer.CopyFrom(values);
        return buffer;
    }

    /// <summary>The plan and the memory for one shape of batch.</summary>
    private sealed class Shape : IDisposable
    {
        private readonly SequencePlan _plan;
        private readonly DeviceBuffer<float> _drive;
        private readonly DeviceBuffer<float> _start;
        private readonly DeviceBuffer<float> _end;
        private readonly DeviceBuffer<float> _states;
        private readonly float[] _host;

        public Shape(Device device, Cell cell, ReservoirStep step, int timeSteps, int batchSize)
        {
            (TimeSteps, BatchSize) = (timeSteps, batchSize);
            _plan = SequencePlanner.Create(device, new SequenceSpecification
            {
                Cell = cell,
                InputSize = step.DriveWidth,
                HiddenSize = step.Size,
                TimeSteps = timeSteps,
                BatchSize = batchSize,
            });
            int rows = timeSteps * batchSize;
            _drive = device.Allocate<float>(rows * step.DriveWidth);
            _states = device.Allocate<float>(rows * step.Size);
            _start = device.Allocate<float>(batchSize * step.Size);
            _end = device.Allocate<float>(batchSize * step.Size);
            _host = new float[rows * Math.Max(step.DriveWidth, step.Size)];
        }

        public int TimeSteps { get; }

        public int BatchSize { get; }

        public void Run(Device device, double[] drive, int[] lengths, double[] state, double[] states, ArrayView<float>[] parameters)
        {
            bool isRagged = lengths.Any(length => length != TimeSteps);
            _plan.SetLengths(isRagged ? lengths : null);
            CopyTo(_drive, drive);
            CopyTo(_start, state);
            _plan.Forward(device.DefaultStream, _drive.View, parameters, [_start.View], _states.View, [_end.View], FixedParameters);
            device.DefaultStream.Synchronize();
            CopyFrom(_states, states);
            CopyFrom(_end, state);
        }

        public void Dispose()
        {
            _plan.Dispose();
            _drive.Dispose();
            _states.Dispose();
            _start.Dispose();
            _end.Dispose();
        }

        private void CopyTo(DeviceBuffer<float> buffer, double[] values)
        {
            Span<float> host = _host.AsSpan(0, (int)buffer.Length);
            for (int i = 0; i < host.Length; i++)
            {
                host[i] = (float)values[i];
            }

            buffer.CopyFrom(host);
        }

        private void CopyFrom(DeviceBuffer<float> buffer, double[] values)
        {
            Span<float> host = _host.AsSpan(0, (int)buffer.Length);
            buffer.CopyTo(host);
            for (int i = 0; i < host.Length; i++)
            {
                values[i] = host[i];
            }
        }
    }
}
