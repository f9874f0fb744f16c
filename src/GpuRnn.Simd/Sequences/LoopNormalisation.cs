using GpuRnn.Devices.Sequences;

namespace GpuRnn.Simd.Sequences;

/// <summary>A normalisation of a loop, with what it keeps of every step for the backward pass.</summary>
internal sealed unsafe class LoopNormalisation(NormalisationNode node)
{
    private const int UnitBlock = 16;

    /// <summary>The node.</summary>
    public NormalisationNode Node => node;

    /// <summary>Every row before gain and shift; no base where no gradient is wanted.</summary>
    public RowPointer Normalised { get; set; }

    /// <summary>1/√(variance + ε): of every row, or of every unit in every step.</summary>
    public float* Factors { get; set; }

    /// <summary>Normalises one row of a step over its units.</summary>
    public void ForwardRow(LoopContext context, StepFrame* frame, int order, int row)
    {
        nint packed = context.FirstRow(order) + row;
        Factors[packed] = VectorNormalisation.ForwardRow(
            Source(context, frame).At(row, 0),
            Target(context, frame).At(row, 0),
            Gain(frame),
            Shift(frame),
            Normalised.Base == null ? null : Normalised.At(packed, 0),
            node.Width,
            NormalisationNode.Epsilon);
    }

    /// <summary>The gradients of a worker's rows.</summary>
    public void BackwardRows(LoopContext context, StepFrame* frame, int order, StagedShare share)
    {
        for (int row = share.FirstRow; row < share.EndRow; row++)
        {
            nint packed = context.FirstRow(order) + row;
            VectorNormalisation.BackwardRow(
                Results(frame).At(row, 0),
                Gradients(frame).At(row, 0),
                !node.IsInPlace,
                Gain(frame),
                Normalised.At(packed, 0),
                Factors[packed],
                GainGradients(frame),
                ShiftGradients(frame),
                node.Width);
        }
    }

    /// <summary>Normalises a worker's units over the rows of a step.</summary>
    public void ForwardColumns(
        LoopContext context, SequenceForwardArguments arguments, StepFrame* frame, int order, int rows, StagedShare share, int blockWidth)
    {
        RowPointer source = Source(context, frame);
        RowPointer target = Target(context, frame);
        for (int block = 0; block < node.Width; block += blockWidth)
        {
            for (int unit = share.FirstUnit; unit < share.EndUnit; unit += UnitBlock)
            {
                int column = block + unit;
                VectorNormalisation.ForwardColumns(
                    source,
                    target,
                    column,
                    Columns(context, arguments, frame, order, column),
                    Math.Min(UnitBlock, share.EndUnit - unit),
                    rows,
                    NormalisationNode.Epsilon,
                    NormalisationNode.Momentum);
            }
        }
    }

    /// <summary>The gradients of a worker's units.</summary>
    public void BackwardColumns(
        LoopContext context, SequenceForwardArguments arguments, StepFrame* frame, int order, int rows, StagedShare share, int blockWidth)
    {
        for (int block = 0; block < node.Width; block += blockWidth)
        {
            for (int unit = share.FirstUnit; unit < share.EndUnit; unit += UnitBlock)
            {
                int column = block + unit;
                ColumnPointers columns = Columns(context, arguments, frame, order, column);
                columns.GainGradients = GainGradients(frame) + column;
                columns.ShiftGradients = node.Shift is null ? null : ShiftGradients(frame) + column;
                VectorNormalisation.BackwardColumns(
                    Results(frame), Gradients(frame), !node.IsInPlace, column, columns, Math.Min(UnitBlock, share.EndUnit - unit), rows);
            }
        }
    }

    private ColumnPointers Columns(LoopContext context, SequenceForwardArguments arguments, StepFrame* frame, int order, int column)
    {
        int statistic = node.StatisticsElement(order) + column;
        return new ColumnPointers
        {
            Mode = node.Statistics is null ? ColumnMode.Batch : node.Statistics.IsFrozen ? ColumnMode.Frozen : ColumnMode.Moving,
            Gain = Gain(frame) + column,
            Shift = node.Shift is null ? null : Shift(frame) + column,
            Means = node.Statistics is null ? null : arguments.Statistics[node.Statistics.Mean].HostPointer + statistic,
            Variances = node.Statistics is null ? null : arguments.Statistics[node.Statistics.Variance].HostPointer + statistic,
            Factors = Factors + ((nint)order * node.Width) + column,
            Normalised = Normalised.Base == null ? default : new RowPointer(Normalised.At(context.FirstRow(order), 0), Normalised.Stride),
        };
    }

    private RowPointer Source(LoopContext context, StepFrame* frame) => node.Source switch
    {
        NormalisationSource.Inputs => frame->Inputs[node.First],
        NormalisationSource.Products => StagedSlot(context),
        NormalisationSource.State => frame->NextStates[node.First],
        _ => frame->Values[node.First],
    };

    private RowPointer Target(LoopContext context, StepFrame* frame) => node.IsInPlace ? Source(context, frame) : frame->Values[node.Target];

    private RowPointer StagedSlot(LoopContext context)
    {
        RowPointer staged = context.Buffers.Staged;
        return new RowPointer(staged.At(0, context.ProductOffset(node.First)), staged.Stride);
    }

    private RowPointer Results(StepFrame* frame) => node.Source switch
    {
        NormalisationSource.Inputs => frame->InputGradients[node.First],
        NormalisationSource.Products => frame->ProductGradients[node.First],
        _ => frame->ValueGradients[node.Target],
    };

    private RowPointer Gradients(StepFrame* frame) => node.Source switch
    {
        NormalisationSource.State => frame->StateGradients[node.First],
        NormalisationSource.Value => frame->ValueGradients[node.First],
        _ => Results(frame),
    };

    private float* Gain(StepFrame* frame) => frame->Parameters[node.Gain].Base + node.FirstElement;

    private float* Shift(StepFrame* frame) => node.Shift is int shift ? frame->Parameters[shift].Base + node.FirstElement : null;

    private float* GainGradients(StepFrame* frame) => frame->ParameterGradients[node.Gain].Base + node.FirstElement;

    private float* ShiftGradients(StepFrame* frame) => node.Shift is int shift ? frame->ParameterGradients[shift].Base + node.FirstElement : null;
}
