using System.Buffers.Binary;
using System.Globalization;

namespace GpuRnn.Data;

/// <summary>Reads images without a library: idx files as MNIST has them, raw bytes, and the netpbm formats PGM and PPM; with or without gzip.</summary>
public static class ImageFile
{
    private const int ImagesMagic = 0x803;
    private const int LabelsMagic = 0x801;
    private const int LargestGrey = 255;

    /// <summary>Reads an idx file of images, one byte a pixel (LeCun, Cortes and Burges).</summary>
    /// <exception cref="DataFileException">There is no such file, or it is none of that kind.</exception>
    public static ImageSet ReadIdxImages(string path)
    {
        byte[] bytes = BinaryFile.ReadAll(path);
        RequireMagic(path, bytes, ImagesMagic, 16, "images");
        (int count, int rows, int columns) = (Word(bytes, 4), Word(bytes, 8), Word(bytes, 12));
        RequireLength(path, bytes, 16, (long)count * rows * columns, $"{count} images of {rows} by {columns}");
        return rows < 1 || columns < 1 ? throw Wrong(path, $"the images are {rows} by {columns}, but need a pixel") : new ImageSet(bytes[16..], rows, columns, 1);
    }

    /// <summary>Reads an idx file of labels, one byte each.</summary>
    /// <exception cref="DataFileException">There is no such file, or it is none of that kind.</exception>
    public static int[] ReadIdxLabels(string path)
    {
        byte[] bytes = BinaryFile.ReadAll(path);
        RequireMagic(path, bytes, LabelsMagic, 8, "labels");
        RequireLength(path, bytes, 8, Word(bytes, 4), $"{Word(bytes, 4)} labels");
        return Array.ConvertAll(bytes[8..], label => (int)label);
    }

    /// <summary>Reads images that follow each other without a header, [N, H, W, C].</summary>
    /// <param name="path">The file.</param>
    /// <param name="rowCount">H.</param>
    /// <param name="columnCount">W.</param>
    /// <param name="channelCount">C.</param>
    /// <exception cref="DataFileException">There is no such file, or it holds no whole number of images.</exception>
    public static ImageSet ReadRaw(string path, int rowCount, int columnCount, int channelCount)
    {
        byte[] bytes = BinaryFile.ReadAll(path);
        long size = (long)rowCount * columnCount * channelCount;
        return size > 0 && bytes.Length % size != 0
            ? throw Wrong(path, $"the file holds {bytes.Length} bytes, but images of {rowCount} by {columnCount} by {channelCount} need a multiple of {size}")
            : new ImageSet(bytes, rowCount, columnCount, channelCount);
    }

    /// <summary>Reads one binary PGM (P5, one channel) or PPM (P6, three) of one byte a number.</summary>
    /// <exception cref="DataFileException">There is no such file, or it is none of that kind.</exception>
    public static ImageSet ReadNetpbm(string path)
    {
        byte[] bytes = BinaryFile.ReadAll(path);
        int place = 0;
        string kind = Token(path, bytes, ref place);
        int channels = kind switch
        {
            "P5" => 1,
            "P6" => 3,
            _ => throw Wrong(path, $"the file begins with \"{kind}\", but P5 or P6 is needed"),
        };
        int columns = Number(path, bytes, ref place);
        int rows = Number(path, bytes, ref place);
        int largest = Number(path, bytes, ref place);
        if (rows < 1 || columns < 1 || largest != LargestGrey)
        {
            throw Wrong(path, $"the image is {columns} by {rows} with numbers up to {largest}, but at least a pixel and numbers up to {LargestGrey} are needed");
        }

        // One blank ends the header.
        RequireLength(path, bytes, place + 1, (long)rows * columns * channels, $"{columns} by {rows} pixels");
        return new ImageSet(bytes[(place + 1)..], rows, columns, channels);
    }

    private static int Word(byte[] bytes, int place) => BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(place));

    private static void RequireMagic(string path, byte[] bytes, int magic, int header, string what)
    {
        if (bytes.Length < header || Word(bytes, 0) != magic)
        {
            string arrived = bytes.Length < header ? $"the file has {bytes.Length} bytes" : $"the file begins with 0x{Word(bytes, 0):x}";
            throw Wrong(path, $"{arrived}, but an idx file of {what} begins with 0x{magic:x} and a header of {header} bytes");
        }
    }

    private static void RequireLength(string path, byte[] bytes, int header, long needed, string what)
    {
        if (bytes.Length - header != needed)
        {
            throw Wrong(path, $"{bytes.Length - header} bytes follow the header, but {what} need {needed}");
        }
    }

    private static int Number(string path, byte[] bytes, ref int place)
    {
        string token = Token(path, bytes, ref place);
        return int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number : throw Wrong(path, $"the header has \"{token}\" where a number is needed");
    }

    // Words between blanks; a line that begins with # is a comment.
    private static string Token(string path, byte[] bytes, ref int place)
    {
        while (place < bytes.Length && (bytes[place] <= ' ' || bytes[place] == '#'))
        {
            bool isComment = bytes[place] == '#';
            place++;
            while (isComment && place < bytes.Length && bytes[place] != '\n')
            {
                place++;
            }
        }

        int start = place;
        while (place < bytes.Length && bytes[place] > ' ')
        {
            place++;
        }

        return place > start && place - start <= 16
            ? string.Concat(bytes[start..place].Select(letter => (char)letter)) : throw Wrong(path, "the header ends early, but size and range are needed");
    }

    private static DataFileException Wrong(string path, string problem) => new(path, 0, problem, "Check the file");
}
