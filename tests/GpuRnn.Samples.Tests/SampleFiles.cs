using System.Reflection;
using System.Runtime.InteropServices;
using GpuRnn.Testing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;

namespace GpuRnn.Samples.Tests;

/// <summary>The samples, each compiled in memory as <c>dotnet run</c> would compile it, but within milliseconds.</summary>
internal static class SampleFiles
{
    private static readonly CSharpParseOptions s_parsing = new CSharpParseOptions(LanguageVersion.Latest)
        .WithFeatures([new KeyValuePair<string, string>("FileBasedProgram", "true")]);

    private static readonly CSharpCompilationOptions s_options = new(
        OutputKind.ConsoleApplication,
        optimizationLevel: OptimizationLevel.Release,
        generalDiagnosticOption: ReportDiagnostic.Error,
        nullableContextOptions: NullableContextOptions.Enable,
        specificDiagnosticOptions: [new("CS1701", ReportDiagnostic.Suppress)]);

    private static readonly string[] s_implicitUsings =
        ["System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Threading", "System.Threading.Tasks"];

    private static readonly Lazy<MetadataReference[]> s_references = new(References);

    /// <summary>The folder that holds them.</summary>
    internal static string Folder { get; } = Path.Combine(RepositoryFolder.Root, "docs", "samples");

    /// <summary>Their names, which are those of the files without the ending.</summary>
    internal static IReadOnlyList<string> Names { get; } =
        [.. Directory.GetFiles(Folder, "*.cs").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];

    /// <summary>Compiles a sample; warnings count as errors.</summary>
    internal static Assembly Compile(string name)
    {
        string path = Path.Combine(Folder, $"{name}.cs");
        using MemoryStream image = new();
        EmitResult result = Compilation(File.ReadAllText(path), path).Emit(image);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics.Where(one => one.Severity == DiagnosticSeverity.Error)));
        return Assembly.Load(image.ToArray());
    }

    /// <summary>What the compiler says of a sample's text.</summary>
    internal static string[] Errors(string text)
    {
        return [.. Compilation(text, "sample.cs").GetDiagnostics()
            .Where(one => one.Severity == DiagnosticSeverity.Error).Select(one => one.Id)];
    }

    private static CSharpCompilation Compilation(string text, string path)
    {
        string usings = string.Concat(s_implicitUsings.Select(space => $"global using {space};\n"));
        return CSharpCompilation.Create(
            Path.GetFileNameWithoutExtension(path),
            [CSharpSyntaxTree.ParseText(usings, s_parsing), CSharpSyntaxTree.ParseText(text, s_parsing, path)],
            s_references.Value,
            s_options);
    }

    // The platform, and every assembly of the library that stands beside the tests.
    private static MetadataReference[] References()
    {
        string[] platform = [.. Directory.GetFiles(RuntimeEnvironment.GetRuntimeDirectory(), "System*.dll")
            .Where(path => !path.EndsWith(".Native.dll", StringComparison.Ordinal))];
        string[] own = [.. Directory.GetFiles(AppContext.BaseDirectory, "GpuRnn*.dll")
            .Where(path => !Path.GetFileName(path).Contains("Test", StringComparison.Ordinal))];
        return [.. platform.Concat(own).Select(path => MetadataReference.CreateFromFile(path))];
    }
}
