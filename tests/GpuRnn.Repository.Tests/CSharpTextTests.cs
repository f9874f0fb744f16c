namespace GpuRnn.Repository.Tests;

public sealed class CSharpTextTests
{
    [Theory]
    [InlineData("a(\"b\"); // c", "a(\" \");     ", "b")]
    [InlineData("a(@\"b\"\"c\");", "a(@\"    \");", "b\"\"c")]
    [InlineData("a($\"b{c(\"d\")}e\");", "c(\" \")", "bde")]
    [InlineData("a(\"\"\"b\"c\"\"\");", "a(\"\"\"", "b\"c")]
    [InlineData("a('\\'', \"b\");", ", \" \")", "\\'b")]
    [InlineData("a($\"{{b}}{c}\");", "{c}", "{{b}}")]
    [InlineData("a(\"x\\\"y\"); b();", " b();", "x\\\"y")]
    public void Parse_SeparatesCodeFromLiterals(string text, string code, string literals)
    {
        SourceFile file = new("A.cs", text);
        Assert.Contains(code, file.Code, StringComparison.Ordinal);
        Assert.Equal(literals, file.Literals.Replace(" ", "", StringComparison.Ordinal));
    }

    [Fact]
    public void Parse_Comment_IsNoCode()
    {
        SourceFile file = new("A.cs", "int a; // it's \"b\"\nint c; /* d\n */ int e;");
        Assert.Equal("int a;            \nint c;     \n    int e;", file.Code);
        Assert.Equal(file.Text, file.CodeAndComments);
    }
}
