using System.Diagnostics;
using System.Globalization;
using GpuRnn.Compiler.Fuzz;
using GpuRnn.Compiler.Fuzz.Execution;
using GpuRnn.Compiler.Fuzz.Generation;
using GpuRnn.Compiler.Fuzz.Syntax;
using GpuRnn.Testing;

Dictionary<string, string> options = new() { ["--first"] = "1", ["--count"] = "300", ["--paths"] = "all", ["--threads"] = "2", ["--shrink"] = "60" };
for (int i = 0; i < args.Length; i += 2)
{
    if (i + 1 == args.Length || (args[i] != "--print" && !options.ContainsKey(args[i])))
    {
        Console.Error.WriteLine(
            $"fuzz: '{args[i]}' arrived, but {string.Join(", ", options.Keys)} or --print with a value each was needed. See docs/guides/fuzzing.md.");
        return 2;
    }

    options[args[i]] = args[i + 1];
}

if (options.TryGetValue("--print", out string? printed))
{
    FuzzKernel kernel = KernelGenerator.Generate(ulong.Parse(printed, CultureInfo.InvariantCulture));
    Console.WriteLine($"{kernel.Text()}\n{FuzzRun.CompiledText(kernel, options["--paths"])}");
    return 0;
}

ulong first = ulong.Parse(options["--first"], CultureInfo.InvariantCulture);
int count = int.Parse(options["--count"], CultureInfo.InvariantCulture);
int threads = int.Parse(options["--threads"], CultureInfo.InvariantCulture);
TimeSpan shrinking = TimeSpan.FromSeconds(int.Parse(options["--shrink"], CultureInfo.InvariantCulture));
FuzzPaths paths = Enum.Parse<FuzzPaths>(options["--paths"], ignoreCase: true);
if (paths.HasFlag(FuzzPaths.OpenCl) && OpenClTestDevice.UnavailableReason is { } reason)
{
    Console.WriteLine($"no OpenCL: {reason}");
    paths &= ~FuzzPaths.OpenCl;
}

Stopwatch watch = Stopwatch.StartNew();
IReadOnlyList<Finding> findings = FuzzRun.Run(
    first, count, paths, threads, (done, failed) => Console.WriteLine($"{done} of {count} seeds, {failed} failed, {watch.Elapsed.TotalSeconds:F0} s"));
TimeSpan processor = Process.GetCurrentProcess().TotalProcessorTime;
Console.WriteLine(
    $"seeds {first} to {first + (ulong)count - 1}, paths {paths}: {findings.Count} failed, {watch.Elapsed.TotalSeconds:F0} s, {processor.TotalSeconds:F0} s of processor time");
foreach (Finding finding in findings)
{
    Console.WriteLine($"\nseed {finding.Kernel.Seed}, {finding.Path}: {finding.Message.Split('\n')[0]}");
}

foreach (Finding finding in shrinking > TimeSpan.Zero ? findings : [])
{
    Console.WriteLine($"\n{FuzzRun.Describe(finding, shrinking)}");
}

return findings.Count == 0 ? 0 : 1;
