using GpuRnn.Compiler.Frontend;
using GpuRnn.Compiler.Ir;
using GpuRnn.Compiler.Passes;

namespace GpuRnn.Compiler.Backends.Cpu;

/// <summary>One form of a kernel as methods, and what was decided about each region.</summary>
internal sealed class CpuCode
{
    private readonly Lazy<CpuRegion[]> _regions;

    /// <param name="function">Behind all passes; changed.</param>
    /// <param name="width">The argument that is the length of a row; null to leave the index whole.</param>
    private CpuCode(IrFunction function, IrParameter? width)
    {
        Function = function;
        if (width is not null)
        {
            RowSplit.Run(function, width);
            DeadCode.Run(function);
        }

        IfConversion.Run(function);
        Width = width is null ? -1 : function.Parameters.IndexOf(width);
        Split = new RegionSplit(function);
        LaneDivergence divergence = new(function, Split.Flow, Split.Varying);
        LaneShapes shapes = new(function, Split.Flow, divergence);
        Plans = [.. Split.Regions.Select(region => VectorPlan.For(function, Split, region, divergence, shapes))];
        _regions = new Lazy<CpuRegion[]>(
            () => [.. Split.Regions.Select(region => RegionMethod.Compile(function, Split, region, Plans[region.Number]))]);
    }

    /// <summary>Compiles a kernel's forms: the one for any launch, and the one for rows where the kernel divides its index by an argument.</summary>
    internal static (CpuCode Whole, CpuCode? Rows) Compile(KernelEntry entry)
    {
        IrFunction function = KernelCompiler.Compile(entry);
        if (RowSplit.WidthOf(function) is null)
        {
            return (new CpuCode(function, null), null);
        }

        IrFunction rows = KernelCompiler.Compile(entry);
        return (new CpuCode(function, null), new CpuCode(rows, RowSplit.WidthOf(rows)));
    }

    /// <summary>The leaf that is the length of a row; negative when the index is whole.</summary>
    internal int Width { get; }

    internal IrFunction Function { get; }

    internal RegionSplit Split { get; }

    /// <summary>What was decided about each region.</summary>
    internal IReadOnlyList<VectorPlan> Plans { get; }

    /// <summary>The methods, made when first asked for.</summary>
    internal CpuRegion[] Regions => _regions.Value;
}
