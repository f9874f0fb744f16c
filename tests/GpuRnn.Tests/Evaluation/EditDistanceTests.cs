using GpuRnn.Evaluation;

namespace GpuRnn.Tests.Evaluation;

public sealed class EditDistanceTests
{
    [Theory]
    [InlineData("", "", 0)]
    [InlineData("", "abc", 3)]
    [InlineData("abc", "", 3)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("flaw", "lawn", 2)]
    [InlineData("abcd", "badc", 3)]
    public void Between_KnownPairs_IsTheFewestEdits(string from, string to, int expected)
    {
        Assert.Equal(expected, EditDistance.Between<char>(from, to));
        Assert.Equal(expected, EditDistance.Between<char>(to, from));
    }

    [Fact]
    public void Between_AllShortSequences_IsTheShortestWayThroughSingleEdits()
    {
        // Breadth first through all strings over two letters: the definition itself.
        string[] all = [.. Enumerable.Range(0, 5).SelectMany(Strings)];
        foreach (string from in all)
        {
            Dictionary<string, int> steps = new() { [from] = 0 };
            Queue<string> waiting = new([from]);
            while (waiting.TryDequeue(out string? one))
            {
                foreach (string next in Neighbours(one).Where(next => next.Length <= 4 && steps.TryAdd(next, steps[one] + 1)))
                {
                    waiting.Enqueue(next);
                }
            }

            Assert.All(all, to => Assert.Equal(steps[to], EditDistance.Between<char>(from, to)));
        }
    }

    [Fact]
    public void ErrorRate_WeighsSequencesByTheirLength()
    {
        Assert.Equal(2.0 / 5.0, EditDistance.ErrorRate<int>([[1, 2, 3], [4, 4]], [[1, 2, 3, 5], [4]]));
        Assert.Equal(2.0, EditDistance.ErrorRate<int>([[1, 2]], [[3]]));
        Assert.True(double.IsNaN(EditDistance.ErrorRate<int>([[]], [[]])));
        Assert.Contains("1 sequences were found for 2", Assert.Throws<ArgumentException>(() => EditDistance.ErrorRate<int>([[1]], [[1], [2]])).Message);
    }

    private static IEnumerable<string> Strings(int length) => Enumerable.Range(0, 1 << length)
        .Select(number => string.Concat(Enumerable.Range(0, length).Select(i => (number >> i & 1) == 0 ? 'a' : 'b')));

    private static IEnumerable<string> Neighbours(string text)
    {
        for (int i = 0; i <= text.Length; i++)
        {
            yield return text.Insert(i, "a");
            yield return text.Insert(i, "b");
            if (i < text.Length)
            {
                yield return text.Remove(i, 1);
                yield return text.Remove(i, 1).Insert(i, text[i] == 'a' ? "b" : "a");
            }
        }
    }
}
