using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using GpuRnn.Compiler.Backends.OpenCl;
using GpuRnn.KernelModel;
using GpuRnn.KernelModel.Execution;
using GpuRnn.Testing;

namespace GpuRnn.Compiler.Tests;

/// <summary>
/// Runs an explicitly grouped kernel as plain C#, a thread a work-item, compiled for the processor, as generated OpenCL and as generated PTX on copies of the same memory.
/// </summary>
internal static class GroupComparison
{
    /// <summary>Arrays stand for dense views; all of them must hold the same bits afterwards.</summary>
    internal static void Run(MethodInfo method, KernelConfig config, params object[] arguments)
    {
        object[] plain = Copy(arguments);
        RunPlain(method, config, plain);
        CpuComparison.Groups(method, config, arguments, plain);

        object[] compiled = Copy(arguments);
        OpenClProgram program = KernelCompiler.ToOpenCl([method]);
        int bytes = config.SharedMemoryConfig.ArraySize;
        object[] dynamic = program.Kernels[0].UsesDynamicSharedMemory ? [new SharedMemoryBytes(bytes), bytes] : [];
        Index3D all = config.GridDim * config.GroupDim;
        KernelComparison.RunOpenCl(
            program, method, [all.X, all.Y, all.Z], [config.GroupDim.X, config.GroupDim.Y, config.GroupDim.Z], compiled, dynamic);
        KernelComparison.SameArrays(plain, compiled);
        PtxComparison.Run(method, config, arguments, plain);
    }

    /// <summary>The arguments with new arrays, which begin at a multiple of 16 and never move.</summary>
    internal static object[] Copy(object[] arguments) => Array.ConvertAll(arguments, argument => argument is Array array ? Aligned(array) : argument);

    /// <summary>As the CPU device defines a launch: the groups one after the other, their work-items as threads.</summary>
    internal static void RunPlain(MethodInfo method, KernelConfig config, object[] arguments)
    {
        List<GCHandle> pinned = [];
        object[] views = KernelComparison.Views(method, arguments, pinned);
        GroupState group = new(config);
        for (int number = 0; number < config.GridDim.Size; number++)
        {
            Index3D grid = config.GridDim;
            group.Begin(new Index3D(number % grid.X, number / grid.X % grid.Y, number / grid.X / grid.Y));
            Thread[] threads = [.. Enumerable.Range(0, group.Size).Select(item => new Thread(() => RunItem(method, views, group, group[item])))];
            Array.ForEach(threads, thread => thread.Start());
            Array.ForEach(threads, thread => thread.Join());
            if (group.Failure is { } failure)
            {
                throw failure.Cause;
            }
        }

        pinned.ForEach(handle => handle.Free());
    }

    private static object Aligned(Array array) => typeof(GroupComparison).GetMethod(nameof(AlignedCopy), BindingFlags.NonPublic | BindingFlags.Static)!
        .MakeGenericMethod(array.GetType().GetElementType()!).Invoke(null, [array])!;

    private static unsafe T[] AlignedCopy<T>(T[] array)
        where T : unmanaged
    {
        const int MaximumTries = 64;
        for (int i = 0; i < MaximumTries; i++)
        {
            T[] copy = GC.AllocateUninitializedArray<T>(array.Length, pinned: true);
            if (array.Length == 0 || (nint)Unsafe.AsPointer(ref copy[0]) % 16 == 0)
            {
                array.CopyTo(copy, 0);
                return copy;
            }

            // As large, so that it comes from the same place: with one of the two sizes the next array begins elsewhere.
            _ = GC.AllocateUninitializedArray<byte>((array.Length * sizeof(T)) + (i % 2 == 0 ? 1 : 9), pinned: true);
        }

        throw new InvalidOperationException($"GroupComparison: none of {MaximumTries} arrays began at a multiple of 16.");
    }

    private static void RunItem(MethodInfo method, object[] views, GroupState group, WorkItem item)
    {
        WorkItem.Enter(item);
        try
        {
            method.Invoke(null, views);
            group.End(item, null);
        }
        catch (TargetInvocationException failure)
        {
            group.End(item, failure.InnerException);
        }

        WorkItem.Enter(null);
    }
}
