using GpuRnn.Kernels.Elementwise;

namespace GpuRnn.Compiler.Tests;

/// <summary>Whole texts, so that a change of form is seen.</summary>
public sealed class TextTests
{
    [Fact]
    public void Scale_AsIntermediateText_IsOneInstructionALine() => Assert.Equal(
        """
        kernel Scale.Forward(f32* global source, i64 source_elements, i64 source_extent, f32* global result, i64 result_elements, i64 result_extent, f32 factor)
        b0:
            i32 %0 = LaunchIndexX
            i64 %1 = Convert %0
            f32* global %2 = ElementAddress result, %1
            f32* global %3 = ElementAddress source, %1
            f32 %4 = Load %3
            f32 %5 = Multiply factor, %4
            Store %2, %5
            return

        """,
        KernelCompiler.ToIntermediateText(CompiledKernels.Method(typeof(Scale), "Forward")));

    [Fact]
    public void Scale_AsOpenCl_GuardsTheExtentAndKeepsTheNames() => Assert.Equal(
        """
        #pragma OPENCL FP_CONTRACT OFF

        // Scale.Forward
        __kernel void Scale_Forward(
            __global float* source,
            const long source_offset,
            const long source_elements,
            const long source_extent,
            __global float* result,
            const long result_offset,
            const long result_elements,
            const long result_extent,
            const float factor,
            const int extent_x)
        {
            if ((int)get_global_id(0) >= extent_x)
            {
                return;
            }

            source += source_offset;
            result += result_offset;
            const long t0 = (long)(int)get_global_id(0);
            const float t1 = source[t0];
            result[t0] = factor * t1;
        }

        """,
        KernelCompiler.ToOpenCl(CompiledKernels.Method(typeof(Scale), "Forward")));

    [Fact]
    public void Compiling_Twice_GivesTheSameText()
    {
        foreach (System.Reflection.MethodInfo method in CompiledKernels.ForOpenCl.Values)
        {
            Assert.Equal(KernelCompiler.ToOpenCl(method), KernelCompiler.ToOpenCl(method));
        }
    }
}
