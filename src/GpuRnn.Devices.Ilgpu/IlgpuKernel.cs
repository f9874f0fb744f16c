using GpuRnn.Compiler.Frontend;
using GpuRnn.KernelModel;
using ILGPU.Runtime;

namespace GpuRnn.Devices.Ilgpu;

/// <summary>A kernel's twin, compiled by ILGPU.</summary>
internal sealed class IlgpuKernel : LoadedKernel
{
    private readonly Kernel _kernel;
    private readonly KernelTwin _twin;

    internal IlgpuKernel(IlgpuDevice device, KernelEntry entry, Kernel kernel, KernelTwin twin)
        : base(device, entry)
    {
        _kernel = kernel;
        _twin = twin;
    }

    /// <inheritdoc/>
    protected override void LaunchImplicit(DeviceStream stream, Index3D extent, object[] arguments)
    {
        AcceleratorStream queue = ((IlgpuStream)stream).Stream;
        object[] translated = Translate(arguments);
        try
        {
            switch (Entry.IndexType)
            {
                case IndexType.Index1D:
                    _kernel.Launch(queue, new ILGPU.Index1D(extent.X), translated);
                    break;
                case IndexType.Index2D:
                    _kernel.Launch(queue, new ILGPU.Index2D(extent.X, extent.Y), translated);
                    break;
                default:
                    _kernel.Launch(queue, Twin(extent), translated);
                    break;
            }
        }
        catch (Exception exception)
        {
            throw Failure(exception);
        }
    }

    /// <inheritdoc/>
    protected override void LaunchGrouped(DeviceStream stream, KernelConfig config, object[] arguments)
    {
        object[] translated = Translate(arguments);
        SharedMemoryConfig shared = config.SharedMemoryConfig;
        ILGPU.KernelConfig twin = config.UsesDynamicSharedMemory
            ? new ILGPU.KernelConfig(Twin(config.GridDim), Twin(config.GroupDim), new ILGPU.SharedMemoryConfig(shared.NumElements, shared.ElementSize))
            : new ILGPU.KernelConfig(Twin(config.GridDim), Twin(config.GroupDim));
        try
        {
            _kernel.Launch(((IlgpuStream)stream).Stream, twin, translated);
        }
        catch (Exception exception)
        {
            throw Failure(exception);
        }
    }

    private object[] Translate(object[] arguments)
    {
        object[] translated = new object[arguments.Length];
        for (int i = 0; i < arguments.Length; i++)
        {
            translated[i] = _twin.Translate(i, arguments[i], this);
        }

        return translated;
    }

    private DeviceException Failure(Exception exception) =>
        IlgpuFailure.Of(Entry.Name, $"a launch on {Device.Id}", exception, "Check extents and groups against the device's limits.");

    private static ILGPU.Index3D Twin(Index3D index) => new(index.X, index.Y, index.Z);
}
