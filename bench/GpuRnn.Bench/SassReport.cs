using System.Reflection;
using GpuRnn.Compiler;
using GpuRnn.Devices;
using GpuRnn.Devices.Profiles;
using GpuRnn.Devices.Sequences;
using GpuRnn.Kernels.Persistent;
using GpuRnn.Scheduling;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Scheduling.Persistent;

namespace GpuRnn.Bench;

/// <summary><c>GpuRnn.Bench sass FOLDER</c>: the machine code of the loops of one launch for the shapes that are compared with cuDNN, counted.</summary>
/// <remarks>
/// Nothing is run: the divisions are those of an H200, the code is <c>ptxas</c>' and read with <c>nvdisasm</c>. PTX, machine code and listing stay in the folder.
/// </remarks>
internal static class SassReport
{
    /// <summary>The argument that chooses this report.</summary>
    internal const string Verb = "sass";

    private const string Architecture = "sm_90";

    private static readonly (string Cell, int Hidden, int Batch)[] s_shapes =
    [
        ("lstm", 512, 32), ("lstm", 1024, 32), ("lstm", 256, 16), ("lstm", 768, 16), ("lstm", 128, 16), ("gru", 1024, 32),
    ];

    private static readonly ProductPrecision[] s_precisions = [ProductPrecision.Single, ProductPrecision.TensorFloat32, ProductPrecision.BFloat16];

    internal static int Run(IReadOnlyList<string> arguments)
    {
        if (arguments is not [string folder])
        {
            throw new ArgumentException($"{Verb}: '{string.Join(' ', arguments)}' arrived, but one folder was needed. Name the folder for the machine code.");
        }

        Directory.CreateDirectory(folder);
        DeviceProfile profile = GpuProfile.Parse("h200").Profile;
        Console.WriteLine(SassCounts.Heading);
        foreach ((string cell, int hidden, int batch) in s_shapes)
        {
            foreach (ProductPrecision precision in s_precisions)
            {
                OneProductStep.Read(Cells.Parse(cell).BuildGraph(hidden, hidden), "the report", holdsInputs: true, out OneProductStep? step);
                BlockLayer layer = new(step!.Product.BlockCount, hidden, batch, NeedsGradient: true) { Precision = precision };
                SupportAnswer answer = BlockTable.Choose(profile, layer, mayShare: true, out BlockDivision? division);
                if (division is null)
                {
                    Console.WriteLine($"| {cell} H {hidden} B {batch} | {precision} | none: {answer.Reason} |");
                    continue;
                }

                foreach (IBlockShape shape in new[] { division.Forward, division.Backward! })
                {
                    string name = $"{cell}-H{hidden}-B{batch}-{precision}-{(shape.IsBackward ? "backward" : "forward")}";
                    SassCounts counts = Count(Path.Combine(folder, $"{name}.ptx"), shape.Close(step.Node.Implementation, division.IsSingle));
                    Console.WriteLine(counts.Row($"{cell} H {hidden} B {batch}, {precision}", shape, layer, division.IsSingle));
                }
            }
        }

        return 0;
    }

    private static SassCounts Count(string file, MethodInfo kernel)
    {
        File.WriteAllText(file, KernelCompiler.ToPtx(kernel, Architecture));
        (int registers, int _, int spills, int _) = Assembler.AssembleFile(file, Architecture).Values.Single();
        string text = Assembler.Disassemble(file);
        File.WriteAllText(Path.ChangeExtension(file, "sass"), text);
        return new SassCounts(new SassListing(text), registers, spills);
    }
}
