using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using GpuRnn.Testing;
using GpuRnn.Weights;

namespace GpuRnn.Tests.Weights;

public sealed class SafetensorsRoundTripTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_WhatWriteWrote_GivesTheSameBitsShapesAndMetadata()
    {
        string path = _folder.FilePath("model.safetensors");
        float[] singles = [1.5f, -0f, float.NaN, float.PositiveInfinity, float.Epsilon, 0.1f];
        double[] doubles = [Math.PI, -1e300];
        long[] integers = [long.MinValue, -1, long.MaxValue];
        Dictionary<string, string> metadata = new() { ["cell"] = "lstm", ["größe \"x\"\n"] = "日本 \\ \u0001" };
        SafetensorsWriter.Write(
            path,
            [
                TensorEntry.FromSingles("weight_ih_l0", [2, 3], singles),
                TensorEntry.FromDoubles("scale π", [2], doubles),
                TensorEntry.FromInt64s("steps", [3, 1], integers),
                TensorEntry.FromSingles("scalar", [], [42f]),
                TensorEntry.FromSingles("empty", [4, 0], []),
            ],
            metadata);

        SafetensorsFile file = SafetensorsFile.Read(path);

        Assert.Equal(5, file.Entries.Count);
        Assert.Equal(metadata, file.Metadata);
        ElementwiseAssert.SameBits(singles, file.Get("weight_ih_l0").ToSingles(), "weight_ih_l0", 2, 3);
        Assert.Equal([2, 3], file.Get("weight_ih_l0").Shape);
        Assert.Equal(TensorDataType.Float32, file.Get("weight_ih_l0").DataType);
        ElementwiseAssert.Close(doubles, file.Get("scale π").ToDoubles(), Tolerances.Exact, "scale π");
        Assert.Equal(integers, file.Get("steps").ToInt64s());
        Assert.Equal([3, 1], file.Get("steps").Shape);
        Assert.Empty(file.Get("scalar").Shape);
        Assert.Equal([42f], file.Get("scalar").ToSingles());
        Assert.Equal([4, 0], file.Get("empty").Shape);
        Assert.Empty(file.Get("empty").ToSingles());
    }

    [Fact]
    public void Write_SameTensorsInAnotherOrder_GivesTheSameBytes()
    {
        TensorEntry[] entries =
        [
            TensorEntry.FromSingles("b", [1], [1f]),
            TensorEntry.FromSingles("a", [1], [2f]),
            TensorEntry.FromDoubles("z", [1], [3.0]),
            TensorEntry.FromInt64s("y", [1], [4]),
        ];
        string first = _folder.FilePath("first.safetensors");
        string second = _folder.FilePath("second.safetensors");

        SafetensorsWriter.Write(first, entries, new Dictionary<string, string> { ["p"] = "1", ["q"] = "2" });
        SafetensorsWriter.Write(second, entries.Reverse(), new Dictionary<string, string> { ["q"] = "2", ["p"] = "1" });

        Assert.Equal(File.ReadAllBytes(first), File.ReadAllBytes(second));
        Assert.Equal(["y", "z", "a", "b"], SafetensorsFile.Read(first).Entries.Select(entry => entry.Name));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("ab")]
    [InlineData("abcdefg")]
    [InlineData("abcdefgh")]
    public void Write_AnyNameLength_BeginsTheDataAtAMultipleOfEight(string name)
    {
        string path = _folder.FilePath("aligned.safetensors");

        SafetensorsWriter.Write(path, [TensorEntry.FromSingles(name, [1], [7f])]);

        byte[] bytes = File.ReadAllBytes(path);
        int headerLength = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        Assert.Equal(0, headerLength % 8);
        Assert.Equal((byte)'{', bytes[8]);
        Assert.Equal(7f, BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(8 + headerLength)));
        Assert.Equal(8 + headerLength + 4, bytes.Length);
    }

    [Fact]
    public void Write_OneSmallTensor_GivesTheBytesOfTheFormat()
    {
        string path = _folder.FilePath("bytes.safetensors");

        SafetensorsWriter.Write(path, [TensorEntry.FromSingles("w", [1, 2], [1f, -2f])], new Dictionary<string, string> { ["k"] = "v" });

        string json = """{"__metadata__":{"k":"v"},"w":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}""";
        json = json.PadRight((json.Length + 7) / 8 * 8);
        byte[] expected = [(byte)json.Length, 0, 0, 0, 0, 0, 0, 0, .. Encoding.ASCII.GetBytes(json), 0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0];
        Assert.Equal(expected, File.ReadAllBytes(path));
    }

    [Fact]
    public void Read_HalfAndBrainFloats_WidenWithoutError()
    {
        string path = _folder.FilePath("half.safetensors");
        Half[] halves = [(Half)1.5f, Half.MinValue, Half.Epsilon, Half.NegativeInfinity];
        byte[] data = new byte[16];
        for (int i = 0; i < 4; i++)
        {
            BinaryPrimitives.WriteHalfLittleEndian(data.AsSpan(2 * i), halves[i]);
        }

        // BF16 is the upper half of a float32: 1 = 0x3F80, -2.5 = 0xC020, the smallest subnormal = 0x0001, infinity = 0x7F80.
        ushort[] brains = [0x3F80, 0xC020, 0x0001, 0x7F80];
        for (int i = 0; i < 4; i++)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(data.AsSpan(8 + (2 * i)), brains[i]);
        }

        RawSafetensors.Write(
            path,
            """{"h":{"dtype":"F16","shape":[4],"data_offsets":[0,8]},"b":{"dtype":"BF16","shape":[4],"data_offsets":[8,16]}}""",
            data);

        SafetensorsFile file = SafetensorsFile.Read(path);

        Assert.Equal([1.5f, -65504f, 5.9604645E-08f, float.NegativeInfinity], file.Get("h").ToSingles());
        Assert.Equal([1f, -2.5f, 9.18355E-41f, float.PositiveInfinity], file.Get("b").ToSingles());
        Assert.Equal(TensorDataType.BFloat16, file.Get("b").DataType);
    }

    [Theory]
    [InlineData("elman")]
    [InlineData("lstm")]
    [InlineData("gru")]
    [InlineData("gru_reset_before")]
    [InlineData("losses")]
    [InlineData("optimizers")]
    public void Read_StoredVectors_AgreesWithTheIndependentReader(string family)
    {
        VectorFile witness = VectorFile.Load(family);
        int compared = 0;

        SafetensorsFile file = SafetensorsFile.Read(VectorFile.PathOf(family));

        Assert.Equal(witness.Metadata, file.Metadata);
        foreach (VectorCase vectorCase in witness.Cases.Values)
        {
            foreach (string tensor in vectorCase.TensorNames)
            {
                string name = $"{vectorCase.Name}/{tensor}";
                TensorEntry entry = file.Get(name, vectorCase.Shape(tensor));
                if (entry.DataType == TensorDataType.Int64)
                {
                    Assert.Equal(vectorCase.Integers(tensor).Select(value => (long)value), entry.ToInt64s());
                }
                else
                {
                    ElementwiseAssert.Close(vectorCase.Doubles(tensor), entry.ToDoubles(), Tolerances.Exact, name, [.. entry.Shape]);
                }

                compared++;
            }
        }

        Assert.Equal(file.Entries.Count, compared);
        Assert.True(compared > 50, $"{family} has only {compared} tensors");
    }

    [Fact]
    public void Write_LargerThanTheStreamBuffer_SurvivesTheRoundTrip()
    {
        string path = _folder.FilePath("large.safetensors");
        Random random = new(5);
        float[] values = [.. Enumerable.Range(0, 300_007).Select(_ => random.NextSingle())];

        SafetensorsWriter.Write(path, [TensorEntry.FromSingles("w", [300_007], values)]);

        ElementwiseAssert.SameBits(values, SafetensorsFile.Read(path).Get("w").ToSingles(), "w");
    }

    [Fact]
    public void Header_OfOurFile_IsPlainJson()
    {
        string path = _folder.FilePath("json.safetensors");
        SafetensorsWriter.Write(path, [TensorEntry.FromDoubles("w", [0], [])]);
        byte[] bytes = File.ReadAllBytes(path);

        using JsonDocument header = JsonDocument.Parse(bytes.AsMemory(8));

        Assert.Equal("F64", header.RootElement.GetProperty("w").GetProperty("dtype").GetString());
    }
}
