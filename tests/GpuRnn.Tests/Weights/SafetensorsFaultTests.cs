using GpuRnn.Weights;

namespace GpuRnn.Tests.Weights;

public sealed class SafetensorsFaultTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_FileCutAtEachByte_IsRefusedAndNamesTheSizes()
    {
        string whole = _folder.FilePath("whole.safetensors");
        SafetensorsWriter.Write(whole, [TensorEntry.FromSingles("w", [3], [1f, 2f, 3f]), TensorEntry.FromDoubles("v", [1], [4.0])]);
        byte[] bytes = File.ReadAllBytes(whole);
        string path = _folder.FilePath("cut.safetensors");
        for (int length = 0; length < bytes.Length; length++)
        {
            File.WriteAllBytes(path, bytes[..length]);

            WeightsFileException exception = Assert.Throws<WeightsFileException>(() => SafetensorsFile.Read(path));

            Assert.Contains($"{path} is {length} bytes, but ", exception.Message, StringComparison.Ordinal);
            if (length > 8 + BitConverter.ToInt64(bytes))
            {
                Assert.Equal(
                    $"SafetensorsFile.Read: {path} is {length} bytes, but {bytes.Length} are needed for its 2 tensors. "
                    + "The file is cut off: save or copy it again.",
                    exception.Message);
            }
        }
    }

    [Fact]
    public void Read_OneByteTooMany_IsRefused()
    {
        string path = _folder.FilePath("long.safetensors");
        SafetensorsWriter.Write(path, [TensorEntry.FromSingles("w", [1], [1f])]);
        File.AppendAllText(path, "x");

        WeightsFileException exception = Assert.Throws<WeightsFileException>(() => SafetensorsFile.Read(path));

        Assert.Contains("1 bytes belong to no tensor", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "a name twice", "names w twice",
        """{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""")]
    [InlineData(
        "overlapping ranges", "at data bytes 2 to 6, which overlaps a; it must begin at 4",
        """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"w":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}""")]
    [InlineData(
        "the same range twice", "at data bytes 0 to 8, which overlaps a; it must begin at 8",
        """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""")]
    [InlineData(
        "a hole", "at data bytes 4 to 8, which leaves a hole after the header; it must begin at 0",
        """{"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""")]
    [InlineData(
        "a range past the end", "bytes, but ",
        """{"w":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}""")]
    [InlineData(
        "a range past 63 bits", "a data offset of 99999999999999999999",
        """{"w":{"dtype":"F32","shape":[3],"data_offsets":[0,99999999999999999999]}}""")]
    [InlineData(
        "a negative offset", "a data offset of -4", """{"w":{"dtype":"F32","shape":[3],"data_offsets":[-4,8]}}""")]
    [InlineData(
        "end before begin", "the data offsets [8, 0]", """{"w":{"dtype":"F32","shape":[3],"data_offsets":[8,0]}}""")]
    [InlineData(
        "one offset", "the data offsets [8]", """{"w":{"dtype":"F32","shape":[2],"data_offsets":[8]}}""")]
    [InlineData(
        "a shape that contradicts the range", "gives tensor w (F32 [3]) 8 data bytes, but its shape needs 12",
        """{"w":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""")]
    [InlineData(
        "a shape whose product overflows 64 bits", "but its shape needs",
        """{"w":{"dtype":"F32","shape":[2147483647,2147483647,2147483647,2147483647,2147483647],"data_offsets":[0,8]}}""")]
    [InlineData("a negative axis", "an axis of -2", """{"w":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""")]
    [InlineData("a fractional axis", "an axis of 2.5", """{"w":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}""")]
    [InlineData(
        "an unknown type", "of type F8_E4M3, but only F64, F32, I64, F16, BF16 can be read",
        """{"w":{"dtype":"F8_E4M3","shape":[8],"data_offsets":[0,8]}}""")]
    [InlineData("no type", "with 0 fields dtype", """{"w":{"shape":[2],"data_offsets":[0,8]}}""")]
    [InlineData("two types", "with 2 fields dtype", """{"w":{"dtype":"F32","dtype":"F64","shape":[2],"data_offsets":[0,8]}}""")]
    [InlineData("a type that is a number", "dtype of kind Number", """{"w":{"dtype":32,"shape":[2],"data_offsets":[0,8]}}""")]
    [InlineData("a tensor that is a number", "by a value of kind Number", """{"w":3}""")]
    [InlineData("metadata that is a list", "__metadata__ of kind Array", """{"__metadata__":[]}""")]
    [InlineData("metadata that is a number", "metadata epoch of kind Number", """{"__metadata__":{"epoch":3}}""")]
    [InlineData("metadata twice", "names metadata e twice", """{"__metadata__":{"e":"3","e":"4"}}""")]
    [InlineData("broken JSON", "not valid JSON", """{"w":{"dtype":"F32","shape":[2]""")]
    [InlineData("an escaped lone surrogate", "not valid JSON", """{"\ud800":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""")]
    [InlineData("a list", "does not begin with '{'", """[1, 2]""")]
    [InlineData("nothing", "does not begin with '{'", "")]
    public void Read_HeaderWithAFault_NamesTheFileAndTheFault(string fault, string expectedText, string header)
    {
        string path = _folder.FilePath("fault.safetensors");
        RawSafetensors.Write(path, header, new byte[8]);

        WeightsFileException exception = Assert.Throws<WeightsFileException>(() => SafetensorsFile.Read(path));

        Assert.True(exception.Message.Contains(expectedText, StringComparison.Ordinal), $"{fault}: {exception.Message}");
        Assert.StartsWith($"SafetensorsFile.Read: {path} ", exception.Message, StringComparison.Ordinal);
        Assert.EndsWith("again.", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
        Assert.Equal(path, exception.Path);
    }

    [Fact]
    public void Read_HeaderThatIsNotUtf8_IsRefused()
    {
        string path = _folder.FilePath("utf8.safetensors");
        RawSafetensors.Write(path, [(byte)'{', (byte)'"', 0xFF, (byte)'"', (byte)':', (byte)'1', (byte)'}'], []);

        WeightsFileException exception = Assert.Throws<WeightsFileException>(() => SafetensorsFile.Read(path));

        Assert.Contains("not valid UTF-8", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100_000_001UL, "at most 100000000 are permitted")]
    [InlineData(ulong.MaxValue, "at most 100000000 are permitted")]
    [InlineData(1000UL, "is 11 bytes, but 1008 are needed for the header alone")]
    public void Read_HeaderLengthBeyondTheFile_IsRefusedBeforeAllocation(ulong headerLength, string expectedText)
    {
        string path = _folder.FilePath("length.safetensors");
        RawSafetensors.Write(path, headerLength, "{} "u8.ToArray(), []);

        WeightsFileException exception = Assert.Throws<WeightsFileException>(() => SafetensorsFile.Read(path));

        Assert.Contains(expectedText, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_MissingFile_NamesThePath()
    {
        string path = _folder.FilePath("missing.safetensors");

        WeightsFileException exception = Assert.Throws<WeightsFileException>(() => SafetensorsFile.Read(path));

        Assert.Equal(
            $"SafetensorsFile.Read: there is no file {path}, but a safetensors file is needed. Check the path.", exception.Message);
    }

    [Fact]
    public void Read_Folder_IsRefusedAsAWeightsFile()
    {
        string path = Path.GetDirectoryName(_folder.FilePath("x"))!;

        WeightsFileException exception = Assert.Throws<WeightsFileException>(() => SafetensorsFile.Read(path));

        Assert.Contains($"{path} cannot be read", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Get_UnknownName_ListsTheNamesPresent()
    {
        string path = _folder.FilePath("names.safetensors");
        SafetensorsWriter.Write(path, [TensorEntry.FromSingles("weight_ih_l0", [1], [1f]), TensorEntry.FromSingles("bias", [1], [1f])]);
        SafetensorsFile file = SafetensorsFile.Read(path);

        WeightsFileException exception = Assert.Throws<WeightsFileException>(() => file.Get("weight_ih_l1"));

        Assert.Equal(
            $"SafetensorsFile.Get: {path} holds bias, weight_ih_l0, but a tensor named weight_ih_l1 is needed. "
            + "Load a file that was saved from a model of the same structure.",
            exception.Message);
        Assert.False(file.Contains("weight_ih_l1"));
        Assert.True(file.Contains("bias"));
    }

    [Fact]
    public void Get_WrongShape_NamesBothShapes()
    {
        string path = _folder.FilePath("shape.safetensors");
        SafetensorsWriter.Write(path, [TensorEntry.FromSingles("w", [2, 3], new float[6])]);
        SafetensorsFile file = SafetensorsFile.Read(path);

        WeightsFileException exception = Assert.Throws<WeightsFileException>(() => file.Get("w", [3, 2]));

        Assert.Contains("holds w (F32 [2, 3]), but shape [3, 2] is needed", exception.Message, StringComparison.Ordinal);
        Assert.Equal("w", file.Get("w", [2, 3]).Name);
    }

    [Fact]
    public void ToSingles_DoubleBeyondFloat32_NamesTheElement()
    {
        TensorEntry entry = TensorEntry.FromDoubles("w", [3], [1.0, double.PositiveInfinity, -1e300]);

        WeightsFileException exception = Assert.Throws<WeightsFileException>(entry.ToSingles);

        Assert.Contains("element 2 of w (F64 [3]) is -1E+300", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ToSingles_IntegerTensor_NamesTheRightCall()
    {
        TensorEntry entry = TensorEntry.FromInt64s("steps", [1], [3]);

        WeightsFileException exception = Assert.Throws<WeightsFileException>(entry.ToSingles);

        Assert.Equal(
            "TensorEntry.ToSingles: tensor steps (I64 [1]) is I64, but a float type (F64, F32, F16, BF16) is needed. Call ToInt64s.",
            exception.Message);
        Assert.Throws<WeightsFileException>(TensorEntry.FromSingles("w", [1], [1f]).ToInt64s);
    }

    [Fact]
    public void FromSingles_CountThatContradictsTheShape_NamesBoth()
    {
        ArgumentException exception = Assert.Throws<ArgumentException>(() => TensorEntry.FromSingles("w", [2, 3], new float[5]));

        Assert.Contains("w has shape [2, 3], which is 6 elements, but 5 values arrived", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("__metadata__")]
    public void FromSingles_ForbiddenName_IsRefused(string name)
        => Assert.Throws<ArgumentException>(() => TensorEntry.FromSingles(name, [1], [1f]));

    [Fact]
    public void FromSingles_ValuesChangedLater_KeepsItsCopy()
    {
        float[] values = [1f];
        TensorEntry entry = TensorEntry.FromSingles("w", [1], values);

        values[0] = 2f;
        entry.ToSingles()[0] = 3f;

        Assert.Equal([1f], entry.ToSingles());
    }
}
