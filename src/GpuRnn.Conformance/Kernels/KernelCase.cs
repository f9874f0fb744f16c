using System.Reflection;
using GpuRnn.Compiler.Frontend;
using GpuRnn.Devices;

namespace GpuRnn.Conformance.Kernels;

/// <summary>One kernel at one size.</summary>
/// <param name="kernel">The kernel, closed.</param>
/// <param name="sizes">The shapes and options, with their letters.</param>
/// <param name="body">Launches it and says what must come out.</param>
internal sealed class KernelCase(MethodInfo kernel, string sizes, Action<KernelTrial> body) : ConformanceCase(KernelEntry.Read(kernel).Name, sizes)
{
    /// <summary>The kernel.</summary>
    public MethodInfo Kernel { get; } = kernel;

    /// <summary>
    /// A kernel whose groups wait for each other is only for devices that run them together, and one of wide vectors is for no GPU's thread.
    /// </summary>
    public override SupportAnswer Supports(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        KernelEntry entry = KernelEntry.Read(Kernel);
        return entry.IsCooperative && device.Profile.Groups is not { RunsTogether: true }
            ? SupportAnswer.No("its groups wait for each other, and the device does not promise to run them together")
            : device.Supports(entry) is { IsSupported: false } refusal ? refusal
            : base.Supports(device);
    }

    /// <summary>Finds a kernel and closes it.</summary>
    public static MethodInfo Find(Type owner, string name, params Type[] typeArguments)
    {
        MethodInfo method = owner.GetMethod(name) ?? throw new MissingMethodException(owner.FullName, name);
        return typeArguments.Length == 0 ? method : method.MakeGenericMethod(typeArguments);
    }

    /// <inheritdoc/>
    protected override void Run(Device device, ConformanceRecorder recorder)
    {
        KernelTrial trial = new(device, Kernel, recorder);
        body(trial);
        trial.Finish();
    }
}
