using GpuRnn.Compiler.Caching;

namespace GpuRnn.Compiler.Tests.Caching;

public sealed class CacheLocationTests
{
    private static readonly string s_root = Path.GetTempPath();

    [Fact]
    public void WithoutVariables_ItLiesInTheUsersCacheFolder()
    {
        CacheLocation location = Find(null, null, s_root);
        Assert.Equal(Path.Combine(s_root, "gpurnn", "kernels"), location.Folder);
        Assert.Equal("the user's cache folder", location.Origin);
    }

    [Fact]
    public void XdgCacheHome_ReplacesTheUsersCacheFolderWhereItIsHonoured()
    {
        string xdg = Path.Combine(s_root, "xdg");
        Assert.Equal(Path.Combine(xdg, "gpurnn", "kernels"), Find(null, xdg, s_root).Folder);
        Assert.Equal(Path.Combine(s_root, "gpurnn", "kernels"), Find(null, xdg, s_root, honoursXdg: false).Folder);
        Assert.Equal(Path.Combine(s_root, "gpurnn", "kernels"), Find(null, "relative", s_root).Folder);
        Assert.Equal(Path.Combine(s_root, "gpurnn", "kernels"), Find(null, string.Empty, s_root).Folder);
    }

    [Fact]
    public void OwnVariable_NamesTheFolderItself()
    {
        CacheLocation location = Find(Path.Combine(s_root, "mine"), "/xdg", s_root);
        Assert.Equal(Path.Combine(s_root, "mine"), location.Folder);
        Assert.Equal("GPURNN_CACHE", location.Origin);
        Assert.Equal(Path.GetFullPath("mine"), Find("mine", null, s_root).Folder);
        Assert.Equal(Path.Combine(s_root, "gpurnn", "kernels"), Find(string.Empty, null, s_root).Folder);
    }

    [Theory]
    [InlineData("off")]
    [InlineData("OFF")]
    public void Off_MeansNoFolder(string value)
    {
        CacheLocation location = Find(value, "/xdg", s_root);
        Assert.Null(location.Folder);
        Assert.Equal("GPURNN_CACHE is off", location.Origin);
    }

    [Fact]
    public void UserWithoutHome_HasNoCacheAndLearnsTheRemedy()
    {
        CacheLocation location = Find(null, null, string.Empty);
        Assert.Null(location.Folder);
        Assert.Equal("the user has no home folder; set GPURNN_CACHE to a folder", location.Origin);
    }

    private static CacheLocation Find(string? own, string? xdg, string caches, bool honoursXdg = true) =>
        CacheLocation.Find(name => name == "GPURNN_CACHE" ? own : name == "XDG_CACHE_HOME" ? xdg : null, caches, honoursXdg);
}
