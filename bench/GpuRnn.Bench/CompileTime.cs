using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using GpuRnn.Compiler;
using GpuRnn.Compiler.Backends.OpenCl;
using GpuRnn.Compiler.Caching;
using GpuRnn.Compiler.Frontend;
using GpuRnn.Compiler.Ir;
using GpuRnn.Compiler.Passes;
using GpuRnn.KernelModel;
using GpuRnn.Kernels;

namespace GpuRnn.Bench;

/// <summary>How long all kernels that OpenCL runs take to become OpenCL C, in processes that have just started.</summary>
/// <remarks>
/// <c>compile</c> starts a process for each figure and checks first that text from the cache is the text that compiling gives. The start
/// of the compiler itself counts; that of the run time stands apart. The phases are of one thread.
/// </remarks>
internal static class CompileTime
{
    /// <summary>The argument that chooses this benchmark.</summary>
    internal const string Verb = "compile";

    private const int Repetitions = 5;

    // Kernels whose groups wait for each other run on CUDA and on the processor alone.
    private static IReadOnlyList<MethodInfo> Kernels =>
        [.. KernelCatalog.All.Where(kernel => !kernel.IsDefined(typeof(CooperativeAttribute), inherit: false))];

    /// <summary>Without further arguments the parent's part; with them the part of one process.</summary>
    internal static int Run(IReadOnlyList<string> arguments) => arguments switch
    {
        [] => Compare(),
        ["phases"] => Phases(),
        ["through", string folder] => Through(folder),
        _ => throw new ArgumentException($"{Verb}: '{string.Join(' ', arguments)}' arrived, but it takes nothing. Leave it out."),
    };

    private static int Compare()
    {
        DirectoryInfo root = Directory.CreateTempSubdirectory("gpurnn-compile-");
        try
        {
            List<string> cold = [];
            List<string> cached = [];
            for (int i = 0; i < Repetitions; i++)
            {
                string folder = Path.Combine(root.FullName, $"{i}");
                cold.Add(Start("through", folder));
                cached.Add(Start("through", folder));
            }

            string[] texts = [.. cold.Concat(cached).Select(line => line.Split(' ')[^1]).Distinct()];
            if (texts.Length != 1)
            {
                Console.Error.WriteLine($"{Verb}: {texts.Length} different texts arrived, but compiling and the cache must give one.");
                return 1;
            }

            Console.WriteLine($"{Kernels.Count} kernels to OpenCL C, milliseconds of {Repetitions} processes each");
            Console.WriteLine($"cold   {Milliseconds(cold)}");
            Console.WriteLine($"cached {Milliseconds(cached)}");
            Console.WriteLine(Start("phases"));
            return 0;
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    private static string Milliseconds(IEnumerable<string> lines) => string.Join(' ', lines.Select(line => line.Split(' ')[0]));

    private static string Start(params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet", [typeof(CompileTime).Assembly.Location, Verb, .. arguments]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{Verb}: a process ended with {process.ExitCode}. See its output.");
    }

    // The catalogue is part of it: it is what a process must find before it can ask for anything.
    private static int Through(string folder)
    {
        Stopwatch time = Stopwatch.StartNew();
        KernelCache cache = new(folder);
        string text = string.Concat(KernelCompiler.ToOpenClEach(Kernels, cache));
        string elapsed = time.Elapsed.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture);
        Console.WriteLine($"{elapsed} {Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}");
        return 0;
    }

    private static int Phases()
    {
        Dictionary<string, TimeSpan> times = [];
        Stopwatch time = Stopwatch.StartNew();
        IReadOnlyList<MethodInfo> kernels = Kernels;
        Note("catalogue");
        foreach (MethodInfo method in kernels)
        {
            KernelEntry entry = KernelEntry.Read(method);
            IrFunction function = KernelTranslator.Translate(entry);
            Note("frontend");
            PassPipeline.Run(function, pass => Note($"pass {pass}"));
            OpenClLowering.Write([(entry, function)]);
            Note("backend");
        }

        foreach ((string phase, TimeSpan spent) in times.OrderByDescending(pair => pair.Value))
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{spent.TotalMilliseconds,6:0} {phase}"));
        }

        return 0;

        void Note(string phase)
        {
            times[phase] = times.GetValueOrDefault(phase) + time.Elapsed;
            time.Restart();
        }
    }
}
