using System.Runtime.InteropServices;
using System.Text;
using GpuRnn.Compiler.Caching;
using GpuRnn.Devices.Cuda;
using GpuRnn.Devices.Cuda.Native;

namespace GpuRnn.Testing.CudaStandIn;

/// <summary>Stands in for the CUDA driver where there is none: keeps the rules of its calls, runs PTX, and fails any call on demand.</summary>
/// <remarks>
/// A call that breaks a rule is noted in <see cref="Problems"/> and refused. <see cref="Leaks"/> says what was not given back. A call that gives
/// something back does so even when it is made to fail, as the real ones do: they report what went wrong before.
/// </remarks>
internal sealed unsafe partial class StandInDriver : CudaDriver
{
    private const int InvalidValue = 1;
    private const int InvalidContext = 201;
    private const int InvalidHandle = 400;
    private const int NotFound = 500;
    private const nint FirstContext = 0xC000;

    private readonly Lock _gate = new();
    private readonly ThreadLocal<nint> _current = new();
    private readonly Dictionary<int, int> _retained = [];
    private readonly Dictionary<nint, (string Kind, nint Context)> _handles = [];
    private readonly List<string> _calls = [];
    private readonly List<string> _problems = [];
    private readonly Dictionary<int, nint> _names = [];
    private readonly StandInMemory _memory;
    private readonly StandInQueues _queues = new();
    private nint _nextHandle = 0x1000;
    private bool _isInitialized;
    private int _stickyCode;

    internal StandInDriver(StandInSpecification? specification = null)
    {
        Specification = specification ?? new StandInSpecification();
        _memory = new StandInMemory(Report);
        Cublas = Specification.HasCublas ? new StandInCublas(this) : null;
    }

    internal StandInSpecification Specification { get; }

    internal StandInCublas? Cublas { get; }

    /// <summary>The calls in order, by the names of their symbols.</summary>
    internal IReadOnlyList<string> Calls => _calls;

    /// <summary>The rules that were broken.</summary>
    internal IReadOnlyList<string> Problems => _problems;

    /// <summary>Which call fails, counted from 0; none while negative.</summary>
    internal int FailingCall { get; set; } = -1;

    /// <summary>What the failing call returns.</summary>
    internal int FailureCode { get; set; }

    /// <summary>What the assembler writes when a module is made to fail.</summary>
    internal string FailureLog { get; set; } = "ptxas application ptx input, line 3; error   : Unknown symbol 'x'";

    /// <summary>Opens its first device, owned by the caller; its kernels come from <paramref name="cache"/>, or are compiled each time.</summary>
    internal CudaDevice OpenDevice(KernelCache? cache = null) => new(CudaDeviceInformation.List(this, out _)[0], cache);

    /// <summary>What was not given back; runs what is still queued first.</summary>
    internal IReadOnlyList<string> Leaks()
    {
        lock (_gate)
        {
            _queues.RunAll();
            List<string> leaks = [.. _handles.Values.Select(one => $"a {one.Kind}").Order()];
            leaks.AddRange(_retained.Where(pair => pair.Value != 0).Select(pair => $"context {pair.Key}, retained {pair.Value} times"));
            return _memory.LiveCount == 0 ? leaks : [.. leaks, $"{_memory.LiveCount} pieces of memory"];
        }
    }

    internal override CublasDriver? FindCublas(out string? absence)
    {
        absence = Cublas is null ? "libcublas.so.13 and libcublas.so.12 were not found" : null;
        return Cublas;
    }

    /// <summary>Runs a call under the rules.</summary>
    /// <param name="name">The symbol.</param>
    /// <param name="needsContext">True when the device's context must be current.</param>
    /// <param name="body">What the call does; its result is the call's.</param>
    /// <param name="isRelease">True when the call gives something back, which happens whatever it returns.</param>
    internal int Call(string name, bool needsContext, Func<int> body, bool isRelease = false)
    {
        lock (_gate)
        {
            int number = _calls.Count;
            _calls.Add(name);
            int code = number == FailingCall ? FailureCode : _stickyCode;
            if (number == FailingCall && CudaCode.IsSticky(code))
            {
                _stickyCode = code;
            }

            if (code == 0 && needsContext && Current is null)
            {
                return Broken($"{name} was called without a current context", InvalidContext);
            }

            if (code != 0 && !isRelease)
            {
                return code;
            }

            int result = Guarded(body);
            return code != 0 ? code : result;
        }
    }

    internal int Broken(string problem, int code)
    {
        Report(problem);
        return code;
    }

    internal bool IsAlive(nint handle, string kind)
    {
        if (!_handles.TryGetValue(handle, out (string Kind, nint Context) one) || one.Kind != kind)
        {
            Report($"{handle:X} was used as a {kind}, but is none");
            return false;
        }

        if (Current is nint current && one.Context != current)
        {
            Report($"a {kind} was used under a context that is not its own");
            return false;
        }

        return true;
    }

    internal nint Open(string kind)
    {
        nint handle = _nextHandle += 0x10;
        _handles.Add(handle, (kind, Current ?? 0));
        return handle;
    }

    internal int Close(nint handle, string kind)
    {
        if (_handles.TryGetValue(handle, out (string Kind, nint Context) one) && one.Kind == kind)
        {
            _handles.Remove(handle);
            return 0;
        }

        return Broken($"{handle:X} was given back as a {kind}, but is none", InvalidHandle);
    }

    /// <summary>Queues work on a stream; a lost device runs nothing any more, but gives memory back.</summary>
    internal int Queue(nint stream, Action work, bool isRelease = false)
    {
        if (!IsAlive(stream, "stream"))
        {
            return InvalidHandle;
        }

        _queues.Add(stream, () =>
        {
            if (_stickyCode == 0 || isRelease)
            {
                work();
            }
        });
        return 0;
    }

    internal byte* DeviceBytes(ulong address, long bytes) => _memory.At(address, bytes);

    // The context of the calling thread, if it is one that somebody retains.
    private nint? Current => _current.Value is nint context and not 0 && _retained.GetValueOrDefault((int)(context - FirstContext)) > 0 ? context : null;

    private void Report(string problem) => _problems.Add(problem);

    // What goes wrong inside a kernel makes the device unusable, as an illegal address does.
    private int Guarded(Func<int> body)
    {
        try
        {
            return body();
        }
        catch (InvalidOperationException exception)
        {
            Report(exception.Message);
            return _stickyCode = CudaCode.IllegalAddress;
        }
    }

    internal override int cuInit(uint flags) => Call(nameof(cuInit), false, () =>
    {
        _isInitialized = true;
        return flags == 0 ? 0 : InvalidValue;
    });

    internal override int cuDriverGetVersion(int* version) => Call(nameof(cuDriverGetVersion), false, () =>
    {
        *version = Specification.DriverVersion;
        return 0;
    });

    // Names are asked for while an error is described, which must not count as a call.
    internal override int cuGetErrorName(int error, byte** name)
    {
        if (!_names.TryGetValue(error, out nint text))
        {
            byte[] bytes = Encoding.UTF8.GetBytes($"CUDA_ERROR_{error}\0");
            text = Marshal.AllocHGlobal(bytes.Length);
            Marshal.Copy(bytes, 0, text, bytes.Length);
            _names[error] = text;
        }

        *name = (byte*)text;
        return 0;
    }

    internal override int cuGetErrorString(int error, byte** text) => cuGetErrorName(error, text);

    internal override int cuDeviceGetCount(int* count) => Call(nameof(cuDeviceGetCount), false, () =>
    {
        *count = Specification.DeviceCount;
        return _isInitialized ? 0 : CudaCode.NotInitialized;
    });

    internal override int cuDeviceGet(int* device, int ordinal) => Call(nameof(cuDeviceGet), false, () =>
    {
        *device = ordinal;
        return ordinal < Specification.DeviceCount ? 0 : InvalidValue;
    });

    internal override int cuDeviceGetName(byte* name, int length, int device) => Call(nameof(cuDeviceGetName), false, () =>
    {
        Span<byte> target = new(name, length);
        target[Encoding.UTF8.GetBytes("Stand-in GPU", target)] = 0;
        return 0;
    });

    internal override int cuDeviceTotalMem_v2(nuint* bytes, int device) => Call(nameof(cuDeviceTotalMem_v2), false, () =>
    {
        *bytes = (nuint)Specification.MemoryBytes;
        return 0;
    });

    internal override int cuDeviceGetAttribute(int* value, int attribute, int device) => Call(nameof(cuDeviceGetAttribute), false, () =>
    {
        int? known = AttributeOf(attribute);
        *value = known ?? 0;
        return known is null ? InvalidValue : 0;
    });

    internal override int cuDevicePrimaryCtxRetain(nint* context, int device) => Call(nameof(cuDevicePrimaryCtxRetain), false, () =>
    {
        _retained[device] = _retained.GetValueOrDefault(device) + 1;
        *context = FirstContext + device;
        return 0;
    });

    internal override int cuDevicePrimaryCtxRelease_v2(int device) => Call(
        nameof(cuDevicePrimaryCtxRelease_v2),
        false,
        () =>
        {
            // Nobody can wait for a lost device; its work ends with the context.
            if (_stickyCode != 0)
            {
                _queues.RunAll();
            }

            int left = _retained[device] = _retained.GetValueOrDefault(device) - 1;
            int alive = _handles.Values.Count(one => one.Context == FirstContext + device);
            return left < 0 ? Broken("a context was given back that nobody retains", InvalidContext)
                : left == 0 && alive + _memory.LiveCount > 0 ? Broken($"the context went before {alive} handles and {_memory.LiveCount} pieces of memory", 0)
                : 0;
        },
        isRelease: true);

    internal override int cuCtxSetCurrent(nint context) => Call(
        nameof(cuCtxSetCurrent),
        false,
        () =>
        {
            _current.Value = context;
            return Current is null ? Broken($"context {context:X} was made current, but nobody retains it", InvalidContext) : 0;
        },
        isRelease: true);

    private int? AttributeOf(int attribute) => attribute switch
    {
        CudaConstants.MaximumThreadsPerBlock or CudaConstants.MaximumBlockX or CudaConstants.MaximumBlockY => Specification.MaximumGroupSize,
        CudaConstants.MaximumBlockZ => 64,
        CudaConstants.MaximumGridX => int.MaxValue,
        CudaConstants.MaximumGridY or CudaConstants.MaximumGridZ => ushort.MaxValue,
        CudaConstants.MaximumSharedMemoryPerBlock => Specification.SharedBytesPerGroup,
        CudaConstants.MaximumSharedMemoryPerBlockOptIn => Specification.SharedBytesPerGroupOnDemand,
        CudaConstants.MaximumSharedMemoryPerMultiprocessor => Specification.SharedBytesPerMultiprocessor,
        CudaConstants.MaximumRegistersPerBlock or CudaConstants.MaximumRegistersPerMultiprocessor => 65536,
        CudaConstants.ClockRateInKilohertz => 1_410_000,
        CudaConstants.MultiprocessorCount => Specification.MultiprocessorCount,
        CudaConstants.ComputeMode => 0,
        CudaConstants.MemoryClockRateInKilohertz => 1_215_000,
        CudaConstants.MemoryBusWidthInBits => 5120,
        CudaConstants.L2CacheBytes => 4 << 20,
        CudaConstants.MaximumThreadsPerMultiprocessor => 2048,
        CudaConstants.CapabilityMajor => Specification.CapabilityMajor,
        CudaConstants.CapabilityMinor => Specification.CapabilityMinor,
        CudaConstants.CooperativeLaunch => Specification.HasCooperativeLaunch ? 1 : 0,
        CudaConstants.MemoryPoolsSupported => Specification.HasMemoryPools ? 1 : 0,
        _ => null,
    };
}
