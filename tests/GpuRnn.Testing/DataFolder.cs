namespace GpuRnn.Testing;

/// <summary>The folder of real data sets that some tests read; the environment variable GPURNN_DATA names it.</summary>
public static class DataFolder
{
    /// <summary>The environment variable that names the folder. There is no default.</summary>
    public const string DataVariable = "GPURNN_DATA";

    /// <summary>Why a file of the data folder cannot be read here; null when it can.</summary>
    /// <param name="relativePath">For example timeseries/monthly-sunspots.csv; null asks only for the folder.</param>
    public static string? UnavailableReason(string? relativePath = null)
    {
        string? folder = Environment.GetEnvironmentVariable(DataVariable);
        if (string.IsNullOrEmpty(folder))
        {
            return $"{DataVariable} is not set. Let it name the folder of data sets.";
        }

        if (!Directory.Exists(folder))
        {
            return $"{DataVariable} names {folder}, which is not a folder. Let it name the folder of data sets.";
        }

        if (relativePath is not null && !File.Exists(System.IO.Path.Combine(folder, relativePath)))
        {
            return $"{DataVariable} names {folder}, which has no file {relativePath}.";
        }

        return null;
    }

    /// <summary>The full path of a file in the data folder, for tests that carry <see cref="DataFactAttribute"/>.</summary>
    /// <exception cref="InvalidOperationException">The file is not there; the message is that of <see cref="UnavailableReason"/>.</exception>
    public static string Path(string relativePath)
    {
        string? reason = UnavailableReason(relativePath);
        return reason is null
            ? System.IO.Path.Combine(Environment.GetEnvironmentVariable(DataVariable)!, relativePath)
            : throw new InvalidOperationException($"DataFolder.Path: {reason}");
    }
}
