using GpuRnn.Devices;
using GpuRnn.Tensors;

namespace GpuRnn.Layers;

/// <summary>The check of layers that go round another.</summary>
internal static class SameWidth
{
    public static void Require(Tensor input, Tensor output, string where)
    {
        if (!input.Shape.SequenceEqual(output.Shape))
        {
            throw new ShapeException(
                $"{where}: the layer made {Tensor.Describe(output.Shape)} of {Tensor.Describe(input.Shape)}, but must give the shape that it gets. "
                + "Choose sizes so that the widths agree, or put a dense layer in front.");
        }
    }
}
