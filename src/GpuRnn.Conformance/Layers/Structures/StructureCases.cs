namespace GpuRnn.Conformance.Layers.Structures;

/// <summary>The layers that give a model its shape, each as a layer and some as whole models, with the masks that they take.</summary>
internal static class StructureCases
{
    public static IEnumerable<ConformanceCase> All() =>
    [
        .. StepPoolingCases.All(),
        .. MergeCases.All(),
        .. DetourCases.All(),
        .. OneToManyCases.All(),
        .. WindowLayerCases.All(),
        .. NormalisationLayerCases.All(),
        .. StepwiseLayerCases.All(),
        .. ConvolutionBeforeRecurrenceCases.All(),
        .. CaptionCases.All(),
    ];
}
