using GpuRnn.Weights;

namespace GpuRnn.Tests.Weights;

public sealed class SafetensorsAtomicWriteTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Write_OverAnExistingFile_ReplacesItAndLeavesNoTemporaryFile()
    {
        string path = _folder.FilePath("model.safetensors");
        SafetensorsWriter.Write(path, [TensorEntry.FromSingles("w", [1], [1f])]);

        SafetensorsWriter.Write(path, [TensorEntry.FromSingles("w", [1], [2f])]);

        Assert.Equal([2f], SafetensorsFile.Read(path).Get("w").ToSingles());
        Assert.Equal(["model.safetensors"], _folder.FileNames());
    }

    [Fact]
    public void Write_WhileAnOldFileIsBeingRead_LeavesTheReaderTheOldBytes()
    {
        string path = _folder.FilePath("model.safetensors");
        SafetensorsWriter.Write(path, [TensorEntry.FromSingles("w", [1], [1f])]);
        byte[] old = File.ReadAllBytes(path);
        using FileStream reader = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

        SafetensorsWriter.Write(path, [TensorEntry.FromSingles("w", [2], [2f, 3f])]);

        byte[] seen = new byte[old.Length];
        reader.ReadExactly(seen);
        Assert.Equal(old, seen);
        Assert.Equal(old.Length, reader.Length);
    }

    [Fact]
    public void Write_ThatCannotReplaceItsTarget_LeavesItAndNoTemporaryFile()
    {
        // The rename fails because the target is a folder that is not empty: everything before it has already happened.
        string path = _folder.FilePath("model.safetensors");
        Directory.CreateDirectory(path);
        File.WriteAllText(Path.Combine(path, "kept.txt"), "kept");

        WeightsFileException exception = Assert.Throws<WeightsFileException>(
            () => SafetensorsWriter.Write(path, [TensorEntry.FromSingles("w", [1], [1f])]));

        Assert.StartsWith($"SafetensorsWriter.Write: {path} cannot be written (", exception.Message, StringComparison.Ordinal);
        Assert.Equal("kept", File.ReadAllText(Path.Combine(path, "kept.txt")));
        Assert.Empty(_folder.FileNames());
    }

    [Fact]
    public void Write_TwoTensorsOfOneName_LeavesTheOldFile()
    {
        string path = _folder.FilePath("model.safetensors");
        SafetensorsWriter.Write(path, [TensorEntry.FromSingles("w", [1], [1f])]);
        TensorEntry[] twice = [TensorEntry.FromSingles("a", [1], [2f]), TensorEntry.FromDoubles("a", [1], [3.0])];

        ArgumentException exception = Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(path, twice));

        Assert.Contains("two tensors are named a", exception.Message, StringComparison.Ordinal);
        Assert.Equal([1f], SafetensorsFile.Read(path).Get("w").ToSingles());
        Assert.Equal(["model.safetensors"], _folder.FileNames());
    }

    [Fact]
    public void Write_IntoAMissingFolder_NamesThePath()
    {
        string path = _folder.FilePath(Path.Combine("missing", "model.safetensors"));

        WeightsFileException exception = Assert.Throws<WeightsFileException>(
            () => SafetensorsWriter.Write(path, [TensorEntry.FromSingles("w", [1], [1f])]));

        Assert.Contains(path, exception.Message, StringComparison.Ordinal);
        Assert.Contains("Check the folder", exception.Message, StringComparison.Ordinal);
    }
}
