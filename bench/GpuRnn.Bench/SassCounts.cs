using System.Globalization;
using GpuRnn.Kernels.Persistent;
using GpuRnn.Scheduling.Persistent;

namespace GpuRnn.Bench;

/// <summary>The machine code of one pass, counted: the loop in which it multiplies, and the rest of a step.</summary>
/// <param name="listing">The machine code.</param>
/// <param name="registers">Registers of a thread.</param>
/// <param name="spills">Bytes that left them.</param>
internal sealed class SassCounts(SassListing listing, int registers, int spills)
{
    // A barrier among blocks stands in the time loop and nowhere else behind the first step.
    private const string Acquire = "LDG.E.STRONG.GPU";

    /// <summary>The heads of the columns of <see cref="Row"/>.</summary>
    public static string Heading =>
        "| layer | pass | division | registers, spilled bytes | loop of the product: operations (multiply-adds, reads of shared memory, of global memory, others) | "
        + "rest of the step: operations (barriers of the group, fences, reciprocals, calls behind a division, conversions of whole numbers) | modelled clocks, µs at 1.7 GHz |\n"
        + "|---|---|---|---|---|---|---|";

    /// <summary>A line of the table.</summary>
    public string Row(string name, IBlockShape shape, BlockLayer layer, bool isSingle)
    {
        const double ClocksPerMicrosecond = 1700;
        int blocks = isSingle ? 1 : (layer.Width + shape.Units - 1) / shape.Units;
        int tiles = (layer.BatchSize + shape.Rows - 1) / shape.Rows;
        double clocks = BlockTable.StepClocks(shape, layer.Width, blocks);
        return string.Create(CultureInfo.InvariantCulture, $"| {name} | {(shape.IsBackward ? "backward" : "forward")} | {blocks} x {tiles} blocks of {shape.Threads} threads, {shape} "
            + $"| {registers}, {spills} | {Product()} | {Rest()} | {clocks:0}, {clocks / ClocksPerMicrosecond:0.00} |");
    }

    private static bool IsProduct(string operation) => operation == "FFMA" || operation.StartsWith("HMMA.", StringComparison.Ordinal);

    private (int First, int Last) TimeLoop() => listing.Loops.Where(loop => loop.First < At(Acquire) && loop.Last > loop.First + 100).MaxBy(loop => loop.Last - loop.First);

    private int At(string operation)
    {
        int at = listing.Operations.ToList().IndexOf(operation);
        return at < 0 ? listing.Operations.Count : at;
    }

    // The innermost loop that multiplies most: the one that long sums spend their time in.
    private (int First, int Last)? ProductLoop()
    {
        (int first, int last) = TimeLoop();
        (int First, int Last)[] inner = [.. listing.Loops.Where(loop => loop.First > first && loop.Last < last
            && !listing.Loops.Any(other => other != loop && other.First >= loop.First && other.Last <= loop.Last))];
        return inner.Length == 0 ? null : inner.MaxBy(loop => listing.Operations.Skip(loop.First).Take(loop.Last - loop.First + 1).Count(IsProduct));
    }

    private string Product()
    {
        if (ProductLoop() is not (int first, int last))
        {
            return "none";
        }

        int all = last - first + 1;
        int products = listing.Operations.Skip(first).Take(all).Count(IsProduct);
        int shared = listing.Count(first, last, "LDS");
        int global = listing.Count(first, last, "LDG");
        return $"{all} ({products}, {shared}, {global}, {all - products - shared - global})";
    }

    private string Rest()
    {
        (int first, int last) = TimeLoop();
        int all = last - first + 1;
        int inLoops = listing.Loops.Where(loop => loop.First > first && loop.Last < last && !listing.Loops.Any(other =>
            other != loop && other.First > first && other.Last < last && other.First <= loop.First && other.Last >= loop.Last)).Sum(loop => loop.Last - loop.First + 1);
        int Of(string name) => listing.Count(first, last, name);
        return $"{all - inLoops} ({Of("BAR")}, {Of("MEMBAR.ALL")}, {Of("MUFU")}, {Of("CALL")}, {Of("I2F")})";
    }
}
