using GpuRnn.Compiler.Backends.Ptx;

namespace GpuRnn.Compiler.Tests;

/// <summary>Copies that happen at once, made one after the other.</summary>
public sealed class ParallelCopyTests
{
    /// <summary>Every way to give four registers values of four registers, repetitions included.</summary>
    [Fact]
    public void EveryMappingOfFourRegisters_GivesEachTheOldValueOfItsSource()
    {
        string[] names = ["a", "b", "c", "d"];
        for (int mapping = 0; mapping < 256; mapping++)
        {
            int code = mapping;
            (string Target, string Source)[] copies = [.. names.Select((name, i) => (name, names[(code >> (2 * i)) & 3]))];
            Dictionary<string, string> registers = names.ToDictionary(name => name);
            foreach ((string target, string source) in ParallelCopy.Sequence(copies, register => $"{register}_kept"))
            {
                registers[target] = registers[source];
            }

            Assert.All(copies, copy => Assert.Equal(copy.Source, registers[copy.Target]));
        }
    }

    [Fact]
    public void Chain_NeedsNoTemporary() => Assert.Equal(
        [("c", "b"), ("b", "a")],
        ParallelCopy.Sequence([("b", "a"), ("c", "b"), ("d", "d")], _ => throw new InvalidOperationException("no cycle")));

    [Fact]
    public void Swap_NeedsOneTemporary() => Assert.Equal(
        [("kept", "a"), ("a", "b"), ("b", "kept")],
        ParallelCopy.Sequence([("a", "b"), ("b", "a")], _ => "kept"));
}
