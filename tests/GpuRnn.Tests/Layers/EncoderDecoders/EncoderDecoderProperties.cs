using FsCheck;
using FsCheck.Fluent;
using GpuRnn.Composition;
using GpuRnn.Devices;
using GpuRnn.Layers;
using GpuRnn.Layers.EncoderDecoders;
using GpuRnn.Tensors;
using GpuRnn.Testing;
using GpuRnn.Tests.TestSupport;
using GpuRnn.Tests.Tensors;

namespace GpuRnn.Tests.Layers.EncoderDecoders;

/// <summary>Sentences of any lengths, padded on either side, give what each pair gives alone: logits and the gradient of every parameter.</summary>
public sealed class EncoderDecoderProperties : IDisposable
{
    private const int V = TinyTranslation.VocabularySize;

    private readonly Device _device = DeviceCatalog.Open("cpu");

    public void Dispose()
    {
        _device.Dispose();
    }

    [Fact]
    public void Sentences_OfAnyLengths_GiveWhatEachPairGivesAlone()
    {
        Gen<(string Form, int[] Sources, int[] Targets, bool IsLeft)> cases =
            from form in Gen.Elements(TinyTranslation.Forms.ToArray())
            from batchSize in Gen.Choose(1, 3)
            from sources in Gen.Choose(1, 4).ArrayOf(batchSize)
            from targets in Gen.Choose(1, 3).ArrayOf(batchSize)
            from isLeft in Gen.Elements(false, true)
            select (form, sources, targets, isLeft);
        PropertyCheck.Run(cases, 25, one => CompareWithPairsAlone(one.Form, one.Sources, one.Targets, one.IsLeft));
    }

    private void CompareWithPairsAlone(string form, int[] sources, int[] targets, bool isLeft)
    {
        using EncoderDecoder model = TinyTranslation.Build(_device, form);
        (int batchSize, int sourceSteps, int targetSteps) = (sources.Length, sources.Max() + 1, targets.Max());
        SequenceMask mask = isLeft ? SequenceMask.LeftPadded(sourceSteps, sources) : SequenceMask.FromLengths(sourceSteps, sources);
        float[] source = [.. Enumerable.Range(0, sourceSteps * batchSize).Select(place => mask.IsPresent(place / batchSize, place % batchSize) ? place * 5 % V : float.NaN)];
        float[] target = [.. Enumerable.Range(0, targetSteps * batchSize).Select(place => (float)(place * 3 % V))];
        float[] upstream = TestDevice.Values(targetSteps * batchSize * V, 5);
        for (int i = 0; i < upstream.Length; i++)
        {
            upstream[i] = i / V / batchSize < targets[i / V % batchSize] ? upstream[i] : 0.0f;
        }

        (float[] logits, float[][] gradients) = Pass(model, source, target, upstream, batchSize, mask);
        double[][] sums = [.. gradients.Select(gradient => new double[gradient.Length])];
        for (int row = 0; row < batchSize; row++)
        {
            float[] Of(float[] all, IEnumerable<int> steps, int width) => [.. steps.SelectMany(step => all.AsSpan(((step * batchSize) + row) * width, width).ToArray())];
            int[] read = [.. Enumerable.Range(0, sourceSteps).Where(step => mask.IsPresent(step, row))];
            int[] written = [.. Enumerable.Range(0, targets[row])];
            (float[] alone, float[][] own) = Pass(model, Of(source, read, 1), Of(target, written, 1), Of(upstream, written, V), 1, null);
            ElementwiseAssert.Close(alone, Of(logits, written, V), Tolerances.Single(20, 16), $"{form}: logits of row {row}");
            sums = [.. sums.Zip(own, (sum, gradient) => sum.Zip(gradient, (left, right) => left + right).ToArray())];
        }

        for (int i = 0; i < sums.Length; i++)
        {
            ElementwiseAssert.Close(sums[i], gradients[i], Tolerances.Single(60, 24, 4.0), $"{form}: gradient of {model.Parameters[i].Name}");
        }
    }

    private static (float[] Logits, float[][] Gradients) Pass(EncoderDecoder model, float[] source, float[] target, float[] upstream, int batchSize, SequenceMask? mask)
    {
        foreach (Parameter parameter in model.Parameters)
        {
            parameter.Gradient.Clear();
        }

        using Tape tape = new(model.Device);
        Tensor logits = model.Forward(
            tape, tape.Input(source, source.Length / batchSize, batchSize), mask, tape.Input(target, target.Length / batchSize, batchSize)).Logits;
        float[] given = logits.ToArray();
        tape.Backward(logits, tape.Input(upstream, logits.Shape));
        return (given, [.. model.Parameters.Select(parameter => parameter.Gradient.ToArray())]);
    }
}
