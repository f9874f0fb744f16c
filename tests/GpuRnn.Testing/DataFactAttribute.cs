using Xunit;

namespace GpuRnn.Testing;

/// <summary>A test that reads a real data set; skipped with the reason where GPURNN_DATA does not provide it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class DataFactAttribute : FactAttribute
{
    /// <summary>Looks for the data folder.</summary>
    /// <param name="relativePath">A file that the test reads from it; null asks only for the folder.</param>
    public DataFactAttribute(string? relativePath = null)
    {
        RelativePath = relativePath;
        Skip = DataFolder.UnavailableReason(relativePath);
    }

    /// <summary>The file, relative to the data folder, without which the test is skipped.</summary>
    public string? RelativePath { get; }
}
