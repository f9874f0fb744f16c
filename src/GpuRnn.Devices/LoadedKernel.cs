using GpuRnn.Compiler.Diagnostics;
using GpuRnn.Compiler.Frontend;
using GpuRnn.KernelModel;

namespace GpuRnn.Devices;

/// <summary>A kernel made ready for one device.</summary>
/// <remarks>
/// Arguments are boxed values of the kernel's parameter types, without the index; a dense <see cref="ArrayView{T}"/> may stand for
/// an <see cref="ArrayView1D{T, TStride}"/>. The array is only read, so that a caller may keep it from launch to launch.
/// </remarks>
public abstract class LoadedKernel
{
    // Each is compiled by itself; a kernel that needs more should take the value as a parameter.
    private const int MaximumVariants = 4;

    private readonly bool _isSpecialized;
    private readonly Dictionary<string, LoadedKernel> _variants = [];

    /// <summary>Binds <paramref name="entry"/> to <paramref name="device"/>; devices call this.</summary>
    protected LoadedKernel(Device device, KernelEntry entry)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(entry);
        Device = device;
        Entry = entry;
        _isSpecialized = entry.HasSpecializedParameters && entry.Constants.Count == 0;
    }

    /// <summary>The device that runs the kernel.</summary>
    public Device Device { get; }

    /// <summary>The kernel's signature.</summary>
    public KernelEntry Entry { get; }

    /// <summary>How often it was compiled: once, or once for each set of specialised values.</summary>
    public int VariantCount
    {
        get
        {
            lock (_variants)
            {
                return Math.Max(1, _variants.Count);
            }
        }
    }

    /// <summary>The groups of this kernel that the device keeps running at once, which a cooperative launch may not exceed.</summary>
    /// <param name="groupSize">The work-items of a group.</param>
    /// <param name="dynamicSharedBytes">The shared memory that the launch asks for, beside the kernel's own arrays.</param>
    /// <remarks>0 on a device that does not promise to start all groups together.</remarks>
    public virtual ResidentGroups MaxResidentGroups(int groupSize, int dynamicSharedBytes = 0) =>
        new(0, "the device does not promise to run all groups of a launch at once");

    /// <summary>Runs an implicitly grouped kernel once for each index below <paramref name="extent"/>, in any order.</summary>
    /// <exception cref="DeviceException">The kernel has another index, or the arguments do not fit.</exception>
    /// <exception cref="KernelExecutionException">The kernel threw.</exception>
    public void Launch(DeviceStream stream, Index1D extent, params object[] arguments) =>
        LaunchChecked(stream, IndexType.Index1D, new Index3D(extent.X, 1, 1), arguments);

    /// <summary>Runs an implicitly grouped kernel once for each index below <paramref name="extent"/>, in any order.</summary>
    /// <exception cref="DeviceException">The kernel has another index, or the arguments do not fit.</exception>
    /// <exception cref="KernelExecutionException">The kernel threw.</exception>
    public void Launch(DeviceStream stream, Index2D extent, params object[] arguments) =>
        LaunchChecked(stream, IndexType.Index2D, new Index3D(extent.X, extent.Y, 1), arguments);

    /// <summary>Runs an implicitly grouped kernel once for each index below <paramref name="extent"/>, in any order.</summary>
    /// <exception cref="DeviceException">The kernel has another index, or the arguments do not fit.</exception>
    /// <exception cref="KernelExecutionException">The kernel threw.</exception>
    public void Launch(DeviceStream stream, Index3D extent, params object[] arguments) =>
        LaunchChecked(stream, IndexType.Index3D, extent, arguments);

    /// <summary>Runs an explicitly grouped kernel once for each work-item of each group.</summary>
    /// <exception cref="DeviceException">
    /// The kernel has an index parameter, the arguments do not fit, or a cooperative kernel's groups cannot all run at once.
    /// </exception>
    /// <exception cref="KernelExecutionException">The kernel threw, or some work-items missed a barrier.</exception>
    public void Launch(DeviceStream stream, KernelConfig config, params object[] arguments)
    {
        RequireStream(stream);
        if (Entry.Grouping != KernelGrouping.Explicit)
        {
            throw new DeviceException(
                $"{Entry.Name}: a KernelConfig arrived, but the kernel's first parameter is an {Entry.IndexType}. Pass an {Entry.IndexType} as the extent.");
        }

        if (!config.IsValid)
        {
            throw new DeviceException(
                $"{Entry.Name}: grid {config.GridDim} and group {config.GroupDim} arrived, but every component must be at least 1. "
                + "Skip the launch when there is nothing to do.");
        }

        if (Entry.LaunchBounds is LaunchBoundsAttribute bounds && config.GroupDim.LongSize > bounds.MaximumGroupSize)
        {
            throw new DeviceException(
                $"{Entry.Name}: groups of {config.GroupDim.LongSize} work-items arrived, but [LaunchBounds] allows {bounds.MaximumGroupSize} at most. "
                + "Launch smaller groups.");
        }

        RequireArguments(arguments);
        LoadedKernel variant = VariantFor(arguments);
        if (Entry.IsCooperative)
        {
            RequireResidence(variant.MaxResidentGroups(config.GroupDim.Size, config.SharedMemoryConfig.ArraySize), config);
        }

        variant.LaunchGrouped(stream, config, arguments);
    }

    /// <summary>Runs the kernel over <paramref name="extent"/>, which holds at least one index; everything was checked.</summary>
    protected abstract void LaunchImplicit(DeviceStream stream, Index3D extent, object[] arguments);

    /// <summary>Runs the kernel in groups; everything was checked.</summary>
    protected abstract void LaunchGrouped(DeviceStream stream, KernelConfig config, object[] arguments);

    private void RequireResidence(ResidentGroups most, KernelConfig config)
    {
        if (config.GridDim.LongSize > most.Count)
        {
            throw new DeviceException(
                $"{Entry.Name}: a cooperative launch of {config.GridDim.LongSize} groups of {config.GroupDim.LongSize} work-items arrived, but "
                + $"{Device.Id} keeps at most {most.Count} at once: {most.Reason}. Use fewer or smaller groups, or less shared memory.");
        }
    }

    /// <summary>The kernel with the launch's specialised values built in, where the device gains from that.</summary>
    private LoadedKernel VariantFor(object[] arguments)
    {
        if (!_isSpecialized)
        {
            return this;
        }

        KernelEntry entry = Entry.Specialize(arguments);
        string constants = entry.ConstantsText;
        lock (_variants)
        {
            if (_variants.TryGetValue(constants, out LoadedKernel? variant))
            {
                return variant;
            }

            if (_variants.Count == MaximumVariants)
            {
                throw new DeviceException(
                    $"{Entry.Name}: {constants} arrived after {MaximumVariants} other specialisations ({string.Join("; ", _variants.Keys)}), but a kernel is "
                    + $"compiled for at most {MaximumVariants}. Take the value as a plain parameter instead of a SpecializedValue.");
            }

            return _variants[constants] = Device.LoadVariant(entry) ?? this;
        }
    }

    private void LaunchChecked(DeviceStream stream, IndexType indexType, Index3D extent, object[] arguments)
    {
        RequireStream(stream);
        if (Entry.IndexType != indexType)
        {
            string needed = Entry.Grouping == KernelGrouping.Explicit ? nameof(KernelConfig) : Entry.IndexType.ToString();
            throw new DeviceException($"{Entry.Name}: extent type {indexType} arrived, but the kernel needs {needed}. Pass that type.");
        }

        if (extent.X < 0 || extent.Y < 0 || extent.Z < 0)
        {
            throw new DeviceException(
                $"{Entry.Name}: extent {extent} arrived, but no component may be negative. Check how the extent was computed.");
        }

        RequireArguments(arguments);
        if (extent.LongSize > 0)
        {
            VariantFor(arguments).LaunchImplicit(stream, extent, arguments);
        }
    }

    private void RequireStream(DeviceStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Device.RequireAlive();
        if (!ReferenceEquals(stream.Device, Device))
        {
            throw new DeviceException(
                $"{Entry.Name}: a stream of another device '{stream.Device.Id}' arrived, but the kernel was loaded for '{Device.Id}'. Use a stream of that device.");
        }
    }

    private void RequireArguments(object[] arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        IReadOnlyList<KernelParameter> parameters = Entry.Parameters;
        if (arguments.Length != parameters.Count)
        {
            throw new DeviceException(
                $"{Entry.Name}: {arguments.Length} arguments arrived, but {parameters.Count} were needed: "
                + $"({string.Join(", ", parameters.Select(p => $"{TypeName.Of(p.Type)} {p.Name}"))}). Pass one for each, without the index.");
        }

        for (int i = 0; i < arguments.Length; i++)
        {
            object? argument = arguments[i];
            if (argument is null || (argument.GetType() != parameters[i].Type && !KernelArguments.StandsFor(argument, parameters[i].Type)))
            {
                string arrived = argument is null ? "null" : TypeName.Of(argument.GetType());
                throw new DeviceException(
                    $"{Entry.Name}: {arrived} arrived for parameter '{parameters[i].Name}', but {TypeName.Of(parameters[i].Type)} was needed. "
                    + "Pass a value of exactly that type.");
            }
        }

        if (Validation.IsEnabled)
        {
            ReadOnlyViews.Require(Entry, arguments);
        }
    }
}
