using GpuRnn.Devices;
using GpuRnn.Devices.Sequences;
using GpuRnn.Kernels.Persistent;
using GpuRnn.Scheduling;
using GpuRnn.Scheduling.Cells;
using GpuRnn.Testing;

namespace GpuRnn.Tests.Scheduling.Persistent;

/// <summary>The schedules of one launch a pass against the double reference.</summary>
public sealed class BlockScheduleTests : IClassFixture<BlockDevices>
{
    private static readonly Cell[] s_cells = [Cells.Elman, Cells.Lstm, Cells.Gru(), Cells.Parse("peephole"), Cells.Parse("coupled"), Cells.Parse("leaky-learned")];
    private static readonly int[] s_unsortedLengths = [2, 0, 6, 1, 5];

    private readonly BlockDevices _devices;

    public BlockScheduleTests(BlockDevices devices)
    {
        _devices = devices;
    }

    /// <summary>Cells, layers, directions, lengths.</summary>
    public static TheoryData<string, int, bool, bool> Shapes
    {
        get
        {
            TheoryData<string, int, bool, bool> data = [];
            foreach (string cell in s_cells.Select(cell => cell.Name))
            {
                data.Add(cell, 1, false, false);
                data.Add(cell, 1, false, true);
                data.Add(cell, 1, true, true);
                data.Add(cell, 2, true, true);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void SingleBlock_AsCompiledLoops_AgreesWithTheReference(string cell, int layers, bool bidirectional, bool hasLengths) =>
        Check("compiled", "single-block", cell, layers, bidirectional, hasLengths);

    [Theory]
    [InlineData("lstm")]
    [InlineData("gru")]
    public void SingleBlock_AsPlainCSharp_AgreesWithTheReference(string cell) => Check("plain", "single-block", cell, 1, true, true);

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Persistent_AsCompiledLoops_AgreesWithTheReference(string cell, int layers, bool bidirectional, bool hasLengths) =>
        Check("compiled", "persistent", cell, layers, bidirectional, hasLengths);

    [Theory]
    [InlineData("elman", ProductPrecision.TensorFloat32)]
    [InlineData("lstm", ProductPrecision.TensorFloat32)]
    [InlineData("gru", ProductPrecision.TensorFloat32)]
    [InlineData("peephole", ProductPrecision.TensorFloat32)]
    [InlineData("coupled", ProductPrecision.TensorFloat32)]
    [InlineData("elman", ProductPrecision.BFloat16)]
    [InlineData("lstm", ProductPrecision.BFloat16)]
    [InlineData("gru", ProductPrecision.BFloat16)]
    [InlineData("peephole", ProductPrecision.BFloat16)]
    [InlineData("coupled", ProductPrecision.BFloat16)]
    public void PersistentTensor_AsCompiledLoops_AgreesWithTheReference(string cell, ProductPrecision precision)
    {
        Cell parsed = s_cells.First(one => one.Name == cell);
        int gates = parsed.BuildGraph(3, 5).StepProducts.Single().BlockCount;
        Type factor = TensorBlockShape.Factors[precision == ProductPrecision.TensorFloat32 ? 0 : 1];
        int columnTiles = gates == 3 ? 3 : 1;
        _devices.Divide(
            new TensorBlockShape(factor, gates, false, 1, columnTiles, columnTiles * 8 / gates / 2),
            new TensorBlockShape(factor, gates, true, 2, 1, 8), false);
        CheckPlan("compiled", "persistent", parsed, 1, true, true, precision);
    }

    /// <summary>Two rounds of vectors on their way, then a part of a round: terms enough for that.</summary>
    [Fact]
    public void PersistentTensor_OfManyTerms_AgreesWithTheReference()
    {
        Type factor = TensorBlockShape.Factors[0];
        _devices.Divide(new TensorBlockShape(factor, 4, false, 1, 1, 1), new TensorBlockShape(factor, 4, true, 1, 1, 4), false);
        CheckPlan("compiled", "persistent", Cells.Lstm, 1, false, true, ProductPrecision.TensorFloat32, 76);
    }

    /// <summary>Vectors of several chunks, the last one smaller, whose pairs of rows and of columns are spread over the threads.</summary>
    [Fact]
    public void Persistent_OfManyChunks_AgreesWithTheReference()
    {
        _devices.Divide(new BlockShape(4, false, 2, 4, 2, 2), new BlockShape(4, true, 8, 4, 8, 2), false);
        CheckPlan("compiled", "persistent", Cells.Lstm, 1, false, true, ProductPrecision.Single, 77);
    }

    [OpenClTheory]
    [MemberData(nameof(Shapes))]
    public void SingleBlock_OnOpenCl_AgreesWithTheReference(string cell, int layers, bool bidirectional, bool hasLengths) =>
        Check("opencl:0", "single-block", cell, layers, bidirectional, hasLengths);

    private void Check(string device, string schedule, string cell, int layers, bool bidirectional, bool hasLengths)
    {
        Cell parsed = s_cells.First(one => one.Name == cell);
        int gates = parsed.BuildGraph(3, 5).StepProducts.Single().BlockCount;
        bool isSingle = schedule == "single-block";
        int step = BlockShape.UnitStep(gates, false);
        int units = isSingle ? (5 + step - 1) / step * step : Math.Max(2, step);
        _devices.Divide(new BlockShape(gates, false, units, 2, 8, 2), new BlockShape(gates, true, isSingle ? 8 : 4, 2, 8, 2), isSingle);
        CheckPlan(device, schedule, parsed, layers, bidirectional, hasLengths, ProductPrecision.Single);
    }

    private void CheckPlan(string device, string schedule, Cell cell, int layers, bool bidirectional, bool hasLengths, ProductPrecision precision, int? hiddenSize = null)
    {
        Device open = _devices.Open(device);
        foreach (bool needsGradient in new[] { false, true })
        {
            SequenceSpecification specification = new()
            {
                Cell = cell,
                InputSize = 3,
                // More than half the depth of a tensor core's product: a lane that holds the wrong half shows.
                HiddenSize = hiddenSize ?? (precision == ProductPrecision.BFloat16 ? 11 : 5),
                TimeSteps = 6,
                BatchSize = 5,
                ScheduleOverride = schedule,
                LayerCount = layers,
                Bidirectional = bidirectional,
                Lengths = hasLengths ? s_unsortedLengths : null,
                NeedsGradient = needsGradient,
                Precision = precision,
            };
            using PlanCase plan = new(open, specification, needsGradient);
            plan.RunAndCheck(specification.Lengths);
            plan.RunAndCheck(specification.Lengths);
        }
    }
}
