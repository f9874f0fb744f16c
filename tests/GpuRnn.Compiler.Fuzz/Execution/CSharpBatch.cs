using System.Reflection;
using System.Runtime.Loader;
using GpuRnn.Compiler.Fuzz.Syntax;
using GpuRnn.KernelModel;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;

namespace GpuRnn.Compiler.Fuzz.Execution;

/// <summary>Kernels compiled by the C# compiler into one assembly, which is unloaded in the end.</summary>
internal sealed class CSharpBatch : IDisposable
{
    private const string Head = "using System;\nusing GpuRnn.KernelModel;\n\n";

    private static readonly MetadataReference[] s_references = References();

    private readonly AssemblyLoadContext _context;
    private readonly Assembly _assembly;

    private CSharpBatch(AssemblyLoadContext context, Assembly assembly)
    {
        _context = context;
        _assembly = assembly;
    }

    /// <summary>Compiles kernels, all with the same setting.</summary>
    /// <returns>Null when the C# compiler refuses the text; <paramref name="errors"/> then says why.</returns>
    internal static CSharpBatch? TryCompile(IReadOnlyList<FuzzKernel> kernels, bool optimize, out string errors)
    {
        string text = Head + string.Join("\n", kernels.Select(kernel => kernel.Text()));
        CSharpCompilation compilation = CSharpCompilation.Create(
            $"Fuzz{kernels[0].Seed}",
            [CSharpSyntaxTree.ParseText(text)],
            s_references,
            new CSharpCompilationOptions(
                OutputKind.DynamicallyLinkedLibrary, optimizationLevel: optimize ? OptimizationLevel.Release : OptimizationLevel.Debug));
        using MemoryStream image = new();
        EmitResult result = compilation.Emit(image);
        Diagnostic[] failures = [.. result.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)];
        errors = string.Join("\n", failures.Take(5).Select(failure => $"{failure}: {LineOf(text, failure)}"));
        if (!result.Success)
        {
            return null;
        }

        image.Position = 0;
        AssemblyLoadContext context = new(null, isCollectible: true);
        return new CSharpBatch(context, context.LoadFromStream(image));
    }

    /// <summary>The kernel's method.</summary>
    internal MethodInfo Method(FuzzKernel kernel) => _assembly.GetType(kernel.ClassName, throwOnError: true)!.GetMethod("Run")!;

    /// <summary>Lets the assembly go once nothing uses it.</summary>
    public void Dispose() => _context.Unload();

    private static string LineOf(string text, Diagnostic failure) =>
        text.Split('\n')[failure.Location.GetLineSpan().StartLinePosition.Line].Trim();

    private static MetadataReference[] References()
    {
        string platform = (string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!;
        IEnumerable<string> runtime = platform.Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is "System.Runtime.dll" or "System.Private.CoreLib.dll");
        return [.. runtime.Append(typeof(Index1D).Assembly.Location).Select(path => MetadataReference.CreateFromFile(path))];
    }
}
