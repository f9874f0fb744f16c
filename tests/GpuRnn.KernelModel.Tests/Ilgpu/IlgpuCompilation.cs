using System.Reflection;
using System.Runtime.InteropServices;
using System.Xml.Linq;
using GpuRnn.Compiler.Frontend;
using GpuRnn.Devices;
using GpuRnn.Testing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;

namespace GpuRnn.KernelModel.Tests.Ilgpu;

/// <summary>The sources of the ILGPU build, compiled in memory against declarations without code, because the packages are not everywhere.</summary>
internal static class IlgpuCompilation
{
    private static readonly CSharpCompilationOptions s_options = new(
        OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable);

    private static readonly MetadataReference[] s_platform =
    [
        .. Directory.GetFiles(RuntimeEnvironment.GetRuntimeDirectory(), "System.*.dll")
            .Where(path => !path.EndsWith(".Native.dll", StringComparison.Ordinal))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    private static readonly string[] s_implicitUsings =
        ["System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Threading", "System.Threading.Tasks"];

    /// <summary>The declarations.</summary>
    internal static CSharpCompilation Stub { get; } = Create("ILGPU", [Parse(ReadStub())], []);

    /// <summary>The kernels, under the usings of the project file.</summary>
    internal static CSharpCompilation Kernels() => Create(
        "GpuRnn.Kernels.Ilgpu", [Parse(Usings("kernels/GpuRnn.Kernels/GpuRnn.Kernels.csproj")), .. Sources("kernels/GpuRnn.Kernels")], []);

    /// <summary>The device on ILGPU's accelerators.</summary>
    internal static CSharpCompilation Devices() => Create(
        "GpuRnn.Devices.Ilgpu",
        [Parse(string.Concat(s_implicitUsings.Select(space => $"global using {space};\n"))), .. Sources("src/GpuRnn.Devices.Ilgpu")],
        [typeof(Index1D).Assembly, typeof(KernelEntry).Assembly, typeof(Device).Assembly]);

    /// <summary>What the C# compiler refuses.</summary>
    internal static string[] Errors(CSharpCompilation compilation) => Errors(compilation.GetDiagnostics());

    private static string[] Errors(IEnumerable<Diagnostic> diagnostics) =>
        [.. diagnostics.Where(one => one.Severity == DiagnosticSeverity.Error).Select(one => one.ToString())];

    /// <summary>What it refuses of a file beside the kernels.</summary>
    internal static string[] ErrorsOf(string addedKernel)
    {
        SyntaxTree added = Parse(addedKernel);
        return Errors(Kernels().AddSyntaxTrees(added).GetSemanticModel(added).GetDiagnostics());
    }

    /// <summary>The declarations as types to look at.</summary>
    internal static Assembly LoadStub()
    {
        using MemoryStream image = new();
        EmitResult result = Stub.Emit(image);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics));
        return Assembly.Load(image.ToArray());
    }

    private static CSharpCompilation Create(string name, IEnumerable<SyntaxTree> trees, Assembly[] assemblies) => CSharpCompilation.Create(
        name,
        trees,
        [
            .. s_platform,
            .. assemblies.Select(assembly => MetadataReference.CreateFromFile(assembly.Location)),
            .. name == "ILGPU" ? [] : new[] { Stub.ToMetadataReference() },
        ],
        s_options);

    private static SyntaxTree Parse(string text, string path = "") => CSharpSyntaxTree.ParseText(text, path: path);

    private static IEnumerable<SyntaxTree> Sources(string folder) => Directory
        .GetFiles(Path.Combine(RepositoryFolder.Root, folder), "*.cs", SearchOption.AllDirectories)
        .Where(path => !path.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"))
        .Select(path => Parse(File.ReadAllText(path), path));

    // What the project puts in scope when it is built for ILGPU.
    private static string Usings(string project) => string.Concat(
        XDocument.Load(Path.Combine(RepositoryFolder.Root, project)).Descendants("Using")
            .Where(item => (string?)item.Parent!.Attribute("Condition") == "'$(KernelRuntime)' == 'Ilgpu'")
            .Select(item => (string?)item.Attribute("Alias") is string alias
                ? $"global using {alias} = {(string?)item.Attribute("Include")};\n"
                : $"global using {(string?)item.Attribute("Include")};\n"));

    private static string ReadStub()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("ilgpu-1.5.3-stub.txt")
            ?? throw new InvalidOperationException("IlgpuCompilation: the resource ilgpu-1.5.3-stub.txt is missing. Embed it in the test project.");
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}
