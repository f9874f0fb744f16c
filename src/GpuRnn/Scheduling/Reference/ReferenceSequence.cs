using GpuRnn.Devices.Sequences;

namespace GpuRnn.Scheduling.Reference;

/// <summary>Runs any step graph over a packed sequence in double precision, forwards and backwards, one element after the other.</summary>
/// <remarks>
/// The oracle for one layer in one direction: it follows the graph literally, knows no cell, and is as slow as it is plain.
/// It is itself held against PyTorch's results and against central differences.
/// </remarks>
public sealed class ReferenceSequence
{
    private readonly StepGraph _graph;
    private readonly SequenceLayout _layout;
    private readonly int[] _stepOrder;
    private readonly int[] _productSlotOffsets;
    private readonly int[] _inputSlotOffsets;
    private readonly Dictionary<PointwiseNode, IReferenceNode> _nodes;

    /// <summary>Prepares the graph for a layout.</summary>
    /// <param name="graph">The cell's step.</param>
    /// <param name="layout">The rows of each step.</param>
    /// <param name="isReverse">True to run from the last step to the first.</param>
    public ReferenceSequence(StepGraph graph, SequenceLayout layout, bool isReverse)
    {
        _graph = graph;
        _layout = layout;
        IEnumerable<int> steps = Enumerable.Range(0, layout.TimeSteps);
        _stepOrder = [.. isReverse ? steps.Reverse() : steps];
        _inputSlotOffsets = [.. graph.InputSlotOffsets];
        _productSlotOffsets = [.. graph.ProductSlotOffsets];
        _nodes = graph.Nodes.OfType<PointwiseNode>().Distinct().ToDictionary(node => node, CloseNode);
    }

    /// <summary>Runs all steps.</summary>
    /// <param name="sequences">For each sequence of the graph, [TotalRows, width].</param>
    /// <param name="parameters">Weights, biases and vectors by name, row-major.</param>
    /// <param name="initialStates">For each state, [B, width] in the layout's row order.</param>
    /// <param name="masks">For each mask of the graph, its factors, [TotalRows, width], also where a row keeps them; null where it has none.</param>
    public ReferenceSequencePass Forward(
        IReadOnlyList<double[]> sequences,
        IReadOnlyDictionary<string, double[]> parameters,
        IReadOnlyList<double[]> initialStates,
        IReadOnlyList<double[]>? masks = null)
    {
        ReferenceSequencePass pass = new(_graph, _layout, sequences, parameters, initialStates);
        PlaceMasks(pass, masks);
        foreach (ProductNode product in _graph.HoistedProducts)
        {
            ForwardProduct(pass, product, 0, _layout.TotalRows);
        }

        ForEachSequenceElement((source, index, slot, row, unit) => pass.Inputs[pass.InputIndex(slot, row, unit)] = pass.Sequences[source][index]);

        // pass.FinalStates is each row's newest state throughout: rows outside a step keep theirs.
        foreach ((int step, int order) in _stepOrder.Select((step, order) => (step, order)))
        {
            int first = _layout.RowOffsets[step];
            int end = first + _layout.RowCounts[step];
            CopyStates(pass.FinalStates, 0, pass.PreviousStates, first, end - first);
            foreach (StepNode node in _graph.Nodes)
            {
                if (node.RunsAt(step))
                {
                    ForwardNode(pass, node, first, end, order);
                }
                else if (node is PointwiseNode pointwise)
                {
                    ForEachUnit(pointwise, first, end, (state, index) => pass.States[state][index] = pass.PreviousStates[state][index]);
                }
            }

            CopyStates(pass.States, first, pass.FinalStates, 0, end - first);
        }

        return pass;
    }

    /// <summary>Runs all steps backwards.</summary>
    /// <param name="pass">The forward pass.</param>
    /// <param name="stateGradients">For each state, the gradient of its history from outside, [TotalRows, width].</param>
    /// <param name="finalStateGradients">For each state, the gradient of its final value, [B, width].</param>
    public ReferenceSequenceGradients Backward(
        ReferenceSequencePass pass,
        IReadOnlyList<double[]> stateGradients,
        IReadOnlyList<double[]> finalStateGradients)
    {
        ReferenceSequenceGradients gradients = new(pass, stateGradients, finalStateGradients);

        // gradients.InitialStates is the gradient of each row's newest state throughout, as FinalStates is in the forward pass.
        foreach (int step in _stepOrder.Reverse())
        {
            int first = _layout.RowOffsets[step];
            int end = first + _layout.RowCounts[step];
            AddCarriedGradients(gradients, first, end - first);
            foreach (StepNode node in _graph.Nodes.Reverse())
            {
                if (node.RunsAt(step))
                {
                    BackwardNode(pass, gradients, node, first, end);
                }
                else if (node is PointwiseNode pointwise)
                {
                    ForEachUnit(pointwise, first, end, (state, index) => gradients.PreviousStates[state][index] += gradients.States[state][index]);
                    ClearInputs(pass, gradients, pointwise, first, end);
                }
                else if (node is ProductNode { IsHoisted: false } product)
                {
                    ClearProduct(gradients, product, first, end);
                }
            }

            CopyStates(gradients.PreviousStates, first, gradients.InitialStates, 0, end - first);
        }

        foreach (ProductNode product in _graph.HoistedProducts)
        {
            BackwardProduct(pass, gradients, product, 0, _layout.TotalRows);
        }

        ForEachSequenceElement((source, index, slot, row, unit) =>
            gradients.Sequences[source][index] += gradients.Inputs[pass.InputIndex(slot, row, unit)]);
        return gradients;
    }

    private static IReferenceNode CloseNode(PointwiseNode node)
    {
        return (IReferenceNode)Activator.CreateInstance(typeof(ReferenceNode<>).MakeGenericType(node.Implementation))!;
    }

    private void PlaceMasks(ReferenceSequencePass pass, IReadOnlyList<double[]>? masks)
    {
        foreach ((MaskNode node, int number) in _graph.Masks.Select((node, number) => (node, number)))
        {
            for (int index = 0; index < _layout.TotalRows * node.Width; index++)
            {
                pass.Inputs[pass.InputIndex(node.FirstSlot, index / node.Width, index % node.Width)] = masks![number][index];
            }
        }
    }

    /// <summary>Visits each element that a sequence node reads: its sequence and index there, and its input slot, row and unit.</summary>
    private void ForEachSequenceElement(Action<int, int, int, int, int> visit)
    {
        foreach (SequenceNode node in _graph.SequenceNodes)
        {
            for (int row = 0; row < _layout.TotalRows; row++)
            {
                for (int unit = 0; unit < node.Width; unit++)
                {
                    visit(node.Source.Index, (row * node.Width) + unit, node.FirstSlot, row, unit);
                }
            }
        }
    }

    /// <summary>Visits the units that a node writes, by state and index in its history.</summary>
    private void ForEachUnit(PointwiseNode node, int first, int end, Action<int, int> visit)
    {
        foreach (int state in node.WrittenStates)
        {
            for (int row = first; row < end; row++)
            {
                for (int unit = 0; unit < node.Width; unit++)
                {
                    visit(state, (row * _graph.States[state].Width) + node.FirstUnit + unit);
                }
            }
        }
    }

    /// <summary>What a node did not read has no gradient.</summary>
    private void ClearInputs(ReferenceSequencePass pass, ReferenceSequenceGradients gradients, PointwiseNode node, int first, int end)
    {
        foreach (int slot in _graph.InputSlotsOf(node))
        {
            for (int row = first; row < end; row++)
            {
                Array.Clear(gradients.Inputs, pass.InputIndex(slot, row, 0), node.Width);
            }
        }
    }

    private void ClearProduct(ReferenceSequenceGradients gradients, ProductNode product, int first, int end)
    {
        (double[] results, int rowWidth, int offset) = Place(product, gradients.Inputs, gradients.Products);
        for (int row = first; row < end; row++)
        {
            Array.Clear(results, (row * rowWidth) + offset, product.Rows);
        }
    }

    private void CopyStates(IReadOnlyList<double[]> source, int sourceRow, IReadOnlyList<double[]> target, int targetRow, int rowCount)
    {
        for (int state = 0; state < _graph.States.Count; state++)
        {
            int width = _graph.States[state].Width;
            Array.Copy(source[state], sourceRow * width, target[state], targetRow * width, rowCount * width);
        }
    }

    private void AddCarriedGradients(ReferenceSequenceGradients gradients, int firstRow, int rowCount)
    {
        for (int state = 0; state < _graph.States.Count; state++)
        {
            int width = _graph.States[state].Width;
            for (int index = 0; index < rowCount * width; index++)
            {
                gradients.States[state][(firstRow * width) + index] += gradients.InitialStates[state][index];
            }
        }
    }

    private void ForwardNode(ReferenceSequencePass pass, StepNode node, int first, int end, int order)
    {
        if (node is ProductNode { IsHoisted: false } product)
        {
            ForwardProduct(pass, product, first, end);
        }
        else if (node is ReductionNode reduction)
        {
            ForwardReduction(pass, reduction, first, end);
        }
        else if (node is NormalisationNode normalisation)
        {
            ReferenceNormalisation.Forward(pass, normalisation, first, end, order);
        }
        else if (node is PointwiseNode pointwise)
        {
            for (int row = first; row < end; row++)
            {
                for (int unit = 0; unit < pointwise.Width; unit++)
                {
                    _nodes[pointwise].Forward(pass, pointwise, row, unit);
                }
            }
        }
    }

    private void BackwardNode(ReferenceSequencePass pass, ReferenceSequenceGradients gradients, StepNode node, int first, int end)
    {
        if (node is ProductNode { IsHoisted: false } product)
        {
            BackwardProduct(pass, gradients, product, first, end);
        }
        else if (node is ReductionNode reduction)
        {
            BackwardReduction(gradients, reduction, first, end);
        }
        else if (node is NormalisationNode normalisation)
        {
            ReferenceNormalisation.Backward(pass, gradients, normalisation, first, end);
        }
        else if (node is PointwiseNode pointwise)
        {
            for (int row = first; row < end; row++)
            {
                for (int unit = 0; unit < pointwise.Width; unit++)
                {
                    _nodes[pointwise].Backward(pass, gradients, pointwise, row, unit);
                }
            }
        }
    }

    /// <summary>y = x · Wᵀ + b for the rows first..end.</summary>
    private void ForwardProduct(ReferenceSequencePass pass, ProductNode product, int first, int end)
    {
        (double[] results, int rowWidth, int offset) = Place(product, pass.Inputs, pass.Products);
        double[] source = pass.Source(product.Source);
        double[] weight = pass.Parameters[product.Weight];
        int sourceWidth = SourceWidth(product.Source);
        for (int row = first; row < end; row++)
        {
            for (int column = 0; column < product.Rows; column++)
            {
                double sum = product.Bias is null ? 0 : pass.Parameters[product.Bias][product.FirstRow + column];
                for (int k = 0; k < product.SourceWidth; k++)
                {
                    sum += source[(row * sourceWidth) + product.FirstSourceUnit + k] * weight[((product.FirstRow + column) * product.SourceWidth) + k];
                }

                results[(row * rowWidth) + offset + column] = sum;
            }
        }
    }

    /// <summary>dx += dy · W, dW += dyᵀ · x, db += the sum of dy over the rows.</summary>
    private void BackwardProduct(ReferenceSequencePass pass, ReferenceSequenceGradients gradients, ProductNode product, int first, int end)
    {
        (double[] results, int rowWidth, int offset) = Place(product, gradients.Inputs, gradients.Products);
        double[] source = pass.Source(product.Source);
        double[] sourceGradient = gradients.Source(product.Source);
        double[] weight = pass.Parameters[product.Weight];
        int sourceWidth = SourceWidth(product.Source);
        double[] weightGradient = gradients.Parameters[product.Weight];
        for (int row = first; row < end; row++)
        {
            for (int column = 0; column < product.Rows; column++)
            {
                double gradient = results[(row * rowWidth) + offset + column];
                int weightRow = product.FirstRow + column;
                if (product.Bias is not null)
                {
                    gradients.Parameters[product.Bias][weightRow] += gradient;
                }

                for (int k = 0; k < product.SourceWidth; k++)
                {
                    int sourceIndex = (row * sourceWidth) + product.FirstSourceUnit + k;
                    int weightIndex = (weightRow * product.SourceWidth) + k;
                    sourceGradient[sourceIndex] += gradient * weight[weightIndex];
                    weightGradient[weightIndex] += gradient * source[sourceIndex];
                }
            }
        }
    }

    private int SourceWidth(StepSource source)
    {
        return source.Kind switch
        {
            StepSourceKind.Sequence => _graph.SequenceWidths[source.Index],
            StepSourceKind.Value => _graph.Values[source.Index].Width,
            _ => _graph.States[source.Index].Width,
        };
    }

    /// <summary>Where a product's result lies: the array, the elements of a row, and the offset of its first block in a row.</summary>
    private (double[] Results, int RowWidth, int Offset) Place(ProductNode product, double[] inputs, double[] products)
    {
        return product.IsHoisted
            ? (inputs, _graph.InputWidth, _inputSlotOffsets[product.FirstSlot])
            : (products, _graph.ProductWidth, _productSlotOffsets[product.FirstSlot]);
    }

    private static void ForwardReduction(ReferenceSequencePass pass, ReductionNode node, int first, int end)
    {
        double[] source = pass.Values[node.SourceValue];
        double[] target = pass.Values[node.TargetValue];
        if (node.Axis == ReductionAxis.Row)
        {
            for (int row = first; row < end; row++)
            {
                target[row] = source.AsSpan(row * node.Width, node.Width).ToArray().Sum();
            }

            return;
        }

        for (int unit = 0; unit < node.Width; unit++)
        {
            double sum = 0;
            for (int row = first; row < end; row++)
            {
                sum += source[(row * node.Width) + unit];
            }

            for (int row = first; row < end; row++)
            {
                target[(row * node.Width) + unit] = sum;
            }
        }
    }

    /// <summary>Every summand receives the whole gradient of its sum, which is what its readers gave together.</summary>
    private static void BackwardReduction(ReferenceSequenceGradients gradients, ReductionNode node, int first, int end)
    {
        double[] source = gradients.Values[node.SourceValue];
        double[] target = gradients.Values[node.TargetValue];
        for (int row = first; row < end; row++)
        {
            for (int unit = 0; unit < node.Width; unit++)
            {
                double gradient = node.Axis == ReductionAxis.Row
                    ? target[row]
                    : Enumerable.Range(first, end - first).Sum(reader => target[(reader * node.Width) + unit]);
                source[(row * node.Width) + unit] += gradient;
            }
        }
    }
}
