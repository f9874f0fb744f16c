using System.Text.RegularExpressions;

namespace GpuRnn.Repository.Tests;

/// <summary>Rules about code that the SDK's analyzers do not know.</summary>
public sealed class CodeTests
{
    [Fact]
    public void Var_StandsOnlyBesideItsType() => RepositoryFiles.AssertNone(RepositoryFiles.CSharp.SelectMany(VarViolations));

    [Theory]
    [InlineData("var x = Compute();")]
    [InlineData("foreach (var row in rows) { }")]
    [InlineData("using var stream = File.OpenRead(path);")]
    [InlineData("Try(out var x);")]
    [InlineData("var (a, b) = Pair();")]
    [InlineData("var x = new();")]
    public void VarWithoutType_IsReported(string text) => Assert.Single(VarViolations(new SourceFile("src/A.cs", text)));

    [Theory]
    [InlineData("var x = new List<int>();")]
    [InlineData("using var x = new Tape();")]
    [InlineData("var x = (float[])value;")]
    [InlineData("var x = value as string;")]
    [InlineData("var x = new int[3];")]
    [InlineData("if (x is var y) { }")]
    public void VarBesideItsType_IsAllowed(string text) => Assert.Empty(VarViolations(new SourceFile("src/A.cs", text)));

    [Fact]
    public void NativeCalls_StandInNativeFolders() => RepositoryFiles.AssertNone(RepositoryFiles.Product.SelectMany(NativeViolations));

    [Theory]
    [InlineData("src/GpuRnn.Devices/Cuda/CudaDevice.cs", "[LibraryImport(\"libcuda.so.1\")] static partial int A();")]
    [InlineData("src/GpuRnn/Layers/Dense.cs", "[DllImport(\"libc\")] static extern int A();")]
    [InlineData("src/GpuRnn/Layers/Dense.cs", "nint h = NativeLibrary.Load(\"x\");")]
    public void NativeCallElsewhere_IsReported(string path, string text) => Assert.Single(NativeViolations(new SourceFile(path, text)));

    [Fact]
    public void NativeCallInItsFolder_IsAllowed() => Assert.Empty(NativeViolations(
        new SourceFile("src/GpuRnn.Devices/Cuda/Native/Driver.cs", "[DllImport(\"libcuda.so.1\")] static extern int A();")));

    [Fact]
    public void Kernels_NameNoKernelRuntime() => RepositoryFiles.AssertNone(RepositoryFiles.Product.SelectMany(KernelViolations));

    [Theory]
    [InlineData("using GpuRnn.KernelModel;")]
    [InlineData("global using ILGPU.Runtime;")]
    [InlineData("using View = GpuRnn.KernelModel.ArrayView<float>;")]
    [InlineData("GpuRnn.KernelModel.Group.Barrier();")]
    public void KernelRuntimeInAKernel_IsReported(string text) =>
        Assert.Single(KernelViolations(new SourceFile("kernels/GpuRnn.Kernels/Cells/A.cs", text)));

    [Fact]
    public void Kernels_TakeTranscendentalFunctionsFromTheLanes() =>
        RepositoryFiles.AssertNone(RepositoryFiles.Product.SelectMany(TranscendentalViolations));

    [Theory]
    [InlineData("float y = XMath.Tanh(x);")]
    [InlineData("float y = MathF.Exp(-x);")]
    [InlineData("double y = Math.Log(x);")]
    public void TranscendentalFunctionOfTheDevice_IsReported(string text) =>
        Assert.Single(TranscendentalViolations(new SourceFile("kernels/GpuRnn.Kernels/Cells/A.cs", text)));

    [Fact]
    public void Cells_AreToldApartNowhere() => RepositoryFiles.AssertNone(RepositoryFiles.Product.SelectMany(CellViolations));

    [Theory]
    [InlineData("src/GpuRnn/Layers/Recurrent.cs", "if (cell is LstmCell) { }")]
    [InlineData("src/GpuRnn.Simd/Sequences/ForwardPass.cs", "return node.Unit == typeof(GruGateNode);")]
    [InlineData("src/GpuRnn/Scheduling/SequencePlan.cs", "int gates = name switch { \"lstm\" => 4, _ => 1 };")]
    [InlineData("src/GpuRnn/Scheduling/SequencePlan.cs", "switch (name) { case \"gru-reset-before\": break; }")]
    [InlineData("src/GpuRnn/Layers/Recurrent.cs", "bool hasCellState = Cell.Name == \"lstm\";")]
    [InlineData("src/GpuRnn.Cli/Commands/PlanCommand.cs", "Cell cell = new LeakyCell(0.5f);")]
    public void CodeForOneCell_IsReported(string path, string text) => Assert.Single(CellViolations(new SourceFile(path, text)));

    [Fact]
    public void CellInItsOwnFolder_IsAllowed() => Assert.Empty(CellViolations(
        new SourceFile("src/GpuRnn/Scheduling/Cells/LstmCell.cs", "new PointwiseNode(\"gates\", typeof(LstmNode), h, [0], [1]);")));

    [Fact]
    public void Work_IsNeverHandedToTheThreadPoolsLoops() => RepositoryFiles.AssertNone(RepositoryFiles.Product.SelectMany(ParallelViolations));

    [Theory]
    [InlineData("Parallel.For(0, n, Body);")]
    [InlineData("System.Threading.Tasks.Parallel.ForEach(rows, Body);")]
    [InlineData("rows.AsParallel().ForAll(Body);")]
    public void ParallelLoop_IsReported(string text) => Assert.Single(ParallelViolations(new SourceFile("src/GpuRnn.Simd/A.cs", text)));

    private static IEnumerable<string> VarViolations(SourceFile file)
    {
        const string Apparent = @"(?:new\s+\w|stackalloc\s+\w|default\(|\(\w[\w<>,.?\[\]]*\)\s*[\w(]|[^;]*\bas\s+\w+\s*;)";
        foreach (Match match in Regex.Matches(file.Code, $@"(?<!\bis\s+)\bvar\s+(?:\w+\s+in\b|\w+\s*=(?!=)(?>\s*)(?!{Apparent})|\w+\s*[),]|\()"))
        {
            yield return $"{file.At(match.Index)}: 'var' where the right-hand side does not show the type. Write the type.";
        }
    }

    private static IEnumerable<string> NativeViolations(SourceFile file) =>
        file.Path.Contains("/Native/", StringComparison.Ordinal)
            ? []
            : Regex.Matches(file.Code, @"\b(?:DllImport|LibraryImport|NativeLibrary)\b")
                .Select(match => $"{file.At(match.Index)}: {match.Value} outside a Native/ folder. Move the call into Native/.");

    private static IEnumerable<string> KernelViolations(SourceFile file) =>
        !file.Path.StartsWith("kernels/", StringComparison.Ordinal)
            ? []
            : Regex.Matches(file.Code, @"\b(?:GpuRnn\.KernelModel|ILGPU)\b")
                .Select(match => $"{file.At(match.Index)}: a kernel names {match.Value}. Leave it out: the project file supplies the runtime.");

    /// <summary>Devices round them differently (ILGPU's tanh on CUDA is an approximation), so that results would depend on the device.</summary>
    private static IEnumerable<string> TranscendentalViolations(SourceFile file)
    {
        // References, the double lane and what the host computes before a launch run on the CPU alone.
        bool runsOnTheHost = file.Path.EndsWith("Reference.cs", StringComparison.Ordinal)
            || file.Path is "kernels/GpuRnn.Kernels/Lanes/F64.cs" or "kernels/GpuRnn.Kernels/Optimizers/AdamSteps.cs";
        return !file.Path.StartsWith("kernels/", StringComparison.Ordinal) || runsOnTheHost
            ? []
            : Regex.Matches(file.Code, @"\b(?:XMath|MathF?)\.(?:Exp\w*|Log\w*|Pow|Sinh?|Cosh?|Tanh?|A(?:sin|cos|tan)\w*|SinCos|Cbrt|Rsqrt)\b")
                .Select(match => $"{file.At(match.Index)}: a kernel calls {match.Value}, which differs between devices. Use the lane's own function.");
    }

    /// <summary>Reads the text, not the code alone: a cell's name is a literal. Comments may name cells, comparisons may not.</summary>
    private static IEnumerable<string> CellViolations(SourceFile file)
    {
        string[] homes = ["src/GpuRnn/Scheduling/Cells/", "kernels/GpuRnn.Kernels/Cells/"];
        if (homes.Any(home => file.Path.StartsWith(home, StringComparison.Ordinal)))
        {
            return [];
        }

        const string Literal = @"""(?:lstm|gru|elman|leaky|peephole|coupled|indrnn)[a-z-]*""";
        return Regex.Matches(file.Code, @"\b(?:Elman|Leaky|Lstm|Peephole|Coupled|Gru|Independent)\w*(?:Cell|Node)\b")
            .Concat(Regex.Matches(file.Text, $@"(?:\bcase|\bis|[=!]=)\s*{Literal}|{Literal}\s*=>"))
            .Select(match => $"{file.At(match.Index)}: '{match.Value}' treats one cell apart. Let the cell's step graph say what differs.");
    }

    private static IEnumerable<string> ParallelViolations(SourceFile file) =>
        Regex.Matches(file.Code, @"\bParallel\s*\.\s*\w+|\bAsParallel\b")
            .Select(match => $"{file.At(match.Index)}: {match.Value} costs microseconds a call. Use the device's team of threads and its barrier.");
}
