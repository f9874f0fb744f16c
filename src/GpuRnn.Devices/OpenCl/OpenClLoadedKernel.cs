using GpuRnn.Compiler.Backends.OpenCl;
using GpuRnn.Compiler.Frontend;
using GpuRnn.Devices.OpenCl.Native;
using GpuRnn.KernelModel;

namespace GpuRnn.Devices.OpenCl;

/// <summary>A built kernel and the launches of it.</summary>
internal sealed unsafe class OpenClLoadedKernel : LoadedKernel
{
    // Where the launch has no say, groups have one size for every extent: a driver may compile once for each.
    private const int GroupSizeOnGpu = 256;
    private const int GroupSizeElsewhere = 64;
    private const int GroupWidth = 16;

    private readonly OpenClDevice _device;
    private readonly ArgumentPacker _packer;
    private readonly OpenClKernel _needs;
    private readonly long _maximumGroupSize;
    private readonly long _sharedBytes;
    private readonly int _dimensions;
    private readonly (long X, long Y) _group;
    private nint _kernel;

    /// <exception cref="KernelBuildException">The driver's compiler refuses the text.</exception>
    internal OpenClLoadedKernel(OpenClDevice device, KernelEntry entry, OpenClProgram program)
        : base(device, entry)
    {
        _device = device;
        _packer = new ArgumentPacker(entry);
        _needs = program.Kernels[0];
        _kernel = OpenClBuild.BuildKernel(device, entry.Name, program.Text, _needs.Name);
        _maximumGroupSize = Math.Min((long)Query(OpenClConstants.KernelGroupSize), _needs.MaximumGroupSize ?? device.Information.MaximumGroupSize);
        _sharedBytes = Math.Max((long)Query(OpenClConstants.KernelLocalMemoryBytes), _needs.SharedMemoryBytes);
        _dimensions = entry.IndexType switch { IndexType.Index1D => 1, IndexType.Index2D => 2, _ => 3 };
        int wanted = device.Information.Type == OpenClDeviceType.Gpu ? GroupSizeOnGpu : GroupSizeElsewhere;
        long size = Math.Max(1, Math.Min(wanted, _maximumGroupSize));
        long width = _dimensions == 1 ? size : Math.Min(GroupWidth, size);
        _group = (width, size / width);
    }

    /// <summary>Gives the kernel back; the device was disposed.</summary>
    internal void Release()
    {
        nint kernel = Interlocked.Exchange(ref _kernel, 0);
        if (kernel != 0)
        {
            _ = OpenClLibrary.clReleaseKernel(kernel);
        }
    }

    /// <inheritdoc/>
    protected override void LaunchImplicit(DeviceStream stream, Index3D extent, object[] arguments)
    {
        nuint* global = stackalloc nuint[] { RoundUp(extent.X, _group.X), RoundUp(extent.Y, _dimensions == 1 ? 1 : _group.Y), (nuint)extent.Z };
        nuint* local = stackalloc nuint[] { (nuint)_group.X, (nuint)(_dimensions == 1 ? 1 : _group.Y), 1 };
        int* extents = stackalloc int[] { extent.X, extent.Y, extent.Z };
        lock (_packer)
        {
            uint next = SetArguments(arguments);
            for (int axis = 0; axis < _dimensions; axis++)
            {
                Set(next++, sizeof(int), extents + axis);
            }

            Enqueue(stream, (uint)_dimensions, global, local);
        }
    }

    /// <inheritdoc/>
    protected override void LaunchGrouped(DeviceStream stream, KernelConfig config, object[] arguments)
    {
        RequireGroup(config);
        Index3D grid = config.GridDim;
        Index3D group = config.GroupDim;
        nuint* global = stackalloc nuint[] { (nuint)grid.X * (nuint)group.X, (nuint)grid.Y * (nuint)group.Y, (nuint)grid.Z * (nuint)group.Z };
        nuint* local = stackalloc nuint[] { (nuint)group.X, (nuint)group.Y, (nuint)group.Z };
        lock (_packer)
        {
            uint next = SetArguments(arguments);
            if (_needs.UsesDynamicSharedMemory)
            {
                int bytes = SharedBytes(config);
                Set(next++, Math.Max(bytes, 1), null);
                Set(next, sizeof(int), &bytes);
            }

            Enqueue(stream, 3, global, local);
        }
    }

    private static nuint RoundUp(long count, long group) => (nuint)((count + group - 1) / group * group);

    private void RequireGroup(KernelConfig config)
    {
        Index3D group = config.GroupDim;
        IReadOnlyList<long> extents = _device.Information.MaximumGroupExtents;
        if (group.LongSize > _maximumGroupSize || group.X > extents[0] || group.Y > extents[1] || group.Z > extents[2])
        {
            throw new DeviceException(
                $"{Entry.Name}: groups of {group} work-items arrived, but this kernel's groups have at most {_maximumGroupSize} on {_device.Id}, "
                + $"and at most {extents[0]}, {extents[1]} and {extents[2]} along the axes. Use smaller groups and more of them.");
        }

        long sharedBytes = _sharedBytes + SharedBytes(config);
        if (sharedBytes > _device.Information.LocalMemoryBytes)
        {
            throw new DeviceException(
                $"{Entry.Name}: a launch whose groups need {sharedBytes} bytes of shared memory arrived, but {_device.Id} has "
                + $"{_device.Information.LocalMemoryBytes}. Use smaller tiles.");
        }
    }

    private static int SharedBytes(KernelConfig config) => config.SharedMemoryConfig.ArraySize;

    private uint SetArguments(object[] arguments)
    {
        uint next = 0;
        try
        {
            foreach (ref readonly PackedArgument argument in _packer.Pack(arguments))
            {
                if (argument.ElementSize == 0)
                {
                    ulong bits = argument.Bits;
                    Set(next++, argument.SizeInBytes, &bits);
                    continue;
                }

                (nint buffer, long offset) = Locate(argument);
                Set(next++, sizeof(nint), buffer == 0 ? null : &buffer);
                Set(next++, sizeof(long), &offset);
            }
        }
        finally
        {
            _packer.Forget();
        }

        return next;
    }

    private (nint Buffer, long Offset) Locate(in PackedArgument view)
    {
        if (view.Bits == 0)
        {
            return (0, 0);
        }

        OpenClMemory? memory = view.Source is OpenClMemory own && own.IsOf(_device) ? own : null;
        long offset = ViewArguments.OffsetOf(Entry.Name, _device, view, memory);
        return (memory!.Buffer, offset);
    }

    private void Set(uint index, int sizeInBytes, void* value) =>
        _device.Require(OpenClLibrary.clSetKernelArg(_kernel, index, (nuint)sizeInBytes, value), nameof(OpenClLibrary.clSetKernelArg), Entry.Name);

    private void Enqueue(DeviceStream stream, uint dimensions, nuint* global, nuint* local)
    {
        nint queue = ((OpenClStream)stream).Queue;
        int code = OpenClLibrary.clEnqueueNDRangeKernel(queue, _kernel, dimensions, null, global, local, 0, null, null);
        _device.Require(code, nameof(OpenClLibrary.clEnqueueNDRangeKernel), Entry.Name);
    }

    private ulong Query(uint what)
    {
        ulong value = 0;
        int code = OpenClLibrary.clGetKernelWorkGroupInfo(_kernel, _device.Information.Handle, what, sizeof(ulong), &value, null);
        _device.Require(code, nameof(OpenClLibrary.clGetKernelWorkGroupInfo), Entry.Name);
        return value;
    }
}
