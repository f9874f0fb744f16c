using System.Globalization;
using System.IO.Compression;
using System.Text;
using GpuRnn.Data;
using GpuRnn.Tests.Weights;

namespace GpuRnn.Tests.Data;

public sealed class FileReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _folder.Dispose();
    }

    [Theory]
    [InlineData("a,b\n1,2\n", "1|2")]
    [InlineData("a,b\r\n 1 , 2 \r\n", "1|2")]
    [InlineData("a,b\n\n\n1,\n", "1|")]
    [InlineData("a,b\n\"x, \"\"y\"\"\", \" z \" \n", "x, \"y\"| z ")]
    [InlineData("a,b\n\"two\nlines\",3", "two\nlines|3")]
    [InlineData("a,b\nq\"q,\"\"\n", "q\"q|")]
    [InlineData("a,b\n , \n", "|")]
    public void Csv_FieldsOfEveryKind_AreRead(string text, string expected)
    {
        Assert.Equal(expected, string.Join('|', Assert.Single(Rows(text)).Fields));
    }

    [Fact]
    public void Csv_OtherForms_AreReadAsAsked()
    {
        CsvOptions tabs = new() { Separator = '\t', Quote = null, HasHeader = false, Trims = false };

        Assert.Equal(["\"a", " b", ""], Assert.Single(Rows("\"a\t b\t\n", tabs)).Fields);
        Assert.Equal(["", "", ""], Assert.Single(Rows("\t\t\n", tabs with { Trims = true })).Fields);
        Assert.Equal([" ", "x"], Rows(" \n\nx\n", tabs).Select(row => row[0]));
    }

    [Fact]
    public void Csv_Numbers_AreReadAlikeInEveryCulture()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo commas = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        commas.NumberFormat.NumberDecimalSeparator = ",";
        try
        {
            CultureInfo.CurrentCulture = commas;
            CsvRow row = Assert.Single(Rows("x,y\n1.5,-2e3\n"));
            Assert.Equal((1.5, -2000.0), (row.GetNumber("x"), row.GetNumber(1)));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [InlineData("a,b\n1,2\n3\n", "t.csv, line 3: the row has 1 fields, but the header has 2. Complete, quote or remove the row.")]
    [InlineData("a,b\n1,2,3\n", "t.csv, line 2: the row has 3 fields, but the header has 2. Complete, quote or remove the row.")]
    [InlineData("a,b\n1,x\n", "t.csv, line 2: column 'b' has 'x', but a number is needed. Correct or remove the row.")]
    [InlineData("a,b\n1,NaN\n", "t.csv, line 2: column 'b' has NaN, but a finite number is needed. Fill the gap or remove the row.")]
    [InlineData("a,c\n1,2\n", "t.csv: column 'b' was asked for, but the header has 'a', 'c'. Ask for one that is there.")]
    [InlineData("a,b\n1,\"x\n\n", "t.csv, line 2: a quoted field begins here and the file ends inside it, but a closing quote is needed. Close the quote.")]
    [InlineData("a,b\n\"1\"x,2\n", "t.csv, line 2: 'x' follows a closing quote, but ',' or the end of the line is needed. Double the quotes inside a quoted field.")]
    [InlineData("", "t.csv: the file is empty, but a header line and rows are needed. Give a file with data.")]
    public void Csv_BadFile_NamesFileAndLine(string text, string expected)
    {
        Assert.Equal(expected, Assert.Throws<DataFileException>(() => Rows(text).Sum(row => row.GetNumber("b"))).Message);
    }

    [Fact]
    public void Csv_ShortRowWithoutAHeader_NamesTheField()
    {
        CsvRow row = Assert.Single(Rows("1\n", new CsvOptions { HasHeader = false }));

        Assert.Contains("the row has 1 fields, but column 2 is field 2", Assert.Throws<DataFileException>(() => row[1]).Message);
    }

    [Fact]
    public void JsonLines_OfEveryMember_AreRead()
    {
        string path = Write("t.jsonl", "{\"text\":\"é\",\"n\":-1.5,\"tags\":[\"a\",\"b\"],\"xs\":[1,2]}\n\n{\"text\":\"x\"}\n");
        JsonLine[] lines = [.. JsonLinesFile.Read(path)];

        Assert.Equal([1L, 3L], lines.Select(line => line.Line));
        Assert.Equal(("é", -1.5), (lines[0].GetText("text"), lines[0].GetNumber("n")));
        Assert.Equal(["a", "b"], lines[0].GetTexts("tags"));
        Assert.Equal([1.0, 2.0], lines[0].GetNumbers("xs"));
    }

    [Theory]
    [InlineData("{\"a\":1}\n", "line 1: member 'xs' was asked for, but the object has 'a'")]
    [InlineData("\n{\"xs\":3}\n", "line 2: 'xs' is 3, but a list is needed")]
    [InlineData("{\"xs\":[1,\"b\"]}\n", "line 1: element 1 of 'xs' is \"b\", but a number is needed")]
    [InlineData("{\"xs\":[1,1e999]}\n", "line 1: element 1 of 'xs' is 1e999, but a finite number is needed")]
    [InlineData("{\"xs\":[1]}\n[1]\n", "line 2: the line holds a JSON Array, but an object is needed")]
    [InlineData("{\"xs\":[1]}\n{\n", "line 2: the line is no JSON")]
    public void JsonLines_BadFile_NamesFileAndLine(string text, string expected)
    {
        string path = Write("t.jsonl", text);
        DataFileException error = Assert.Throws<DataFileException>(() => JsonLinesFile.Read(path).Sum(line => line.GetNumbers("xs").Sum()));

        Assert.StartsWith($"{path}, {expected}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_OfACompressedFile_AreDecompressed()
    {
        string path = _folder.FilePath("t.txt.gz");
        using (GZipStream stream = new(File.Create(path), CompressionMode.Compress))
        {
            stream.Write(Encoding.UTF8.GetBytes("one\ntwö\n"));
        }

        Assert.Equal(["one", "twö"], DataFile.ReadLines(path));
    }

    [Fact]
    public void Lines_OfWhatCannotBeRead_NameTheFile()
    {
        string missing = _folder.FilePath("missing.txt");
        string damaged = Write("damaged.gz", "this is not gzip");

        Assert.StartsWith($"{missing}: there is no such file", Assert.Throws<DataFileException>(() => DataFile.ReadLines(missing).First()).Message);
        Assert.StartsWith($"{damaged}: the file cannot be read", Assert.Throws<DataFileException>(() => DataFile.ReadLines(damaged).First()).Message);
    }

    [Fact]
    public void Lines_OfAnotherEncoding_AreRefusedUnlessItIsNamed()
    {
        string path = _folder.FilePath("latin.txt");
        File.WriteAllBytes(path, Encoding.Latin1.GetBytes("a\n\"é\"\n"));

        Assert.StartsWith($"{path}: the file holds bytes that are no UTF-8", Assert.Throws<DataFileException>(() => DataFile.ReadLines(path).Last()).Message);
        Assert.Equal("é", Assert.Single(CsvFile.ReadRows(path, encoding: Encoding.Latin1))[0]);
        string lines = _folder.FilePath("latin.jsonl");
        File.WriteAllBytes(lines, Encoding.Latin1.GetBytes("{\"text\":\"é\"}\n"));
        Assert.Equal("é", Assert.Single(JsonLinesFile.Read(lines, Encoding.Latin1)).GetText("text"));
    }

    [Fact]
    public void Csv_OfAnEmptyFile_LeavesItClosed()
    {
        string path = Write("empty.csv", string.Empty);
        Assert.Throws<DataFileException>(() => CsvFile.ReadRows(path).Any());

        using FileStream alone = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        Assert.Equal(0, alone.Length);
    }

    [Fact]
    public void Lines_OfALongFile_AreReadOneByOne()
    {
        // Far more than a reader's buffer: the first line must be there before the last has been looked at.
        string path = Write("long.txt", string.Concat(Enumerable.Repeat("0123456789\n", 50_000)));
        using FileStream held = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using IEnumerator<string> lines = DataFile.ReadLines(path).GetEnumerator();
        Assert.True(lines.MoveNext());
        long before = GC.GetAllocatedBytesForCurrentThread();
        int count = 1;
        while (lines.MoveNext())
        {
            count++;
        }

        Assert.Equal(50_000, count);
        long perLine = (GC.GetAllocatedBytesForCurrentThread() - before) / count;
        Assert.InRange(perLine, 0, 64);
    }

    private static CsvRow[] Rows(string text, CsvOptions? options = null)
    {
        using CsvFile file = new(new StringReader(text), "t.csv", options);
        List<CsvRow> rows = [];
        while (file.ReadRow() is CsvRow row)
        {
            rows.Add(row);
        }

        return [.. rows];
    }

    private string Write(string name, string text)
    {
        string path = _folder.FilePath(name);
        File.WriteAllText(path, text);
        return path;
    }
}
