using System.Globalization;
using System.Text;
using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Backends.Cpu;

/// <summary>Writes how a kernel runs on the processor: its regions between barriers and what is kept from one to the next.</summary>
internal static class CpuText
{
    /// <param name="function">Behind all passes; its blocks are cut in place.</param>
    internal static string Write(IrFunction function)
    {
        RegionSplit split = new(function);
        Dictionary<object, string> names = IrPrinter.Number(function);
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"// {split.Regions.Count} regions, each a loop over the work-items; ");
        text.Append(CultureInfo.InvariantCulture, $"{split.SharedBytes} bytes shared, {split.LocalBytes} bytes a work-item\n");
        foreach (KernelRegion region in split.Regions)
        {
            text.Append(CultureInfo.InvariantCulture, $"// region {region.Number}: ").AppendJoin(' ', region.Blocks.Select(block => names[block]));
            List("; kept a work-item: ", region.Kept.Where(split.IsSpilled));
            List("; kept a group: ", region.Kept.Where(value => !split.IsSpilled(value)));
            List("; computed again: ", region.Recomputed);
            text.Append('\n');
        }

        return text.Append(IrPrinter.Print(function)).ToString();

        void List(string head, IEnumerable<IrValue> values)
        {
            string[] list = [.. values.Select(value => names.GetValueOrDefault(value) ?? value.ToString()!)];
            text.Append(list.Length == 0 ? "" : head + string.Join(' ', list));
        }
    }
}
