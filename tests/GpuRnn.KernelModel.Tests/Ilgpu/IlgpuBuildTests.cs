using System.Reflection;
using GpuRnn.KernelModel.Tests.Surface;

namespace GpuRnn.KernelModel.Tests.Ilgpu;

/// <summary>The build with <c>-p:KernelRuntime=Ilgpu</c> still compiles; whether it runs only the packages can tell.</summary>
/// <remarks>
/// <c>ilgpu-1.5.3-stub.txt</c> declares the part of ILGPU that our sources use. Where a test here misses a member that the listing has, add it there.
/// </remarks>
public sealed class IlgpuBuildTests
{
    // Declarations that the listing does not have, read from ILGPU's sources (docs/decisions/0005-ilgpu-mode.md).
    private static readonly string[] s_unlisted =
    [
        "Accelerator: void Dispose()",
        "AcceleratorObject: void Dispose()",
        "AlgorithmContext: static Context.Builder EnableAlgorithms(Context.Builder builder)",
        "Context: void Dispose()",
    ];

    [Fact]
    public void Stub_DeclaresNothingThatIlgpuHasNot()
    {
        Dictionary<string, HashSet<string>> listing = SurfaceListing.Read();
        IEnumerable<string> strangers = IlgpuCompilation.LoadStub().GetExportedTypes().SelectMany(type =>
        {
            string heading = SignatureText.Heading(type);
            HashSet<string> members = listing.GetValueOrDefault(heading) ?? [];
            return SignatureText.Members(type).Where(member => !members.Contains(member)).Select(member => $"{heading}: {member}");
        });

        Assert.Equal(s_unlisted, strangers.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Kernels_CompileForIlgpu() => Assert.Empty(IlgpuCompilation.Errors(IlgpuCompilation.Kernels()));

    [Fact]
    public void Devices_CompileForIlgpu() => Assert.Empty(IlgpuCompilation.Errors(IlgpuCompilation.Devices()));

    [Theory]
    [InlineData(false, "Grid.IdxX")]
    [InlineData(true, "Grid.Nothing")]
    [InlineData(true, "GpuRnn.KernelModel.Validation.IsEnabled ? 1 : 0")]
    public void KernelThatIlgpuLacksAWordFor_IsFound(bool isFound, string word) =>
        Assert.Equal(isFound, IlgpuCompilation.ErrorsOf($"internal static class Added {{ internal static int Run() => {word}; }}").Length > 0);
}
