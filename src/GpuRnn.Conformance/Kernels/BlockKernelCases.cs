using System.Reflection;
using GpuRnn.KernelModel;
using GpuRnn.Kernels;
using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Persistent;
using GpuRnn.Kernels.Recurrent;

namespace GpuRnn.Conformance.Kernels;

/// <summary>The kernels that run all steps of a pass in one launch.</summary>
/// <remarks>
/// Two steps with all rows and one with fewer: the second multiplies what the first exchanged, the third leaves rows as they are. Rows beyond
/// the last and units beyond the width stand in every division.
/// </remarks>
internal static class BlockKernelCases
{
    private const int Gates = 4;
    private static readonly (int Rows, int Width)[] s_shapes = [(1, 1), (3, 5), (9, 7)];
    private static readonly Type[] s_owners =
    [
        typeof(SingleBlockForward), typeof(PersistentForward), typeof(PersistentTensorForward),
        typeof(SingleBlockBackward), typeof(PersistentBackward), typeof(PersistentTensorBackward),
    ];

    public static IEnumerable<KernelCase> All() =>
        from kernel in KernelCatalog.All
        where s_owners.Contains(kernel.DeclaringType)
        from shape in s_shapes
        select new KernelCase(kernel, $"rows={shape.Rows} width={shape.Width}", trial => Run(kernel, trial, new Layer(shape.Rows, shape.Width)));

    private static void Run(MethodInfo kernel, KernelTrial trial, Layer layer)
    {
        bool isForward = kernel.Name == nameof(SingleBlockForward.Forward);
        MethodInfo check = typeof(BlockKernelCases).GetMethod(isForward ? nameof(Forward) : nameof(Backward), BindingFlags.NonPublic | BindingFlags.Static)!;
        bool isSingle = kernel.DeclaringType == typeof(SingleBlockForward) || kernel.DeclaringType == typeof(SingleBlockBackward);
        Type? factor = TensorBlockShape.Factors.FirstOrDefault(one => one == kernel.GetGenericArguments()[1]);
        IBlockShape shape = factor is null ? Shape(layer, !isForward, isSingle) : TensorBlockShape.Sample(!isForward, factor);
        check.MakeGenericMethod(kernel.GetGenericArguments()[0]).CreateDelegate<Action<KernelTrial, Layer, IBlockShape, bool>>()(trial, layer, shape, isSingle);
    }

    private static void Forward<TNode>(KernelTrial trial, Layer layer, IBlockShape shape, bool isSingle)
        where TNode : struct, IStepNode
    {
        int width = layer.Width;
        float[] weights = trial.Numbers(Gates * width * width, 1f);
        float[] bias = trial.Numbers(Gates * width, 1f);
        float[] inputs = trial.Numbers(layer.TotalRows * Gates * width);
        float[][] initial = [trial.Numbers(layer.Rows * width, 1f), trial.Numbers(layer.Rows * width, 1f)];
        float[][] parameters = [trial.Numbers(width), trial.Numbers(width), trial.Numbers(width)];
        float[][] states = [trial.Numbers(layer.TotalRows * (width + 1)), trial.Numbers(layer.TotalRows * width)];
        float[][] values = [.. Enumerable.Range(0, 4).Select(_ => trial.Numbers(layer.TotalRows * width))];
        float[][] final = [trial.Numbers(layer.Rows * width), trial.Numbers(layer.Rows * width)];
        trial.Launch(Config(shape, layer, isSingle), view => Arguments(trial, layer, shape, isSingle, new ForwardArguments
        {
            Weights = view(weights), Bias = view(bias), Inputs = view(inputs), Initial0 = view(initial[0]), Initial1 = view(initial[1]),
            Parameter0 = view(parameters[0]), Parameter1 = view(parameters[1]), Parameter2 = view(parameters[2]), ParameterCount = 3,
            States0 = view(states[0]), States1 = view(states[1]), Values0 = view(values[0]), Values1 = view(values[1]), Values2 = view(values[2]),
            Values3 = view(values[3]), Final0 = view(final[0]), Final1 = view(final[1]), StepCount = Layer.StepCount, Width = width,
            BatchSize = layer.Rows, Units = shape.Units, Rows = shape.Rows, Slices = shape.Slices, InputStride = Gates * width,
            InitialStride0 = width, InitialStride1 = width, StateStride0 = width + 1, StateStride1 = width, ValueStride0 = width,
            ValueStride1 = width, ValueStride2 = width, ValueStride3 = width, FinalStride0 = width, FinalStride1 = width,
            Options = (int)(ForwardOptions.Bias | ForwardOptions.Initial0 | ForwardOptions.Initial1 | ForwardOptions.SecondState | ForwardOptions.KeepsValues),
        }));

        Bounded[][] now = [.. initial.Select(state => Enumerable.Range(0, state.Length).Select(i => trial.Before(state, i)).ToArray())];
        Dictionary<(float[] Array, int Element), Bounded> expected = [];
        for (int step = 0; step < Layer.StepCount; step++)
        {
            Bounded[][] before = [.. now.Select(state => (Bounded[])state.Clone())];
            for (int cell = 0; cell < layer.RowCount(step) * width; cell++)
            {
                (int row, int unit) = (cell / width, cell % width);
                int packed = layer.FirstRow(step) + row;
                Bounded Product(int gate) => Sum(shape, layer, trial.Before(bias, (gate * width) + unit), term =>
                    (before[0][(row * width) + term], trial.Before(weights, (((gate * width) + unit) * width) + term)));
                Dictionary<(StepSlotKind Kind, int Slot), Bounded> written = [];
                BoundedSlots slots = new(
                    (kind, slot) => kind switch
                    {
                        StepSlotKind.Input => trial.Before(inputs, (packed * Gates * width) + (slot * width) + unit),
                        StepSlotKind.Product => Product(slot),
                        StepSlotKind.PreviousState => before[slot][cell],
                        StepSlotKind.Parameter => trial.Before(parameters[slot], unit),
                        _ => Bounded.Zero,
                    },
                    written);
                TNode.Forward<Bounded, BoundedSlots>(ref slots);

                // What a node does not write keeps the register's number: the state, and the value of an earlier step.
                for (int state = 0; state < 2; state++)
                {
                    now[state][cell] = written.TryGetValue((StepSlotKind.NextState, state), out Bounded next) ? next : before[state][cell];
                    expected[(states[state], (packed * (width + 1 - state)) + unit)] = now[state][cell];
                    expected[(final[state], cell)] = now[state][cell];
                }

                for (int slot = 0; slot < 4; slot++)
                {
                    expected[(values[slot], (packed * width) + unit)] = written.TryGetValue((StepSlotKind.Value, slot), out Bounded value) ? value : Bounded.Zero;
                }
            }
        }

        Expect(trial, expected, [("states", states), ("values", values), ("final states", final)]);
    }

    private static void Backward<TNode>(KernelTrial trial, Layer layer, IBlockShape shape, bool isSingle)
        where TNode : struct, IStepNode
    {
        // Long because: every argument of the kernel is named once, and the formula of the pass stands beside them.
        int width = layer.Width;
        float[] weights = trial.Numbers(Gates * width * width, 1f);
        float[] inputs = trial.Numbers(layer.TotalRows * Gates * width);
        float[][] initial = Pair(trial, layer.Rows * width);
        float[][] parameters = [trial.Numbers(width), trial.Numbers(width), trial.Numbers(width)];
        float[][] states = Pair(trial, layer.TotalRows * width);
        float[][] values = [.. Pair(trial, layer.TotalRows * width), .. Pair(trial, layer.TotalRows * width)];
        float[][] stateGradients = Pair(trial, layer.TotalRows * width);
        float[][] finalGradients = Pair(trial, layer.Rows * width);
        float[][] slotGradients = Pair(trial, layer.TotalRows * Gates * width);
        float[][] initialGradients = Pair(trial, layer.Rows * width);
        float[] parameterGradients = trial.Numbers(3 * layer.Rows * width);
        trial.Launch(Config(shape, layer, isSingle), view => Arguments(trial, layer, shape, isSingle, new BackwardArguments
        {
            Weights = view(weights), Inputs = view(inputs), Initial0 = view(initial[0]), Initial1 = view(initial[1]), Parameter0 = view(parameters[0]),
            Parameter1 = view(parameters[1]), Parameter2 = view(parameters[2]), ParameterCount = 3, States0 = view(states[0]), States1 = view(states[1]),
            Values0 = view(values[0]), Values1 = view(values[1]), Values2 = view(values[2]), Values3 = view(values[3]),
            StateGradients0 = view(stateGradients[0]), StateGradients1 = view(stateGradients[1]), FinalGradients0 = view(finalGradients[0]),
            FinalGradients1 = view(finalGradients[1]), InputGradients = view(slotGradients[0]), ProductGradients = view(slotGradients[1]),
            InitialGradients0 = view(initialGradients[0]), InitialGradients1 = view(initialGradients[1]), ParameterGradients = view(parameterGradients),
            StepCount = Layer.StepCount, Width = width, BatchSize = layer.Rows, Units = shape.Units, Rows = shape.Rows, Slices = shape.Slices,
            InputStride = Gates * width, InitialStride0 = width, InitialStride1 = width, StateStride0 = width, StateStride1 = width, ValueStride0 = width,
            ValueStride1 = width, ValueStride2 = width, ValueStride3 = width, StateGradientStride0 = width, StateGradientStride1 = width,
            FinalGradientStride0 = width, FinalGradientStride1 = width, InputGradientStride = Gates * width, ProductGradientStride = Gates * width,
            InitialGradientStride0 = width, InitialGradientStride1 = width, Options = Enum.GetValues<BackwardOptions>().Sum(option => (int)option),
        }));

        Bounded[][] carry = [.. finalGradients.Select(state => Enumerable.Range(0, state.Length).Select(i => trial.Before(state, i)).ToArray())];
        Bounded[] sums = new Bounded[parameterGradients.Length];
        Dictionary<(float[] Array, int Element), Bounded> expected = [];
        for (int step = Layer.StepCount - 1; step >= 0; step--)
        {
            for (int cell = 0; cell < layer.RowCount(step) * width; cell++)
            {
                (int row, int unit) = (cell / width, cell % width);
                int packed = layer.FirstRow(step) + row;
                Dictionary<(StepSlotKind Kind, int Slot), Bounded> written = [];
                BoundedSlots slots = new(
                    (kind, slot) => kind switch
                    {
                        StepSlotKind.Input => trial.Before(inputs, (packed * Gates * width) + (slot * width) + unit),
                        StepSlotKind.PreviousState when step == 0 => trial.Before(initial[slot], cell),
                        StepSlotKind.PreviousState => trial.Before(states[slot], ((layer.FirstRow(step - 1) + row) * width) + unit),
                        StepSlotKind.NextState => trial.Before(states[slot], (packed * width) + unit),
                        StepSlotKind.Value => trial.Before(values[slot], (packed * width) + unit),
                        StepSlotKind.Parameter => trial.Before(parameters[slot], unit),
                        StepSlotKind.NextStateGradient => trial.Before(stateGradients[slot], (packed * width) + unit) + carry[slot][cell],
                        StepSlotKind.ParameterGradient => sums[(slot * layer.Rows * width) + cell],
                        _ => Bounded.Zero,
                    },
                    written);
                TNode.Backward<Bounded, BoundedSlots>(ref slots);
                Bounded Written(StepSlotKind kind, int slot) => written.TryGetValue((kind, slot), out Bounded value) ? value : Bounded.Zero;
                for (int gate = 0; gate < Gates; gate++)
                {
                    int at = (packed * Gates * width) + (gate * width) + unit;
                    expected[(slotGradients[0], at)] = Written(StepSlotKind.InputGradient, gate);
                    expected[(slotGradients[1], at)] = Written(StepSlotKind.ProductGradient, gate);
                }

                for (int slot = 0; slot < 3; slot++)
                {
                    if (written.TryGetValue((StepSlotKind.ParameterGradient, slot), out Bounded sum))
                    {
                        sums[(slot * layer.Rows * width) + cell] = sum;
                    }
                }

                carry[0][cell] = Written(StepSlotKind.PreviousStateGradient, 0);
                carry[1][cell] = Written(StepSlotKind.PreviousStateGradient, 1);
            }

            for (int cell = 0; cell < layer.RowCount(step) * width; cell++)
            {
                (int row, int unit) = (cell / width, cell % width);
                int first = (layer.FirstRow(step) + row) * Gates * width;
                carry[0][cell] = Sum(shape, layer, carry[0][cell], term =>
                    (expected[(slotGradients[1], first + term)], trial.Before(weights, (term * width) + unit)));
            }
        }

        for (int cell = 0; cell < layer.Rows * width; cell++)
        {
            expected[(initialGradients[0], cell)] = carry[0][cell];
            expected[(initialGradients[1], cell)] = carry[1][cell];
        }

        for (int i = 0; i < sums.Length; i++)
        {
            expected[(parameterGradients, i)] = sums[i];
        }

        Expect(trial, expected, [("input and product gradients", slotGradients), ("initial gradients", initialGradients), ("parameter gradients", [parameterGradients])]);
    }

    private static float[][] Pair(KernelTrial trial, int count) => [trial.Numbers(count, 1f), trial.Numbers(count, 1f)];

    // In the kernel's order: each slice by itself, then all of them one after the other.
    private static Bounded Sum(IBlockShape shape, Layer layer, Bounded first, Func<int, (Bounded Left, Bounded Right)> factors)
    {
        int depth = shape.IsBackward ? Gates * layer.Width : layer.Width;
        for (int slice = 0; slice < shape.Slices; slice++)
        {
            first += shape is TensorBlockShape tensor
                ? TensorPart(tensor, layer, Enumerable.Range(0, depth).Where(term => SliceOf(tensor, layer, term) == slice).Select(factors))
                : Enumerable.Range(0, depth).Where(term => term % shape.Slices == slice).Select(factors)
                    .Aggregate(Bounded.Zero, (part, pair) => Bounded.MultiplyAdd(pair.Left, pair.Right, part));
        }

        return first;
    }

    private static int SliceOf(TensorBlockShape shape, Layer layer, int term)
    {
        int blocksOfAGate = (layer.Width + shape.TermsOfABlock - 1) / shape.TermsOfABlock;
        return ((term / layer.Width * blocksOfAGate) + (term % layer.Width / shape.TermsOfABlock)) % shape.Slices;
    }

    // Both factors rounded, their products exact, the sum in whatever order. Terms that fill up are zeros and count as additions.
    private static Bounded TensorPart(TensorBlockShape shape, Layer layer, IEnumerable<(Bounded Left, Bounded Right)> factors)
    {
        Func<float, float> round = TensorProductKernelCases.RoundingOf(shape.Factor);
        (double sum, double magnitude, double passed) = (0, 0, 0);
        foreach ((Bounded left, Bounded right) in factors.Select(pair => (Bounded.RoundedBy(round, pair.Left), Bounded.RoundedBy(round, pair.Right))))
        {
            sum += left.Value * right.Value;
            magnitude += Math.Abs(left.Value * right.Value);
            passed += (Math.Abs(left.Value) * right.Error) + (Math.Abs(right.Value) * left.Error) + (left.Error * right.Error);
        }

        return Bounded.CutSum(sum, magnitude, shape.TermBlocks(layer.Width) * shape.TermsOfABlock, passed);
    }

    private static void Expect(
        KernelTrial trial, Dictionary<(float[] Array, int Element), Bounded> expected, (string Name, float[][] Arrays)[] written)
    {
        foreach ((string name, float[][] arrays) in written)
        {
            for (int number = 0; number < arrays.Length; number++)
            {
                float[] array = arrays[number];
                trial.Expect($"{name} {number}", array, i => expected.TryGetValue((array, i), out Bounded value) ? value : trial.Before(array, i));
            }
        }
    }

    private static BlockShape Shape(Layer layer, bool isBackward, bool isSingle)
    {
        // Two blocks share the units where they can.
        int step = BlockShape.UnitStep(Gates, isBackward);
        int units = isSingle ? layer.Width : (layer.Width + 1) / 2;
        return new BlockShape(Gates, isBackward, (units + step - 1) / step * step, 8, isBackward ? 32 : 8, 8);
    }

    private static KernelConfig Config(IBlockShape shape, Layer layer, bool isSingle) => new(
        new Index2D((layer.Width + shape.Units - 1) / shape.Units, (layer.Rows + shape.Rows - 1) / shape.Rows),
        new Index2D(shape.Threads, 1),
        SharedMemoryConfig.RequestDynamic<float>(shape.SharedFloats(layer.Width, isSingle)));

    private static object[] Arguments(KernelTrial trial, Layer layer, IBlockShape shape, bool isSingle, object arguments)
    {
        int[] steps = [.. Enumerable.Range(0, Layer.StepCount).SelectMany(step => new[] { layer.FirstRow(step), layer.RowCount(step) })];
        int tiles = (layer.Rows + shape.Rows - 1) / shape.Rows;
        if (isSingle)
        {
            return [arguments, steps];
        }

        float[] exchanged = trial.Scratch(2 * tiles * shape.VectorFloats(layer.Width));
        trial.Align(exchanged);
        return [arguments, steps, exchanged, new int[tiles * PersistentForward.CounterStride]];
    }

    /// <summary>Three steps, the last with fewer rows.</summary>
    private sealed record Layer(int Rows, int Width)
    {
        public const int StepCount = 3;

        public int TotalRows => FirstRow(StepCount);

        public int FirstRow(int step) => step < StepCount ? step * Rows : (2 * Rows) + RowCount(2);

        public int RowCount(int step) => step == 2 ? (Rows + 1) / 2 : Rows;
    }
}
