using GpuRnn.Conformance.Kernels;
using GpuRnn.Conformance.LanguageModels;
using GpuRnn.Conformance.Layers;
using GpuRnn.Conformance.Layers.Structures;
using GpuRnn.Conformance.Losses;
using GpuRnn.Conformance.Memories;
using GpuRnn.Conformance.Operations;
using GpuRnn.Conformance.Reservoirs;

namespace GpuRnn.Conformance;

/// <summary>Every case that every device must pass, the same for <c>gpurnn selftest</c> and for the tests.</summary>
public static class ConformanceSuite
{
    /// <summary>The cases, in an order in which the first failure is the nearest to its cause: kernels and operations before what is made of them.</summary>
    /// <param name="isFull">True for every combination of options; otherwise every two values of every two options meet at least once.</param>
    public static IEnumerable<ConformanceCase> Cases(bool isFull = false)
    {
        return
        [
            .. KernelCases.All(isFull),
            .. ElementwiseCases.All(),
            .. ShapeCases.All(),
            .. ReductionCases.All(),
            .. ProductCases.All(),
            .. AttentionCases.All(),
            .. ConvolutionCases.All(),
            .. PoolingCases.All(),
            .. TimeCases.All(),
            .. NormalisationCases.All(),
            .. LossCases.All(),
            .. CtcCases.All(),
            .. PlainLayerCases.All(),
            .. RecurrentCases.All(isFull),
            .. SequentialCase.All(),
            .. AttentionLayerCases.All(),
            .. EncoderDecoderCases.All(),
            .. StructureCases.All(),
            .. LanguageModelCases.All(),
            .. EchoStateCase.All(),
            .. HopfieldCase.All(),
            .. ContinuousMemoryCase.All(),
        ];
    }
}
