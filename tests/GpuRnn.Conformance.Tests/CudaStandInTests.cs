using GpuRnn.Compiler.Caching;
using GpuRnn.Composition;
using GpuRnn.Conformance.Layers;
using GpuRnn.Devices.Cuda;
using GpuRnn.Devices.Sequences;
using GpuRnn.Scheduling;
using GpuRnn.Testing.CudaStandIn;

namespace GpuRnn.Conformance.Tests;

/// <summary>Cases of the suite through the whole CUDA device, with PTX interpreted behind the stand-in for the driver.</summary>
/// <remarks>
/// Each work-item is interpreted, so these are the suite's small cases: of a kernel, an operation, a loss or a plain layer the first sizes; of
/// recurrent layers all options of all cells, at the sizes that few multiply-adds make.
/// </remarks>
public sealed class CudaStandInTests
{
    // The first sizes of a subject are its smallest.
    private const int CasesPerSubject = 3;
    private const long MultiplyAdds = 4000;

    // Structures are made of operations and layers that have cases of their own: what a kernel's PTX does, they show no second time.
    private static readonly ConformanceCase[] s_cases =
    [
        .. ConformanceSuite.Cases().Where(one => one is not RecurrentCase && !one.Subject.StartsWith("structure ", StringComparison.Ordinal))
            .GroupBy(one => one.Subject).SelectMany(subject => subject.Take(CasesPerSubject)),
        .. ConformanceSuite.Cases().OfType<RecurrentCase>().GroupBy(one => one.Subject).SelectMany(Small),
    ];

    public static TheoryData<string> Subjects => [.. s_cases.Select(one => one.Subject).Distinct()];

    public static TheoryData<string> Layers => [.. s_cases.OfType<RecurrentCase>().Select(one => one.Subject).Distinct()];

    [Theory]
    [MemberData(nameof(Subjects))]
    public void SmallCases_WithTheExecutorsOfACudaDevice_AgreeWithTheReference(string subject) =>
        Run(subject, new StandInSpecification { MemoryBytes = 512 << 20 }, DeviceCatalog.Equip);

    [Theory]
    [MemberData(nameof(Layers))]
    public void SmallLayers_InGraphsOfStepsWithCublas_AgreeWithTheReference(string subject) =>
        Run(subject, new StandInSpecification { MemoryBytes = 512 << 20, HasCublas = true }, device =>
        {
            IMatrixExecutor matrices = new CublasMatrixExecutor(device, new TiledMatrixExecutor(device));
            device.Register(matrices);
            StepwiseSequenceExecutor steps = new(device, matrices);
            device.Register(new GraphSequenceExecutor(device, steps));
            device.Register(steps);
        });

    [Fact]
    public void Layers_AreOfEveryCell()
    {
        Assert.Equal(ConformanceSuite.Cases().OfType<RecurrentCase>().Select(one => one.Subject).Distinct().Order(), s_cases.OfType<RecurrentCase>().Select(one => one.Subject).Distinct().Order());
    }

    private static void Run(string subject, StandInSpecification specification, Action<CudaDevice> equip)
    {
        StandInDriver driver = new(specification);
        List<string> failures = [];
        using (CudaDevice device = driver.OpenDevice(KernelCache.FromEnvironment()))
        {
            equip(device);
            foreach (ConformanceCase one in s_cases.Where(one => one.Subject == subject && one.Supports(device).IsSupported))
            {
                failures.AddRange(one.Run(device).Failures.Select(failure => $"{one}: {failure}"));
            }
        }

        Assert.True(failures.Count == 0, string.Join(Environment.NewLine, failures));
        Assert.Equal([], driver.Problems);
        Assert.Equal([], driver.Leaks());
    }

    // Layers with options of their own have few cases, and none below the limit.
    private static IEnumerable<RecurrentCase> Small(IEnumerable<RecurrentCase> subject)
    {
        long limit = Math.Max(MultiplyAdds, subject.Min(one => MultiplyAddsOf(one.Variant)));
        return subject.Where(one => MultiplyAddsOf(one.Variant) <= limit);
    }

    private static long MultiplyAddsOf(RecurrentVariant variant) => (long)variant.TimeSteps * variant.BatchSize * variant.HiddenSize
        * (variant.InputSize + variant.HiddenSize) * variant.LayerCount * variant.DirectionCount;
}
