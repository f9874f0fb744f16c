using GpuRnn.Compiler.Tests.Language;
using GpuRnn.KernelModel;
using GpuRnn.Testing;

namespace GpuRnn.Compiler.Tests;

/// <summary>Views of every kind as generated OpenCL against plain C#.</summary>
public sealed class ViewTests
{
    private const int Length = 33;

    [OpenClTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void ViewsOfStructs_FollowTheRunTimesLayout(bool isOptimised)
    {
        Type particle = CompiledKernels.Method(typeof(MemoryKernels), nameof(MemoryKernels.Structs), isOptimised)
            .GetParameters()[1].ParameterType.GetGenericArguments()[0];
        Array particles = Array.CreateInstance(particle, Length);
        Random random = new(3);
        System.Runtime.InteropServices.GCHandle pin = System.Runtime.InteropServices.GCHandle.Alloc(particles, System.Runtime.InteropServices.GCHandleType.Pinned);
        unsafe
        {
            MemoryKernels.Particle* start = (MemoryKernels.Particle*)pin.AddrOfPinnedObject();
            for (int i = 0; i < Length; i++)
            {
                start[i] = new MemoryKernels.Particle
                {
                    Kind = (byte)random.Next(),
                    Mass = random.NextDouble(),
                    Place = new MemoryKernels.Position { X = random.NextSingle(), Y = random.NextSingle() },
                    IsAlive = i % 2 == 0,
                    Charge = (short)random.Next(),
                };
            }
        }

        pin.Free();
        Compare(nameof(MemoryKernels.Structs), isOptimised, particles, new float[Length]);
    }

    [OpenClTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void SharedStructs_KeepTheirFieldsApart(bool isOptimised) => GroupComparison.Run(
        CompiledKernels.Method(typeof(MemoryKernels), nameof(MemoryKernels.SharedStructs), isOptimised), new KernelConfig(2, 32), new float[64]);

    [OpenClTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void Casts_SeeTheSameBytes(bool isOptimised) => Compare(nameof(MemoryKernels.Casts), isOptimised, Integers(), new float[Length]);

    [OpenClTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void SubViews_BeginWhereTheyShould(bool isOptimised) => Compare(nameof(MemoryKernels.SubViews), isOptimised, Integers(), new int[Length]);

    [OpenClTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void LocalArrays_AreIndexedAtRunTime(bool isOptimised) => Compare(nameof(MemoryKernels.LocalArrays), isOptimised, Integers(), new int[Length]);

    private static int[] Integers()
    {
        Random random = new(9);
        return [.. Enumerable.Range(0, Length).Select(_ => random.Next(int.MinValue, int.MaxValue))];
    }

    private static void Compare(string kernel, bool isOptimised, params object[] arguments) =>
        KernelComparison.Run(CompiledKernels.Method(typeof(MemoryKernels), kernel, isOptimised), Length, arguments);
}
