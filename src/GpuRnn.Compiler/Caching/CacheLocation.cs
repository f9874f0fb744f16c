namespace GpuRnn.Compiler.Caching;

/// <summary>Where the cache lies: what the user says, else where the operating system wants caches.</summary>
/// <param name="Folder">The folder, absolute; null when there is no cache.</param>
/// <param name="Origin">Why it is this one, or why there is none.</param>
internal sealed record CacheLocation(string? Folder, string Origin)
{
    internal const string Off = "off";

    /// <summary>Reads the environment of this process.</summary>
    internal static CacheLocation OfProcess() => Find(
        Environment.GetEnvironmentVariable,
        OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : OperatingSystem.IsMacOS() ? Below(Home, "Library", "Caches")
            : Below(Home, ".cache"),
        !OperatingSystem.IsWindows() && !OperatingSystem.IsMacOS());

    /// <param name="variable">Looks a variable up.</param>
    /// <param name="caches">The operating system's folder for caches; empty when the user has no home.</param>
    /// <param name="honoursXdg">True where <c>XDG_CACHE_HOME</c> replaces it.</param>
    internal static CacheLocation Find(Func<string, string?> variable, string caches, bool honoursXdg)
    {
        string? named = variable(KernelCache.Variable);
        if (!string.IsNullOrEmpty(named))
        {
            return named.Equals(Off, StringComparison.OrdinalIgnoreCase)
                ? new CacheLocation(null, $"{KernelCache.Variable} is {Off}")
                : new CacheLocation(Path.GetFullPath(named), KernelCache.Variable);
        }

        // The specification of XDG_CACHE_HOME says that a relative path is to be ignored.
        string? xdg = honoursXdg ? variable("XDG_CACHE_HOME") : null;
        bool isXdg = Path.IsPathFullyQualified(xdg ?? string.Empty);
        string root = isXdg ? xdg! : caches;
        return root.Length == 0
            ? new CacheLocation(null, $"the user has no home folder; set {KernelCache.Variable} to a folder")
            : new CacheLocation(Path.Combine(root, "gpurnn", "kernels"), isXdg ? "XDG_CACHE_HOME" : "the user's cache folder");
    }

    private static string Home => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    private static string Below(string folder, params string[] parts) => folder.Length == 0 ? folder : Path.Combine([folder, .. parts]);
}
