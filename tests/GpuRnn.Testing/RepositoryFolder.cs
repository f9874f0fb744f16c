namespace GpuRnn.Testing;

/// <summary>Finds the checkout that the running test assembly was built from.</summary>
public static class RepositoryFolder
{
    private static readonly Lazy<string> s_root = new(FindRoot);

    /// <summary>The folder that holds GpuRnn.sln, found by walking up from the test assembly.</summary>
    /// <exception cref="DirectoryNotFoundException">No folder above the test assembly holds GpuRnn.sln.</exception>
    public static string Root => s_root.Value;

    /// <summary>tests/vectors: the stored results of independent implementations, with the scripts that made them.</summary>
    public static string Vectors => Path.Combine(Root, "tests", "vectors");

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "GpuRnn.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException(
            $"RepositoryFolder.Root: no folder above {AppContext.BaseDirectory} holds GpuRnn.sln. "
            + "Run the tests from a build inside the checkout.");
    }
}
