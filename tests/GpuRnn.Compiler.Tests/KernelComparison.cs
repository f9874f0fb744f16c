using System.Reflection;
using System.Runtime.InteropServices;
using GpuRnn.Compiler.Backends.OpenCl;
using GpuRnn.KernelModel;
using GpuRnn.Testing;

namespace GpuRnn.Compiler.Tests;

/// <summary>
/// Runs one kernel as plain C#, compiled for the processor, as generated OpenCL and as generated PTX on copies of the same memory.
/// </summary>
internal static unsafe class KernelComparison
{
    /// <summary>Arrays stand for dense views; all of them must hold the same bits afterwards.</summary>
    internal static void Run(MethodInfo method, int extent, params object[] arguments)
    {
        object[] plain = GroupComparison.Copy(arguments);
        RunPlain(method, extent, plain);
        CpuComparison.Indices(method, extent, arguments, plain);

        // Rounded up, as a launch may do it, so that the guard is tried too.
        object[] compiled = GroupComparison.Copy(arguments);
        RunOpenCl(KernelCompiler.ToOpenCl([method]), method, [((extent + 15) / 16) * 16], [16], [.. compiled], extent);
        SameArrays(plain, compiled);
        PtxComparison.Run(method, extent, arguments, plain);
    }

    /// <summary>Calls the method once for each index of a one-dimensional launch.</summary>
    internal static void RunPlain(MethodInfo method, int extent, object[] arguments)
    {
        List<GCHandle> pinned = [];
        object[] views = Views(method, arguments, pinned);
        for (int index = 0; index < extent; index++)
        {
            method.Invoke(null, [new Index1D(index), .. views]);
        }

        pinned.ForEach(handle => handle.Free());
    }

    /// <summary>Arguments for a call: arrays become the views that the method takes.</summary>
    internal static object[] Views(MethodInfo method, object[] arguments, List<GCHandle> pinned)
    {
        Type[] parameters = [.. method.GetParameters().Select(parameter => parameter.ParameterType).TakeLast(arguments.Length)];
        return [.. arguments.Select((argument, i) => argument is Array array ? View(array, parameters[i], pinned) : argument)];
    }

    /// <summary>Runs the one kernel of a program; what stands behind the method's own arguments is passed as it is.</summary>
    internal static void RunOpenCl(
        OpenClProgram program, MethodInfo method, int[] globalSize, int[]? groupSize, object[] arguments, params object[] further)
    {
        using OpenClText text = new(OpenClTestDevice.Shared, program.Text);
        text.Run(Assert.Single(program.Kernels).Name, [.. KernelLeaves.ForOpenCl(method, arguments), .. further], globalSize, groupSize);
    }

    /// <summary>Floats may be any NaN where a NaN is expected; everything else agrees byte for byte.</summary>
    internal static void SameArrays(object[] expected, object[] got)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            switch (expected[i])
            {
                case float[] floats:
                    SameBits($"argument {i}", floats, (float[])got[i]);
                    break;
                case double[] doubles:
                    Assert.Equal(doubles, (double[])got[i]);
                    break;
                case Array array:
                    Assert.Equal(array.Cast<object>(), ((Array)got[i]).Cast<object>());
                    break;
                default:
                    break;
            }
        }
    }

    internal static void SameBits(string what, float[] expected, float[] got)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            bool isSame = BitConverter.SingleToInt32Bits(expected[i]) == BitConverter.SingleToInt32Bits(got[i])
                || (float.IsNaN(expected[i]) && float.IsNaN(got[i]));
            Assert.True(isSame, $"{what}[{i}]: expected {expected[i]:R}, got {got[i]:R}, error {got[i] - expected[i]}, allowed 0.");
        }
    }

    private static object View(Array array, Type viewType, List<GCHandle> pinned)
    {
        Type element = array.GetType().GetElementType()!;
        return typeof(KernelComparison).GetMethod(nameof(DenseView), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(element).Invoke(null, [array, viewType, pinned])!;
    }

    private static object DenseView<T>(T[] values, Type viewType, List<GCHandle> pinned)
        where T : unmanaged
    {
        GCHandle handle = GCHandle.Alloc(values, GCHandleType.Pinned);
        pinned.Add(handle);
        ArrayView<T> view = new(values, (T*)handle.AddrOfPinnedObject(), values.Length);
        return viewType == typeof(ArrayView<T>) ? view : (ArrayView1D<T, Stride1D.Dense>)view;
    }
}
