using System.Reflection;
using System.Runtime.Loader;
using System.Text;
using GpuRnn.Compiler.Backends.OpenCl;
using GpuRnn.Compiler.Backends.Ptx;
using GpuRnn.Compiler.Caching;
using GpuRnn.Compiler.Diagnostics;
using GpuRnn.Compiler.Ir;
using GpuRnn.Compiler.Tests.Language;
using GpuRnn.Kernels.Elementwise;

namespace GpuRnn.Compiler.Tests.Caching;

/// <summary>Text from the cache is the text that compiling gives now, or it is compiled.</summary>
public sealed class CompilationCacheTests : IDisposable
{
    private const string Planted = "planted";
    private static readonly MethodInfo s_scale = CompiledKernels.Method(typeof(Scale), "Forward");
    private readonly CacheFolderOfTest _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void EveryKernel_FromTheCache_IsByteForByteWhatCompilingGives()
    {
        KernelCache cache = _folder.Cache;
        foreach (MethodInfo method in CompiledKernels.ForOpenCl.Values)
        {
            string compiled = KernelCompiler.ToOpenCl(method);
            Assert.Equal(compiled, KernelCompiler.ToOpenCl(method, cache));
            int entryCount = _folder.Entries.Length;
            Assert.Equal(compiled, KernelCompiler.ToOpenCl(method, cache));
            Assert.Equal(entryCount, _folder.Entries.Length);
        }

        Assert.Equal(CompiledKernels.ForOpenCl.Count, _folder.Entries.Length);
        Assert.Null(cache.Trouble);
    }

    [Fact]
    public void WholeProgram_FromTheCache_IsWhatCompilingGives()
    {
        MethodInfo[] methods =
        [
            .. CompiledKernels.ForOpenCl.Values,
            CompiledKernels.Method(typeof(AtomicKernels), nameof(AtomicKernels.Wide)),
            CompiledKernels.Method(typeof(CollectiveKernels), nameof(CollectiveKernels.ShuffledTypes)),
            CompiledKernels.Method(typeof(CollectiveKernels), nameof(CollectiveKernels.DynamicShared)),
        ];
        OpenClProgram compiled = KernelCompiler.ToOpenCl(methods);
        Assert.Contains(compiled.Kernels, kernel => kernel.Extensions.Count > 0);
        Assert.Contains(compiled.Kernels, kernel => kernel.MaximumGroupSize > 0);
        Assert.Contains(compiled.Kernels, kernel => kernel.SharedMemoryBytes > 0);
        Assert.Contains(compiled.Kernels, kernel => kernel.UsesDynamicSharedMemory);
        for (int time = 0; time < 2; time++)
        {
            OpenClProgram got = KernelCompiler.ToOpenCl(methods, _folder.Cache);
            Assert.Equal(compiled.Text, got.Text);
            Assert.Equal(methods, got.Kernels.Select(kernel => kernel.Entry.Method));
            foreach ((OpenClKernel expected, OpenClKernel kernel) in compiled.Kernels.Zip(got.Kernels))
            {
                Assert.Equal(expected.Extensions, kernel.Extensions);
                Assert.Equal(expected with { Entry = kernel.Entry, Extensions = kernel.Extensions }, kernel);
            }
        }

        Assert.Single(_folder.Entries);
    }

    [Fact]
    public void PtxProgram_OfEachArchitecture_IsAnEntryOfItsOwnAndWhatCompilingGives()
    {
        MethodInfo[] methods =
        [
            .. CompiledKernels.All.Values.Where(kernel => KernelCompiler.RefusalAsPtx(kernel, "sm_80") is null),
            CompiledKernels.Method(typeof(CollectiveKernels), nameof(CollectiveKernels.DynamicShared)),
        ];
        foreach (string architecture in new[] { "sm_80", "sm_90" })
        {
            PtxProgram compiled = KernelCompiler.ToPtx(methods, architecture);
            Assert.Contains(compiled.Kernels, kernel => kernel.SharedMemoryBytes > 0);
            Assert.Contains(compiled.Kernels, kernel => kernel.UsesDynamicSharedMemory);
            for (int time = 0; time < 2; time++)
            {
                PtxProgram got = KernelCompiler.ToPtx(methods, architecture, _folder.Cache);
                Assert.Equal(compiled with { Kernels = got.Kernels }, got);
                Assert.Equal(methods, got.Kernels.Select(kernel => kernel.Entry.Method));
                Assert.Equal(compiled.Kernels.Zip(got.Kernels, (expected, kernel) => expected with { Entry = kernel.Entry }), got.Kernels);
            }
        }

        Assert.Equal(2, _folder.Entries.Length);
    }

    [Fact]
    public void SecondCompilation_TakesWhatIsKept()
    {
        Assert.Equal("first", Get("target", [s_scale], [], "first"));
        Assert.Equal("first", Get("target", [s_scale], [], "second"));
    }

    [Theory]
    [InlineData("other target", false, null)]
    [InlineData("target", true, null)]
    [InlineData("target", false, "16")]
    public void OtherTargetKernelOrValue_IsCompiled(string target, bool otherKernel, string? value)
    {
        Get("target", [s_scale], ["8"], "first");
        MethodInfo method = otherKernel ? CompiledKernels.Method(typeof(Fill), "Forward") : s_scale;

        Assert.Equal("second", Get(target, [method], [value ?? "8"], "second"));
        Assert.Equal("second", Get(target, [method], [value ?? "8"], "third"));
        Assert.Equal("first", Get("target", [s_scale], ["8"], "third"));
    }

    [Fact]
    public void KernelsOfOneProgram_CountInTheirOrder()
    {
        MethodInfo fill = CompiledKernels.Method(typeof(Fill), "Forward");
        Assert.Equal("first", Get("target", [s_scale, fill], [], "first"));
        Assert.Equal("second", Get("target", [fill, s_scale], [], "second"));
        Assert.Equal("third", Get("target", [s_scale], [], "third"));
    }

    [Fact]
    public void OtherTypeArgument_IsCompiled()
    {
        MethodInfo[] closed = [.. CompiledKernels.ForOpenCl.Values.Where(method => method.IsGenericMethod).Take(40)];
        Assert.NotEmpty(closed);
        foreach (MethodInfo method in closed)
        {
            string name = method.ToString()!;
            Assert.Equal(name, Get("target", [method], [], name));
        }
    }

    [Fact]
    public void RefusedKernel_IsRefusedAgainAndNotKept()
    {
        MethodInfo refused = CompiledKernels.Method(typeof(RefusedKernels), nameof(RefusedKernels.Recursion));
        for (int time = 0; time < 2; time++)
        {
            KernelNotSupportedException refusal =
                Assert.Throws<KernelNotSupportedException>(() => KernelCompiler.ToOpenCl(refused, _folder.Cache));
            Assert.Equal("GK0008", refusal.Id);
        }

        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void AssemblyThatAKernelCalls_BuiltAgain_IsCompiled()
    {
        EmittedKernel.WriteLibrary(_folder.Path, 11);
        EmittedKernel.WriteCaller(_folder.Path);
        string first = KernelCompiler.ToOpenCl(EmittedKernel.LoadKernel(_folder.Path), _folder.Cache);
        Assert.Contains("= 11l;", first, StringComparison.Ordinal);
        Plant(first);
        Assert.Equal(Planted, KernelCompiler.ToOpenCl(EmittedKernel.LoadKernel(_folder.Path), _folder.Cache));

        EmittedKernel.WriteLibrary(_folder.Path, 22);
        string second = KernelCompiler.ToOpenCl(EmittedKernel.LoadKernel(_folder.Path), _folder.Cache);
        Assert.Contains("= 22l;", second, StringComparison.Ordinal);
    }

    [Fact]
    public void StaticReadonlyNumber_WithAnotherValue_IsCompiled()
    {
        EmittedKernel.WriteConstantReader(_folder.Path);
        MethodInfo kernel = EmittedKernel.LoadKernel(_folder.Path);
        string first = KernelCompiler.ToOpenCl(kernel, _folder.Cache);
        Plant(first);
        Assert.Equal(Planted, KernelCompiler.ToOpenCl(kernel, _folder.Cache));

        MethodInfo later = EmittedKernel.LoadKernel(_folder.Path);
        string second = KernelCompiler.ToOpenCl(later, _folder.Cache);
        Assert.Equal(KernelCompiler.ToOpenCl(later), second);
        Assert.NotEqual(first, second);
    }

    [Fact]
    public void KernelOfADynamicAssembly_IsCompiledEachTimeAndNotKept()
    {
        Assert.Contains("= 1l;", KernelCompiler.ToOpenCl(EmittedKernel.Dynamic(1), _folder.Cache), StringComparison.Ordinal);
        Assert.Contains("= 2l;", KernelCompiler.ToOpenCl(EmittedKernel.Dynamic(2), _folder.Cache), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void OtherCompiler_DoesNotTakeWhatThisOneKept()
    {
        string compiled = KernelCompiler.ToOpenCl(s_scale, _folder.Cache);
        Plant(compiled);
        Assert.Equal(Planted, CompileWithCopy("same", []));

        // Bytes behind the last section change nothing but the file.
        Assert.Equal(compiled, CompileWithCopy("other", [0]));
    }

    private string Get(string target, IReadOnlyList<MethodInfo> methods, IReadOnlyList<string> values, string text) =>
        CompilationCache.Get(
            _folder.Cache,
            new CompilationTarget<string>(target, _ => text, one => one, content => content),
            methods,
            values,
            () => [new IrFunction("Test", 0)]);

    // Puts a text of the same inputs in place of the one entry's.
    private void Plant(string text)
    {
        byte[] file = File.ReadAllBytes(Assert.Single(_folder.Entries));
        string key = Encoding.UTF8.GetString(file, 56, BitConverter.ToInt32(file, 12));
        string content = Encoding.UTF8.GetString(_folder.Cache.Find(key)!);
        Assert.EndsWith($"\n\n{text}", content, StringComparison.Ordinal);
        _folder.Cache.Keep(key, Encoding.UTF8.GetBytes(content[..^text.Length] + Planted));
    }

    private string CompileWithCopy(string name, byte[] behind)
    {
        string path = Path.Combine(Directory.CreateDirectory(_folder.File(name)).FullName, "GpuRnn.Compiler.dll");
        File.WriteAllBytes(path, [.. File.ReadAllBytes(typeof(KernelCompiler).Assembly.Location), .. behind]);
        Assembly copy = new AssemblyLoadContext(name, isCollectible: false).LoadFromAssemblyPath(path);
        object cache = Activator.CreateInstance(copy.GetType(typeof(KernelCache).FullName!)!, _folder.Path, KernelCache.DefaultLimitInBytes)!;
        MethodInfo compile = copy.GetType(typeof(KernelCompiler).FullName!)!.GetMethod(nameof(KernelCompiler.ToOpenCl), [typeof(MethodInfo), cache.GetType()])!;
        return (string)compile.Invoke(null, [s_scale, cache])!;
    }
}
