using GpuRnn.Compiler.Fuzz.Generation;
using GpuRnn.Compiler.Fuzz.Syntax;
using GpuRnn.KernelModel;

namespace GpuRnn.Compiler.Fuzz.Execution;

/// <summary>The arguments of one run: inputs, outputs and scalars, in memory that does not move.</summary>
internal sealed unsafe class FuzzMemory
{
    private FuzzMemory(Array[] inputs, Array[] outputs, float[] approximate, object[] scalars)
    {
        Inputs = inputs;
        Outputs = outputs;
        Approximate = approximate;
        Scalars = scalars;
    }

    /// <summary>An array for each of <see cref="FuzzKernel.Views"/>.</summary>
    internal Array[] Inputs { get; }

    /// <summary>An array for each of <see cref="FuzzKernel.Views"/>.</summary>
    internal Array[] Outputs { get; }

    /// <summary>Results of functions that devices round differently.</summary>
    internal float[] Approximate { get; }

    /// <summary>A value for each of <see cref="FuzzKernel.Scalars"/>.</summary>
    internal object[] Scalars { get; }

    /// <summary>The arguments for a seed.</summary>
    internal static FuzzMemory Create(ulong seed)
    {
        SplitMix random = new(~seed * 0x2545F4914F6CDD1D);
        Array[] inputs = [.. FuzzKernel.Views.Select(view => Filled(random, view.Type, FuzzLayout.Items))];
        Array[] outputs = [.. FuzzKernel.Views.Select(view => Filled(random, view.Type, FuzzLayout.Items * FuzzLayout.Slots))];
        object[] scalars = [.. FuzzKernel.Scalars.Select(scalar => Literals.Value(random, scalar.Type))];
        return new FuzzMemory(inputs, outputs, GC.AllocateArray<float>(FuzzLayout.Items * FuzzLayout.Slots, pinned: true), scalars);
    }

    /// <summary>The same values in memory of its own.</summary>
    internal FuzzMemory Clone() => new(
        [.. Inputs.Select(Copy)], [.. Outputs.Select(Copy)], (float[])Copy(Approximate), Scalars);

    /// <summary>The kernel's arguments without the index; an array stands for the view of it.</summary>
    internal object[] Arrays() =>
        [.. Inputs.Zip(Outputs).SelectMany(pair => new object[] { pair.First, pair.Second }), Outputs[0], Approximate, .. Scalars];

    /// <summary>The kernel's arguments without the index.</summary>
    internal object[] Arguments() => [.. Arrays().Select(argument => argument is Array array ? View(array) : argument)];

    private static Array Filled(SplitMix random, FuzzType type, int length)
    {
        Array array = Pinned(Literals.Value(random, type), length);
        for (int i = 0; i < length; i++)
        {
            array.SetValue(Literals.Value(random, type), i);
        }

        return array;
    }

    private static Array Copy(Array array)
    {
        Array copy = Pinned(array.GetValue(0)!, array.Length);
        Array.Copy(array, copy, array.Length);
        return copy;
    }

    private static Array Pinned(object example, int length) => example switch
    {
        int => GC.AllocateArray<int>(length, pinned: true),
        uint => GC.AllocateArray<uint>(length, pinned: true),
        long => GC.AllocateArray<long>(length, pinned: true),
        ulong => GC.AllocateArray<ulong>(length, pinned: true),
        float => GC.AllocateArray<float>(length, pinned: true),
        _ => GC.AllocateArray<double>(length, pinned: true),
    };

    // A pattern would take uint[] for int[], as the runtime does.
    private static object View(Array array) => Type.GetTypeCode(array.GetType().GetElementType()) switch
    {
        TypeCode.Int32 => Dense((int[])array),
        TypeCode.UInt32 => Dense((uint[])array),
        TypeCode.Int64 => Dense((long[])array),
        TypeCode.UInt64 => Dense((ulong[])array),
        TypeCode.Single => Dense((float[])array),
        _ => Dense((double[])array),
    };

    private static ArrayView1D<T, Stride1D.Dense> Dense<T>(T[] values)
        where T : unmanaged
    {
        fixed (T* first = values)
        {
            return new ArrayView<T>(values, first, values.Length);
        }
    }
}
