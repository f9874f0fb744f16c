using System.Runtime.InteropServices;
using System.Text;
using GpuRnn.Devices.Cuda.Native;
using GpuRnn.KernelModel;
using GpuRnn.Testing.PtxMachine;

namespace GpuRnn.Testing.CudaStandIn;

/// <content>Modules and launches.</content>
internal sealed unsafe partial class StandInDriver
{
    private const int DeclaredSharedBytes = 48 * 1024;

    private readonly Dictionary<nint, PtxModule> _modules = [];
    private readonly Dictionary<nint, StandInFunction> _functions = [];

    internal override int cuModuleLoadDataEx(nint* module, void* image, uint optionCount, int* options, void** values)
    {
        bool isRefused = _calls.Count == FailingCall && CudaCode.IsBuildFailure(FailureCode);
        if (isRefused)
        {
            WriteLog(FailureLog, optionCount, options, values);
        }

        return Call(nameof(cuModuleLoadDataEx), true, () =>
        {
            string text = Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated((byte*)image));
            try
            {
                PtxModule read = new(text);
                *module = Open("module");
                _modules.Add(*module, read);
                return 0;
            }
            catch (FormatException exception)
            {
                WriteLog($"ptxas application ptx input, line 1; error   : {exception.Message}", optionCount, options, values);
                return CudaCode.InvalidPtx;
            }
        });
    }

    internal override int cuModuleUnload(nint module) => Call(
        nameof(cuModuleUnload),
        true,
        () =>
        {
            foreach (nint function in _functions.Where(pair => pair.Value.Module == module).Select(pair => pair.Key).ToArray())
            {
                _functions.Remove(function);
            }

            _modules.Remove(module);
            return Close(module, "module");
        },
        isRelease: true);

    internal override int cuModuleGetFunction(nint* function, nint module, byte* name) => Call(nameof(cuModuleGetFunction), true, () =>
    {
        string wanted = Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name));
        if (!IsAlive(module, "module") || !_modules[module].Entries.TryGetValue(wanted, out PtxEntry? entry))
        {
            return NotFound;
        }

        *function = _nextHandle += 0x10;
        _functions.Add(*function, new StandInFunction(entry, module));
        return 0;
    });

    internal override int cuFuncGetAttribute(int* value, int attribute, nint function) => Call(nameof(cuFuncGetAttribute), true, () =>
    {
        if (Find(function) is not StandInFunction one)
        {
            return InvalidHandle;
        }

        *value = attribute switch
        {
            CudaConstants.FunctionMaximumThreads => Specification.MaximumGroupSize,
            CudaConstants.FunctionSharedBytes => one.Entry.SharedBytes,
            CudaConstants.FunctionLocalBytes => one.Entry.LocalBytes,
            CudaConstants.FunctionRegisters => Specification.RegisterCount,
            _ => -1,
        };
        return *value < 0 ? InvalidValue : 0;
    });

    internal override int cuFuncSetAttribute(nint function, int attribute, int value) => Call(nameof(cuFuncSetAttribute), true, () =>
    {
        if (Find(function) is not StandInFunction one || attribute != CudaConstants.FunctionMaximumDynamicSharedBytes
            || one.Entry.SharedBytes + value > Specification.SharedBytesPerGroupOnDemand)
        {
            return InvalidValue;
        }

        one.MaximumDynamicBytes = value;
        return 0;
    });

    internal override int cuOccupancyMaxActiveBlocksPerMultiprocessor(int* blocks, nint function, int blockSize, nuint dynamicSharedBytes) =>
        Call(nameof(cuOccupancyMaxActiveBlocksPerMultiprocessor), true, () =>
        {
            if (Find(function) is not StandInFunction one)
            {
                return InvalidHandle;
            }

            *blocks = Occupancy(one, blockSize, (long)dynamicSharedBytes);
            return 0;
        });

    internal override int cuLaunchKernel(
        nint function, uint gridX, uint gridY, uint gridZ, uint blockX, uint blockY, uint blockZ, uint sharedBytes, nint stream, void** parameters,
        void** extra) => Call(
        nameof(cuLaunchKernel), true, () => Launch(function, (gridX, gridY, gridZ), (blockX, blockY, blockZ), sharedBytes, stream, parameters));

    internal override int cuLaunchCooperativeKernel(
        nint function, uint gridX, uint gridY, uint gridZ, uint blockX, uint blockY, uint blockZ, uint sharedBytes, nint stream, void** parameters) => Call(
        nameof(cuLaunchCooperativeKernel), true, () => Find(function) is StandInFunction one
            && gridX * gridY * gridZ > Occupancy(one, (int)(blockX * blockY * blockZ), sharedBytes) * Specification.MultiprocessorCount
                ? CudaCode.CooperativeLaunchTooLarge
                : Launch(function, (gridX, gridY, gridZ), (blockX, blockY, blockZ), sharedBytes, stream, parameters));

    private static void WriteLog(string log, uint optionCount, int* options, void** values)
    {
        byte* target = null;
        nint size = 0;
        for (int i = 0; i < optionCount; i++)
        {
            target = options[i] == CudaConstants.JitErrorLog ? (byte*)values[i] : target;
            size = options[i] == CudaConstants.JitErrorLogBytes ? (nint)values[i] : size;
        }

        byte[] bytes = Encoding.UTF8.GetBytes(log);
        Span<byte> buffer = new(target, (int)size);
        bytes.AsSpan(0, Math.Min(bytes.Length, buffer.Length - 1)).CopyTo(buffer);
    }

    private StandInFunction? Find(nint function)
    {
        StandInFunction? one = _functions.GetValueOrDefault(function);
        if (one is null)
        {
            Report($"function {function:X} was used, but is none");
        }

        return one;
    }

    private int Occupancy(StandInFunction function, int blockSize, long dynamicBytes)
    {
        long shared = function.Entry.SharedBytes + dynamicBytes;
        int byThreads = 2048 / Math.Max(1, blockSize);
        return shared == 0 ? byThreads : (int)Math.Min(byThreads, Specification.SharedBytesPerMultiprocessor / shared);
    }

    /// <summary>The work-items of a group and the groups of the latest launch that was allowed.</summary>
    internal (Index3D Group, Index3D Grid) LastLaunch { get; private set; }

    private int Launch(
        nint function, (uint X, uint Y, uint Z) grid, (uint X, uint Y, uint Z) block, uint sharedBytes, nint stream, void** parameters)
    {
        if (Find(function) is not StandInFunction one)
        {
            return InvalidHandle;
        }

        if (grid.X == 0 || grid.Y == 0 || grid.Z == 0 || grid.Y > ushort.MaxValue || grid.Z > ushort.MaxValue
            || block.X * block.Y * block.Z is 0 or > 1024 || sharedBytes > Math.Max(one.MaximumDynamicBytes, DeclaredSharedBytes - one.Entry.SharedBytes))
        {
            return Broken($"{one.Entry.Name} was launched with {grid} groups of {block} work-items and {sharedBytes} bytes", InvalidValue);
        }

        LastLaunch = (new Index3D((int)block.X, (int)block.Y, (int)block.Z), new Index3D((int)grid.X, (int)grid.Y, (int)grid.Z));
        Dictionary<string, ulong> values = [];
        for (int i = 0; i < one.Entry.Parameters.Count; i++)
        {
            (string name, string type) = one.Entry.Parameters[i];
            void* value = parameters[i];
            values[name] = type switch
            {
                "u8" => *(byte*)value,
                "u32" or "f32" => *(uint*)value,
                _ => *(ulong*)value,
            };
        }

        return Queue(stream, () =>
        {
            if (!_modules.ContainsKey(one.Module))
            {
                Report($"{one.Entry.Name} ran after its module was unloaded");
            }
            else if (Specification.RunsKernels)
            {
                PtxLaunch.Run(
                    one.Entry, values, _memory.ForKernel(), ((int)grid.X, (int)grid.Y, (int)grid.Z), ((int)block.X, (int)block.Y, (int)block.Z), (int)sharedBytes);
            }
        });
    }

    private sealed class StandInFunction(PtxEntry entry, nint module)
    {
        internal PtxEntry Entry => entry;

        internal nint Module => module;

        internal int MaximumDynamicBytes { get; set; }
    }
}
