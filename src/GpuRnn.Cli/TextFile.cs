namespace GpuRnn.Cli;

/// <summary>Text that is whole in a file or not there at all.</summary>
internal static class TextFile
{
    /// <summary>Writes beside the file and renames; what stood there stays until then.</summary>
    public static void Replace(string path, string text)
    {
        string temporary = $"{path}.{Environment.ProcessId}.partial";
        try
        {
            File.WriteAllText(temporary, text);
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            // After the rename there is nothing left to delete, and Delete of a missing file does nothing.
            File.Delete(temporary);
        }
    }
}
