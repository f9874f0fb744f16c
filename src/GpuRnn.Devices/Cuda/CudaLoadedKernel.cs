using System.Collections.Concurrent;
using System.Text;
using GpuRnn.Compiler.Backends.Ptx;
using GpuRnn.Compiler.Frontend;
using GpuRnn.Devices.Cuda.Native;
using GpuRnn.KernelModel;

namespace GpuRnn.Devices.Cuda;

/// <summary>An assembled kernel and the launches of it.</summary>
internal sealed unsafe class CudaLoadedKernel : LoadedKernel
{
    // Where the launch has no say: eight warps, whose lanes lie along the first axis so that they read neighbouring elements.
    private const int GroupSize = 256;
    private const int GroupWidth = 32;

    private readonly CudaDevice _device;
    private readonly CudaContext _context;
    private readonly ArgumentPacker _packer;
    private readonly PtxKernel _needs;
    private readonly nint _function;
    private readonly int _dimensions;
    private readonly int _groupSize;
    private readonly ConcurrentDictionary<(int GroupSize, int SharedBytes), ResidentGroups> _resident = new();
    private nint _module;

    /// <exception cref="KernelBuildException">The driver's assembler refuses the text.</exception>
    internal CudaLoadedKernel(CudaDevice device, KernelEntry entry, PtxProgram program)
        : base(device, entry)
    {
        _device = device;
        _context = device.Context;
        _packer = new ArgumentPacker(entry);
        _needs = program.Kernels[0];
        _context.Enter();
        _module = CudaBuild.Load(_context, entry.Name, program.Text);
        try
        {
            _function = Find(_needs.Name);
            MaximumGroupSize = Attribute(CudaConstants.FunctionMaximumThreads);
            StaticSharedBytes = Attribute(CudaConstants.FunctionSharedBytes);
            RegisterCount = Attribute(CudaConstants.FunctionRegisters);
            LocalBytes = Attribute(CudaConstants.FunctionLocalBytes);
            if (_needs.UsesDynamicSharedMemory || _needs.LaunchSharedMemoryBytes > 0)
            {
                AllowSharedMemory();
            }
        }
        catch
        {
            Unload();
            throw;
        }

        _dimensions = entry.IndexType switch { IndexType.Index1D => 1, IndexType.Index2D => 2, _ => 3 };
        _groupSize = Math.Min(GroupSize, MaximumGroupSize);
    }

    /// <summary>Work-items of a group at most, for the registers that each needs.</summary>
    internal int MaximumGroupSize { get; }

    /// <summary>Shared memory that the kernel itself declares.</summary>
    internal int StaticSharedBytes { get; }

    /// <summary>Registers of a work-item.</summary>
    internal int RegisterCount { get; }

    /// <summary>Private memory of a work-item, spilled registers among it.</summary>
    internal int LocalBytes { get; }

    /// <inheritdoc/>
    public override ResidentGroups MaxResidentGroups(int groupSize, int dynamicSharedBytes = 0)
    {
        if (!_device.Information.HasCooperativeLaunch)
        {
            return new ResidentGroups(0, "the driver offers no cooperative launches on it");
        }

        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(groupSize);
        ArgumentOutOfRangeException.ThrowIfNegative(dynamicSharedBytes);
        return _resident.TryGetValue((groupSize, dynamicSharedBytes), out ResidentGroups? known)
            ? known
            : _resident[(groupSize, dynamicSharedBytes)] = CountResidentGroups(groupSize, dynamicSharedBytes);
    }

    /// <summary>Gives the module back; the device was disposed.</summary>
    internal void Unload()
    {
        nint module = Interlocked.Exchange(ref _module, 0);
        if (module != 0)
        {
            _context.EnterToRelease();
            _context.Note(Driver.cuModuleUnload(module), nameof(Driver.cuModuleUnload));
        }
    }

    /// <inheritdoc/>
    protected override void LaunchImplicit(DeviceStream stream, Index3D extent, object[] arguments)
    {
        IReadOnlyList<int> most = _device.Information.MaximumGridExtents;
        Index3D group = GroupFor(extent, most[1]);
        Index3D grid = new(GroupsOf(extent.X, group.X), GroupsOf(extent.Y, group.Y), extent.Z);
        if (grid.X > most[0] || grid.Y > most[1] || grid.Z > most[2])
        {
            throw new DeviceException(
                $"{Entry.Name}: extent {extent} arrived, which is {grid} groups of {group} work-items, but {_device.Id} launches at most "
                + $"{most[0]}, {most[1]} and {most[2]} groups along the axes. Let the longest axis be the first.");
        }

        int* extents = stackalloc int[] { extent.X, extent.Y, extent.Z };
        Launch((CudaStream)stream, grid, group, (int)_needs.LaunchSharedMemoryBytes, arguments, new ReadOnlySpan<int>(extents, _dimensions));
    }

    /// <inheritdoc/>
    protected override void LaunchGrouped(DeviceStream stream, KernelConfig config, object[] arguments)
    {
        RequireGeometry(config);
        int sharedBytes = (int)_needs.LaunchSharedMemoryBytes + config.SharedMemoryConfig.ArraySize;
        Launch((CudaStream)stream, config.GridDim, config.GroupDim, sharedBytes, arguments, []);
    }

    private CudaDriver Driver => _context.Driver;

    // A warp along the first axis, less where that axis is shorter, or where the second one has more groups than a grid may have.
    private Index3D GroupFor(Index3D extent, int mostAlongY)
    {
        int width = _dimensions == 1 ? _groupSize : Math.Min(GroupWidth, _groupSize);
        while (_dimensions > 1 && width > 1 && (extent.X <= width / 2 || GroupsOf(extent.Y, _groupSize / width) > mostAlongY))
        {
            width /= 2;
        }

        return new Index3D(width, _groupSize / width, 1);
    }

    private static int GroupsOf(int count, int group) => (int)(((long)count + group - 1) / group);

    private nint Find(string name)
    {
        nint function = 0;
        fixed (byte* first = Encoding.UTF8.GetBytes(name + '\0'))
        {
            _context.Require(Driver.cuModuleGetFunction(&function, _module, first), nameof(Driver.cuModuleGetFunction), Entry.Name);
        }

        return function;
    }

    private int Attribute(int attribute)
    {
        int value = 0;
        _context.Require(Driver.cuFuncGetAttribute(&value, attribute, _function), nameof(Driver.cuFuncGetAttribute), Entry.Name);
        return value;
    }

    // More than 48 KiB a group must be asked for; this sets the limit, and each launch takes what it needs.
    private void AllowSharedMemory()
    {
        int most = _device.Information.MaximumSharedMemoryPerGroup - StaticSharedBytes;
        int code = Driver.cuFuncSetAttribute(_function, CudaConstants.FunctionMaximumDynamicSharedBytes, most);
        _context.Require(code, nameof(Driver.cuFuncSetAttribute), Entry.Name);
    }

    private ResidentGroups CountResidentGroups(int groupSize, int dynamicSharedBytes)
    {
        _device.RequireUsable();
        _context.Enter();
        int perMultiprocessor = 0;
        long sharedBytes = _needs.LaunchSharedMemoryBytes + dynamicSharedBytes;
        int code = Driver.cuOccupancyMaxActiveBlocksPerMultiprocessor(&perMultiprocessor, _function, groupSize, (nuint)sharedBytes);
        _context.Require(code, nameof(Driver.cuOccupancyMaxActiveBlocksPerMultiprocessor), Entry.Name);
        int multiprocessors = _device.Information.MultiprocessorCount;
        return new ResidentGroups(
            perMultiprocessor * multiprocessors,
            $"{multiprocessors} multiprocessors hold {perMultiprocessor} groups each of {groupSize} work-items with {RegisterCount} registers and "
            + $"{StaticSharedBytes + sharedBytes} bytes of shared memory");
    }

    private void RequireGeometry(KernelConfig config)
    {
        Index3D group = config.GroupDim;
        IReadOnlyList<int> extents = _device.Information.MaximumGroupExtents;
        if (group.LongSize > MaximumGroupSize || group.X > extents[0] || group.Y > extents[1] || group.Z > extents[2])
        {
            throw new DeviceException(
                $"{Entry.Name}: groups of {group} work-items arrived, but this kernel's groups have at most {MaximumGroupSize} on {_device.Id}, "
                + $"and at most {extents[0]}, {extents[1]} and {extents[2]} along the axes. Use smaller groups and more of them.");
        }

        Index3D grid = config.GridDim;
        IReadOnlyList<int> most = _device.Information.MaximumGridExtents;
        if (grid.X > most[0] || grid.Y > most[1] || grid.Z > most[2])
        {
            throw new DeviceException(
                $"{Entry.Name}: a grid of {grid} groups arrived, but {_device.Id} launches at most {most[0]}, {most[1]} and {most[2]} along the axes. "
                + "Let the longest axis be the first.");
        }

        long sharedBytes = StaticSharedBytes + _needs.LaunchSharedMemoryBytes + config.SharedMemoryConfig.ArraySize;
        if (sharedBytes > _device.Information.MaximumSharedMemoryPerGroup)
        {
            throw new DeviceException(
                $"{Entry.Name}: a launch whose groups need {sharedBytes} bytes of shared memory arrived, but {_device.Id} has "
                + $"{_device.Information.MaximumSharedMemoryPerGroup}. Use smaller tiles.");
        }
    }

    private void Launch(CudaStream stream, Index3D grid, Index3D group, int sharedBytes, object[] arguments, ReadOnlySpan<int> extents)
    {
        stream.Enter();
        lock (_packer)
        {
            try
            {
                ReadOnlySpan<PackedArgument> packed = _packer.Pack(arguments);
                ulong* bits = stackalloc ulong[packed.Length + extents.Length];
                void** parameters = stackalloc void*[packed.Length + extents.Length];
                for (int i = 0; i < packed.Length; i++)
                {
                    RequireOwn(packed[i], stream);
                    bits[i] = packed[i].Bits;
                    parameters[i] = bits + i;
                }

                for (int i = packed.Length; i < packed.Length + extents.Length; i++)
                {
                    bits[i] = (uint)extents[i - packed.Length];
                    parameters[i] = bits + i;
                }

                Queue(stream, grid, group, (uint)sharedBytes, parameters);
            }
            finally
            {
                _packer.Forget();
            }
        }
    }

    private void Queue(CudaStream stream, Index3D grid, Index3D group, uint sharedBytes, void** parameters)
    {
        (uint gridX, uint gridY, uint gridZ) = ((uint)grid.X, (uint)grid.Y, (uint)grid.Z);
        (uint groupX, uint groupY, uint groupZ) = ((uint)group.X, (uint)group.Y, (uint)group.Z);
        if (Entry.IsCooperative)
        {
            int code = Driver.cuLaunchCooperativeKernel(
                _function, gridX, gridY, gridZ, groupX, groupY, groupZ, sharedBytes, stream.Handle, parameters);
            _context.Require(code, nameof(Driver.cuLaunchCooperativeKernel), Entry.Name);
        }
        else
        {
            int code = Driver.cuLaunchKernel(
                _function, gridX, gridY, gridZ, groupX, groupY, groupZ, sharedBytes, stream.Handle, parameters, null);
            _context.Require(code, nameof(Driver.cuLaunchKernel), Entry.Name);
        }
    }

    // An address is all that the kernel gets: one that is wrong, or between two elements, would make CUDA unusable.
    private void RequireOwn(in PackedArgument argument, CudaStream stream)
    {
        if (argument.ElementSize == 0 || argument.Bits == 0)
        {
            return;
        }

        CudaMemory? memory = argument.Source is CudaMemory own && own.IsOf(_device) ? own : null;
        _ = ViewArguments.OffsetOf(Entry.Name, _device, argument, memory);
        stream.Uses(memory!);
    }
}
