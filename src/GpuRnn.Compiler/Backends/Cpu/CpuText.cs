using System.Globalization;
using System.Text;
using GpuRnn.Compiler.Frontend;
using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Backends.Cpu;

/// <summary>Writes how a kernel runs on the processor: its regions between barriers, what is kept from one to the next, and which run in vectors.</summary>
internal static class CpuText
{
    internal static string Write(KernelEntry entry)
    {
        (CpuCode whole, CpuCode? rows) = CpuCode.Compile(entry);
        StringBuilder text = new();
        if (rows is not null)
        {
            string width = rows.Function.Parameters[rows.Width].Name;
            text.Append(CultureInfo.InvariantCulture, $"// where {width} is at least a vector: X is the position in a row of {width}, Y the row\n");
            Write(text, rows);
            text.Append("// otherwise\n");
        }

        Write(text, whole);
        return text.ToString();
    }

    private static void Write(StringBuilder text, CpuCode code)
    {
        RegionSplit split = code.Split;
        Dictionary<object, string> names = IrPrinter.Number(code.Function);
        text.Append(CultureInfo.InvariantCulture, $"// {split.Regions.Count} regions, each a loop over the work-items; ");
        text.Append(CultureInfo.InvariantCulture, $"{split.SharedBytes} bytes shared, {split.LocalBytes} bytes a work-item\n");
        foreach (KernelRegion region in split.Regions)
        {
            text.Append(CultureInfo.InvariantCulture, $"// region {region.Number}: ").AppendJoin(' ', region.Blocks.Select(block => names[block]));
            List("; kept a work-item: ", region.Kept.Where(split.IsSpilled));
            List("; kept a group: ", region.Kept.Where(value => !split.IsSpilled(value)));
            List("; computed again: ", region.Recomputed);
            string? obstacle = code.Plans[region.Number].Obstacle;
            text.Append(obstacle is null ? "; in vectors\n" : $"; one work-item at a time: {obstacle}\n");
        }

        text.Append(IrPrinter.Print(code.Function));

        void List(string head, IEnumerable<IrValue> values)
        {
            string[] list = [.. values.Select(value => names.GetValueOrDefault(value) ?? value.ToString()!)];
            text.Append(list.Length == 0 ? "" : head + string.Join(' ', list));
        }
    }
}
