using System.Reflection;
using System.Text;
using GpuRnn.Compiler.Fuzz.Execution;
using GpuRnn.Compiler.Fuzz.Generation;
using GpuRnn.Compiler.Fuzz.Syntax;

namespace GpuRnn.Compiler.Fuzz;

/// <summary>Runs the kernels of consecutive seeds.</summary>
internal static class FuzzRun
{
    private const int KernelsPerBatch = 50;

    /// <summary>Runs <paramref name="count"/> seeds from <paramref name="first"/> on.</summary>
    /// <param name="first">The first seed.</param>
    /// <param name="count">How many seeds.</param>
    /// <param name="paths">The ways to run a kernel beside plain C#.</param>
    /// <param name="threads">Batches that run at once.</param>
    /// <param name="progress">Told how many seeds are done, and how many of them failed.</param>
    /// <returns>What is wrong, in the order of the seeds.</returns>
    internal static IReadOnlyList<Finding> Run(ulong first, int count, FuzzPaths paths, int threads, Action<int, int>? progress = null)
    {
        List<Finding> findings = [];
        int done = 0;
        ulong[][] batches = [.. Enumerable.Range(0, count).Select(i => first + (ulong)i).Chunk(KernelsPerBatch)];
        Parallel.ForEach(batches, new ParallelOptions { MaxDegreeOfParallelism = threads }, seeds =>
        {
            IReadOnlyList<Finding> found = FuzzBatch.Run([.. seeds.Select(KernelGenerator.Generate)], paths);
            lock (findings)
            {
                findings.AddRange(found);
                done += seeds.Length;
                progress?.Invoke(done, findings.Count);
            }
        });
        return [.. findings.OrderBy(finding => finding.Kernel.Seed)];
    }

    /// <summary>Everything that a person needs to look at a finding: the shrunk kernel, its intermediate form, the arguments and both results.</summary>
    internal static string Describe(Finding finding, TimeSpan shrinkingTime)
    {
        Shrinker.Shrink(finding, shrinkingTime);
        FuzzKernel kernel = finding.Kernel;
        FuzzMemory memory = FuzzMemory.Create(kernel.Seed);
        StringBuilder text = new();
        text.Append($"seed {kernel.Seed}, {(kernel.IsOptimized ? "optimised" : "debug")} build, path {finding.Path}: {finding.Message}\n\n");
        text.Append($"made smaller:\n{kernel.Text()}\n");
        text.Append(CompiledText(kernel, finding.Path));
        foreach ((FuzzType type, string name, object value) in FuzzKernel.Scalars.Zip(memory.Scalars, (scalar, value) => (scalar.Type, scalar.Name, value)))
        {
            text.Append($"{type} {name} = {value}\n");
        }

        for (int i = 0; i < memory.Inputs.Length; i++)
        {
            text.Append($"{FuzzKernel.Views[i].Input} = {string.Join(", ", memory.Inputs[i].Cast<object>())}\n");
        }

        return text.ToString();
    }

    /// <summary>The kernel's intermediate form, and the text that runs on a path that runs text.</summary>
    internal static string CompiledText(FuzzKernel kernel, string path)
    {
        using CSharpBatch? batch = CSharpBatch.TryCompile([kernel], kernel.IsOptimized, out string errors);
        if (batch is null)
        {
            return errors;
        }

        try
        {
            MethodInfo method = batch.Method(kernel);
            return KernelCompiler.ToIntermediateText(method) + path switch
            {
                "opencl" => KernelCompiler.ToOpenCl(method),
                "ptx" => KernelCompiler.ToPtx(method, PtxRunner.Architecture),
                _ => string.Empty,
            };
        }
        catch (Exception exception)
        {
            return $"no compiled form: {exception.Message}\n";
        }
    }
}
