using System.Reflection;
using GpuRnn.Compiler.Backends.OpenCl;
using GpuRnn.Compiler.Frontend;
using GpuRnn.Compiler.Fuzz.Syntax;
using GpuRnn.Compiler.Ir;
using GpuRnn.Compiler.Passes;
using GpuRnn.Devices;
using GpuRnn.Devices.Cpu;

namespace GpuRnn.Compiler.Fuzz.Execution;

/// <summary>Runs some kernels in several ways and compares each with plain C#.</summary>
internal sealed class FuzzBatch : IDisposable
{
    // A program for the device is written by one thread at a time; the driver would make the others wait anyway.
    private static readonly Lock s_openCl = new();

    private readonly FuzzPaths _paths;
    private readonly List<CSharpBatch> _assemblies = [];
    private readonly List<(FuzzKernel Kernel, MethodInfo Method, FuzzMemory Expected)> _ready = [];
    private readonly List<Finding> _findings = [];

    private FuzzBatch(FuzzPaths paths)
    {
        _paths = paths;
    }

    /// <summary>The kernels on which something is wrong, each with the first path that failed.</summary>
    internal static IReadOnlyList<Finding> Run(IReadOnlyList<FuzzKernel> kernels, FuzzPaths paths)
    {
        using FuzzBatch batch = new(paths);
        batch.Compile(kernels);
        batch.RunPlain();
        if (paths.HasFlag(FuzzPaths.Cpu))
        {
            batch.RunCompiledCpu();
        }

        if (paths.HasFlag(FuzzPaths.Ptx))
        {
            batch.Each("ptx", PtxRunner.Run);
        }

        if (paths.HasFlag(FuzzPaths.OpenCl))
        {
            batch.RunOpenCl();
        }

        return batch._findings;
    }

    /// <summary>Lets the assemblies go.</summary>
    public void Dispose() => _assemblies.ForEach(assembly => assembly.Dispose());

    private void Compile(IReadOnlyList<FuzzKernel> kernels)
    {
        foreach (IGrouping<bool, FuzzKernel> half in kernels.GroupBy(kernel => kernel.IsOptimized))
        {
            FuzzKernel[] members = [.. half];
            if (CSharpBatch.TryCompile(members, half.Key, out string errors) is { } all)
            {
                Add(all, members);
                continue;
            }

            foreach (FuzzKernel kernel in members)
            {
                CSharpBatch? one = members.Length == 1 ? null : CSharpBatch.TryCompile([kernel], half.Key, out errors);
                if (one is not null)
                {
                    Add(one, [kernel]);
                }
                else
                {
                    _findings.Add(new Finding(kernel, "csharp", errors));
                }
            }
        }
    }

    private void Add(CSharpBatch assembly, FuzzKernel[] members)
    {
        _assemblies.Add(assembly);
        _ready.AddRange(members.Select(kernel => (kernel, assembly.Method(kernel), FuzzMemory.Create(kernel.Seed))));
    }

    // A device for each batch: it keeps every method that it was ever given.
    private void RunPlain()
    {
        using CpuDevice device = Open(CpuKernelMode.Plain);
        for (int i = _ready.Count - 1; i >= 0; i--)
        {
            try
            {
                DeviceRunner.Run(device, _ready[i].Kernel, _ready[i].Method, _ready[i].Expected);
            }
            catch (Exception exception)
            {
                Fail(i, "plain", exception.ToString());
            }
        }
    }

    private void RunCompiledCpu()
    {
        using CpuDevice device = Open(CpuKernelMode.Compiled);
        Each("cpu", (kernel, method, memory) =>
        {
            DeviceRunner.Run(device, kernel, method, memory);
            return true;
        });
    }

    // The kernels that pass stay; a run says false where the path does not take the kernel.
    private void Each(string path, Func<FuzzKernel, MethodInfo, FuzzMemory, bool> run)
    {
        for (int i = _ready.Count - 1; i >= 0; i--)
        {
            (FuzzKernel kernel, MethodInfo method, FuzzMemory expected) = _ready[i];
            FuzzMemory memory = FuzzMemory.Create(kernel.Seed);
            try
            {
                if (run(kernel, method, memory) && Comparison.FirstDifference(kernel, expected, memory) is { } difference)
                {
                    Fail(i, path, difference);
                }
            }
            catch (Exception exception)
            {
                Fail(i, path, exception.ToString());
            }
        }
    }

    private void RunOpenCl()
    {
        lock (s_openCl)
        {
            using OpenClDispatch? dispatch = BuildOpenCl();
            Each("opencl", (kernel, method, memory) =>
            {
                dispatch!.Run(kernel, method, memory);
                return true;
            });
        }
    }

    // One program of all kernels that are ready. Where the driver refuses it, the kernels that it refuses alone are findings; null when none is left.
    private OpenClDispatch? BuildOpenCl()
    {
        Dictionary<FuzzKernel, (KernelEntry Entry, IrFunction Function)> functions = [];
        Each("compiler", (kernel, method, _) =>
        {
            functions.Add(kernel, Translate(method));
            return false;
        });
        if (_ready.Count == 0)
        {
            return null;
        }

        try
        {
            return OpenClDispatch.Build(OpenClLowering.Write([.. _ready.Select(one => functions[one.Kernel])]), [.. _ready.Select(one => one.Kernel)]);
        }
        catch (KernelBuildException)
        {
            int together = _ready.Count;
            Each("opencl", (kernel, method, _) =>
            {
                using OpenClDispatch alone = OpenClDispatch.Build(OpenClLowering.Write([Translate(method)]), [kernel]);
                return false;
            });
            if (_ready.Count == together)
            {
                throw;
            }
        }

        return BuildOpenCl();
    }

    // Lowering changes the function, so every program gets its own.
    private static (KernelEntry Entry, IrFunction Function) Translate(MethodInfo method)
    {
        KernelEntry entry = KernelEntry.Read(method);
        IrFunction function = KernelTranslator.Translate(entry);
        PassPipeline.Run(function, pass => IrVerifier.Verify(function, pass));
        return (entry, function);
    }

    private void Fail(int index, string path, string message)
    {
        _findings.Add(new Finding(_ready[index].Kernel, path, message));
        _ready.RemoveAt(index);
    }

    private static CpuDevice Open(CpuKernelMode mode) => new(new CpuDeviceOptions { ThreadCount = 1, KernelMode = mode });
}
