using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using GpuRnn.Devices;
using GpuRnn.Devices.Cpu;
using GpuRnn.Devices.Sequences;
using GpuRnn.Simd.Lanes;

namespace GpuRnn.Simd.Sequences;

/// <summary>All steps over few weights. A few sequences: threads own units and meet once a step. Many: each lies in a place of the registers.</summary>
/// <remarks>Each sum begins at the bias and runs over the columns in order, so neither threads nor registers nor the batch change a bit.</remarks>
internal sealed unsafe class SparseLoop<TLane> : ISparseLoop, ITeamWork
    where TLane : struct, IVectorLane<TLane>
{
    private const int UnitBlock = 16;

    // From so many sequences on a register of them, filled or not, is faster than one after the other.
    private const int LeastSequencesInLanes = 4;

    // Threads that own units meet once a step, which must be worth it.
    private const int MinimumSharedWeights = 2048;

    private readonly Lock _gate = new();
    private readonly CpuDevice _device;
    private readonly SparseLoopRequest _request;
    private readonly SparseRows _rows;
    private readonly int _units;
    private readonly nint _width;
    private readonly SpinBarrier _single = new(1);
    private DeviceBuffer<float>? _workspace;
    private double* _drive;
    private int* _lengths;
    private double* _state;
    private double* _states;
    private int _timeSteps;
    private int _batchSize;

    /// <summary>Packs the weights.</summary>
    public SparseLoop(CpuDevice device, SparseLoopRequest request)
    {
        (_device, _request) = (device, request);
        _units = (request.Size + UnitBlock - 1) / UnitBlock * UnitBlock;
        _width = (_units + request.DriveWidth + UnitBlock - 1) / UnitBlock * UnitBlock;
        _rows = new SparseRows(device, request, _units);
    }

    private bool InLanes => _batchSize >= LeastSequencesInLanes;

    /// <inheritdoc/>
    public void Run(ReadOnlySpan<double> drive, int timeSteps, ReadOnlySpan<int> lengths, Span<double> state, Span<double> states)
    {
        lock (_gate)
        {
            fixed (double* driveStart = drive, stateStart = state, statesStart = states)
            fixed (int* lengthsStart = lengths)
            {
                _drive = driveStart;
                _lengths = lengthsStart;
                _state = stateStart;
                _states = statesStart;
                (_timeSteps, _batchSize) = (timeSteps, lengths.Length);
                int chunks = (_batchSize + TLane.Count - 1) / TLane.Count;
                int workers = _device.Team.WorkerCount;
                bool isShared = InLanes ? chunks > 1 : _batchSize * (long)_request.Values.Length >= MinimumSharedWeights;
                Reserve(2 * _width * (InLanes ? TLane.Count * (isShared ? workers : 1) : _batchSize));
                if (isShared && workers > 1)
                {
                    _device.Team.RunAny(this);
                }
                else
                {
                    ((ITeamWork)this).Run(0, 1, _single);
                }
            }
        }
    }

    /// <inheritdoc/>
    void ITeamWork.Run(int worker, int workerCount, SpinBarrier barrier)
    {
        if (InLanes)
        {
            for (int first = worker * TLane.Count; first < _batchSize; first += workerCount * TLane.Count)
            {
                RunLanes(first, Math.Min(TLane.Count, _batchSize - first), _workspace!.View.HostPointer + (worker * 2 * _width * TLane.Count));
            }
        }
        else
        {
            RunUnits(worker, workerCount, barrier);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _workspace?.Dispose();
        _rows.Dispose();
    }

    private static int Share(int count, int worker, int workerCount) => (int)((long)count * worker / workerCount);

    private void Reserve(nint length)
    {
        if (_workspace is null || _workspace.Length < length)
        {
            _workspace?.Dispose();
            _workspace = _device.Allocate<float>(length);
        }
    }

    // A sequence has two rows [units, drive], which take turns as x at t−1 and x at t.
    private float* Row(int sequence, int step) => _workspace!.View.HostPointer + (((2 * sequence) + (step & 1)) * _width);

    private void RunUnits(int worker, int workerCount, SpinBarrier barrier)
    {
        int first = Share(_units / UnitBlock, worker, workerCount) * UnitBlock;
        int end = Share(_units / UnitBlock, worker + 1, workerCount) * UnitBlock;
        if (worker == 0)
        {
            for (int sequence = 0; sequence < _batchSize; sequence++)
            {
                Narrow(_state + ((nint)sequence * _request.Size), Row(sequence, 0), _request.Size);
                FillDrive(sequence, 0);
            }
        }

        barrier.Wait(); // After this: every sequence's start is there.
        for (int t = 0; t < _timeSteps; t++)
        {
            for (int sequence = 0; sequence < _batchSize; sequence++)
            {
                if (t < _lengths[sequence])
                {
                    float* next = Row(sequence, t + 1);
                    UnitSums(Row(sequence, t), next, first / SparseRows.GroupRows, Math.Min(_rows.GroupCount, end / SparseRows.GroupRows));
                    Activate(Row(sequence, t) + first, next + first, end - first, _request.LeakRate);
                    Widen(next + first, _states + ((((nint)t * _batchSize) + sequence) * _request.Size) + first, Math.Min(end, _request.Size) - first);
                    if (worker == 0)
                    {
                        FillDrive(sequence, t + 1);
                    }
                }
            }

            barrier.Wait(); // After this: x of this step is whole, and the next step's drive beside it.
        }

        for (int sequence = worker; sequence < _batchSize; sequence += workerCount)
        {
            if (_lengths[sequence] > 0)
            {
                Widen(Row(sequence, _lengths[sequence]), _state + ((nint)sequence * _request.Size), _request.Size);
            }
        }
    }

    private void FillDrive(int sequence, int step)
    {
        if (step < _timeSteps)
        {
            Narrow(_drive + ((((nint)step * _batchSize) + sequence) * _request.DriveWidth), Row(sequence, step) + _units, _request.DriveWidth);
        }
    }

    // Sequences beyond the last one hold what was there, and nobody reads them.
    private void RunLanes(int firstSequence, int count, float* rows)
    {
        int size = _request.Size;
        float* previous = rows;
        float* next = rows + (_width * TLane.Count);
        int steps = 0;
        for (int lane = 0; lane < count; lane++)
        {
            double* state = _state + ((nint)(firstSequence + lane) * size);
            steps = Math.Max(steps, _lengths[firstSequence + lane]);
            for (int unit = 0; unit < size; unit++)
            {
                previous[(unit * TLane.Count) + lane] = (float)state[unit];
            }
        }

        for (int t = 0; t < steps; t++)
        {
            for (int lane = 0; lane < count; lane++)
            {
                double* drive = _drive + ((((nint)t * _batchSize) + firstSequence + lane) * _request.DriveWidth);
                for (int number = 0; number < _request.DriveWidth; number++)
                {
                    previous[((_units + number) * TLane.Count) + lane] = (float)drive[number];
                }
            }

            LaneSums(previous, next);
            Activate(previous, next, (nint)size * TLane.Count, _request.LeakRate);
            LaneTransposition.Widen(next, TLane.Count, _states + ((((nint)t * _batchSize) + firstSequence) * size), size, size, count);
            float* written = next;
            next = previous;
            previous = written;
        }

        KeepLast(firstSequence, count);
    }

    private void KeepLast(int firstSequence, int count)
    {
        int size = _request.Size;
        for (int sequence = firstSequence; sequence < firstSequence + count; sequence++)
        {
            if (_lengths[sequence] > 0)
            {
                nint last = ((nint)(_lengths[sequence] - 1) * _batchSize) + sequence;
                new ReadOnlySpan<double>(_states + (last * size), size).CopyTo(new Span<double>(_state + ((nint)sequence * size), size));
            }
        }
    }

    // The group's four rows in one register, whose terms are picked up one by one: weights are half of what is loaded.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void UnitSums(float* previous, float* next, int firstGroup, int endGroup)
    {
        int* starts = _rows.Starts;
        int* columns = _rows.Columns;
        float* values = _rows.Values;
        for (int group = firstGroup; group < endGroup; group++)
        {
            Vector128<float> sum = Vector128.Load(_rows.Bias + (group * SparseRows.GroupRows));
            int end = starts[group + 1];
            for (int i = starts[group]; i < end; i += SparseRows.GroupRows)
            {
                Vector128<float> terms = Vector128.Create(previous[columns[i]], previous[columns[i + 1]], previous[columns[i + 2]], previous[columns[i + 3]]);
                sum = Vector128.FusedMultiplyAdd(Vector128.Load(values + i), terms, sum);
            }

            sum.Store(next + (group * SparseRows.GroupRows));
        }
    }

    // Registers of sequences, four rows beside each other: their sums wait for nothing but their own last term.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void LaneSums(float* previous, float* next)
    {
        int* starts = _rows.Starts;
        int* columns = _rows.Columns;
        float* values = _rows.Values;
        float* bias = _rows.Bias;
        for (int group = 0; group < _rows.GroupCount; group++)
        {
            TLane sum0 = TLane.Broadcast(bias), sum1 = TLane.Broadcast(bias + 1), sum2 = TLane.Broadcast(bias + 2), sum3 = TLane.Broadcast(bias + 3);
            int end = starts[group + 1];
            for (int i = starts[group]; i < end; i += SparseRows.GroupRows)
            {
                sum0 = TLane.MultiplyAdd(TLane.Broadcast(values + i), TLane.Load(previous + ((nint)columns[i] * TLane.Count)), sum0);
                sum1 = TLane.MultiplyAdd(TLane.Broadcast(values + i + 1), TLane.Load(previous + ((nint)columns[i + 1] * TLane.Count)), sum1);
                sum2 = TLane.MultiplyAdd(TLane.Broadcast(values + i + 2), TLane.Load(previous + ((nint)columns[i + 2] * TLane.Count)), sum2);
                sum3 = TLane.MultiplyAdd(TLane.Broadcast(values + i + 3), TLane.Load(previous + ((nint)columns[i + 3] * TLane.Count)), sum3);
            }

            TLane.Store(next, sum0);
            TLane.Store(next + TLane.Count, sum1);
            TLane.Store(next + (2 * TLane.Count), sum2);
            TLane.Store(next + (3 * TLane.Count), sum3);
            next += SparseRows.GroupRows * TLane.Count;
            bias += SparseRows.GroupRows;
        }
    }

    // The length is filled up to whole registers; rows have room for it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Activate(float* previous, float* next, nint length, float leakRate)
    {
        TLane rate = TLane.Constant(leakRate);
        for (nint i = 0; i < length; i += TLane.Count)
        {
            TLane candidate = TLane.Tanh(TLane.Load(next + i));
            if (leakRate != 1.0f)
            {
                TLane held = TLane.Load(previous + i);
                candidate = TLane.MultiplyAdd(rate, candidate - held, held);
            }

            TLane.Store(next + i, candidate);
        }
    }

    private static void Narrow(double* source, float* target, int count)
    {
        for (int i = 0; i < count; i++)
        {
            target[i] = (float)source[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Widen(float* source, double* target, int count)
    {
        int i = 0;
        for (; i + Vector256<float>.Count <= count; i += Vector256<float>.Count)
        {
            (Vector256<double> lower, Vector256<double> upper) = Vector256.Widen(Vector256.Load(source + i));
            lower.Store(target + i);
            upper.Store(target + i + Vector256<double>.Count);
        }

        for (; i < count; i++)
        {
            target[i] = source[i];
        }
    }
}
