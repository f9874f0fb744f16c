using System.IO.Compression;
using System.Text;
using GpuRnn.Data;
using GpuRnn.Testing;

namespace GpuRnn.Tests.Data;

public sealed class ImageFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gpurnn").FullName;

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Idx_WithOrWithoutGzip_GivesImagesAndLabels()
    {
        byte[] images = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 0, 51, 255, 1, 2, 3];
        ImageSet plain = ImageFile.ReadIdxImages(Write("images", images));
        ImageSet packed = ImageFile.ReadIdxImages(Write("images.gz", Pack(images)));

        Assert.Equal((2, 1, 3, 1, 3), (plain.Count, plain.RowCount, plain.ColumnCount, plain.ChannelCount, plain.ImageSize));
        Assert.Equal([1, 2, 3], plain.Image(1).ToArray());
        Assert.Equal(plain.ToSingles(), packed.ToSingles());
        Assert.Equal([7, 9], ImageFile.ReadIdxLabels(Write("labels", [0, 0, 8, 1, 0, 0, 0, 2, 7, 9])));
    }

    [Fact]
    public void CopyTo_ScalesAndShifts()
    {
        ImageSet images = new([0, 51, 255], 1, 1, 3);
        float[] target = new float[3];
        images.CopyTo(0, target, mean: 0.2f, deviation: 0.4f);

        ElementwiseAssert.Close([-0.5, 0.0, 2.0], target, Tolerances.Single(2, 1, 4.0), "pixels");
        Assert.Contains("room for one image", Assert.Throws<ArgumentException>(() => images.CopyTo(0, new float[2])).Message);
        Assert.Contains("deviation is 0", Assert.Throws<ArgumentOutOfRangeException>(() => images.CopyTo(0, target, deviation: 0.0f)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => images.Image(1));
        Assert.Contains("multiple of 2", Assert.Throws<ArgumentException>(() => new ImageSet(new byte[3], 1, 2, 1)).Message);
        Assert.Contains("rowCount is 0", Assert.Throws<ArgumentOutOfRangeException>(() => new ImageSet([], 0, 1, 1)).Message);
    }

    [Fact]
    public void Netpbm_GreyAndColours_GiveTheirPixels()
    {
        ImageSet grey = ImageFile.ReadNetpbm(Write("grey.pgm", [.. Encoding.ASCII.GetBytes("P5 # made by hand\n2 1\n255\n"), 10, 32]));
        ImageSet colours = ImageFile.ReadNetpbm(Write("colours.ppm", [.. Encoding.ASCII.GetBytes("P6\n1 2\n255\n"), 1, 2, 3, 4, 5, 6]));

        Assert.Equal((1, 2, 1), (grey.RowCount, grey.ColumnCount, grey.ChannelCount));
        Assert.Equal([10, 32], grey.Image(0).ToArray());
        Assert.Equal((2, 1, 3), (colours.RowCount, colours.ColumnCount, colours.ChannelCount));
        Assert.Equal([1, 2, 3, 4, 5, 6], colours.Image(0).ToArray());
        Assert.Equal(2, ImageFile.ReadRaw(Write("raw", [1, 2, 3, 4, 5, 6]), 1, 1, 3).Count);
    }

    [Theory]
    [InlineData("idx", "00000801 00000000 00000000 00000000", "0x801, but")]
    [InlineData("idx", "0000", "2 bytes")]
    [InlineData("idx", "00000803 00000002 00000001 00000001 05", "1 bytes follow the header, but 2 images of 1 by 1 need 2")]
    [InlineData("idx", "00000803 00000000 00000000 00000001", "0 by 1, but")]
    [InlineData("labels", "00000803 00000000", "begins with 0x801")]
    [InlineData("labels", "00000801 00000002 05", "2 labels need 2")]
    [InlineData("netpbm", "5031", "\"P1\"")]
    [InlineData("netpbm", "5035 0a 31 20 78", "\"x\"")]
    [InlineData("netpbm", "5035 0a 31", "ends early")]
    [InlineData("netpbm", "5035 0a 31 20 31 20 37 0a 01", "up to 7")]
    [InlineData("netpbm", "5035 0a 31 20 31 20 323535 0a 01 02", "2 bytes follow")]
    [InlineData("raw", "010203", "multiple of 2")]
    public void Damage_IsRefusedByName(string kind, string hexadecimal, string words)
    {
        string path = Write(kind, Convert.FromHexString(hexadecimal.Replace(" ", string.Empty, StringComparison.Ordinal)));
        Action read = kind switch
        {
            "idx" => () => ImageFile.ReadIdxImages(path),
            "labels" => () => ImageFile.ReadIdxLabels(path),
            "raw" => () => ImageFile.ReadRaw(path, 1, 2, 1),
            _ => () => ImageFile.ReadNetpbm(path),
        };
        string message = Assert.Throws<DataFileException>(read).Message;
        Assert.Contains(words, message);
        Assert.StartsWith(path, message);
    }

    [Fact]
    public void File_ThatIsMissingOrCutShort_IsRefusedByName()
    {
        string missing = Path.Combine(_folder, "none");
        Assert.Contains("no such file", Assert.Throws<DataFileException>(() => ImageFile.ReadIdxLabels(missing)).Message);
        Assert.Contains("cannot be read", Assert.Throws<DataFileException>(() => ImageFile.ReadIdxLabels(Write("no.gz", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]))).Message);
    }

    private static byte[] Pack(byte[] bytes)
    {
        using MemoryStream packed = new();
        using (GZipStream stream = new(packed, CompressionMode.Compress))
        {
            stream.Write(bytes);
        }

        return packed.ToArray();
    }

    private string Write(string name, byte[] bytes)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
