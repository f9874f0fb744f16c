#pragma OPENCL FP_CONTRACT OFF

// MatMulTiled.Forward
__kernel void MatMulTiled_Forward(
    __global float* a,
    const long a_offset,
    const long a_elements,
    const long a_extent,
    __global float* b,
    const long b_offset,
    const long b_elements,
    const long b_extent,
    __global float* c,
    const long c_offset,
    const long c_elements,
    const long c_extent,
    __global float* bias,
    const long bias_offset,
    const long bias_elements,
    const long bias_extent,
    const int m,
    const int n,
    const int k,
    const int aRowStride,
    const int aColumnStride,
    const int bRowStride,
    const int bColumnStride,
    const int cRowStride,
    const int accumulate,
    const int hasBias)
{
    a += a_offset;
    b += b_offset;
    c += c_offset;
    bias += bias_offset;
    __local float t0[256];
    __local float t1[256];
    float t2;
    int t3;
    float t4;
    float t5;
    float t6;
    float t7;
    const int t8 = (int)get_local_id(0);
    const int t9 = (int)get_local_id(1);
    const int t10 = (int)(((uint)(int)get_group_id(0) * 16u) + (uint)t8);
    const int t11 = (int)(((uint)(int)get_group_id(1) * 16u) + (uint)t9);
    const int t12 = (int)((uint)t9 * 16u);
    const long t13 = (long)(int)((uint)t12 + (uint)t8);
    const bool t14 = m <= t11;
    const int t15 = (int)((uint)t11 * (uint)aRowStride);
    const bool t16 = t10 < n;
    const int t17 = (int)((uint)t10 * (uint)bColumnStride);
    t2 = 0.0f;
    t3 = 0;
    for (;;)
    {
        if (t3 < k)
        {
            const int t18 = (int)((uint)t3 + (uint)t8);
            const int t19 = (int)((uint)t3 + (uint)t9);
            if (t14)
            {
                t4 = 0.0f;
            }
            else
            {
                if (t18 < k)
                {
                    const float t20 = a[(long)(int)((uint)t15 + ((uint)t18 * (uint)aColumnStride))];
                    t4 = t20;
                }
                else
                {
                    t4 = 0.0f;
                }
            }
            t0[t13] = t4;
            if (k <= t19)
            {
                t5 = 0.0f;
            }
            else
            {
                if (t16)
                {
                    const float t21 = b[(long)(int)(((uint)t19 * (uint)bRowStride) + (uint)t17)];
                    t5 = t21;
                }
                else
                {
                    t5 = 0.0f;
                }
            }
            t1[t13] = t5;
            barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
            const float t22 = t0[(long)t12];
            const float t23 = t1[(long)t8];
            const float t24 = t0[(long)(int)((uint)t12 + 1u)];
            const float t25 = t1[(long)(int)(16u + (uint)t8)];
            const float t26 = t0[(long)(int)((uint)t12 + 2u)];
            const float t27 = t1[(long)(int)(32u + (uint)t8)];
            const float t28 = t0[(long)(int)((uint)t12 + 3u)];
            const float t29 = t1[(long)(int)(48u + (uint)t8)];
            const float t30 = t0[(long)(int)((uint)t12 + 4u)];
            const float t31 = t1[(long)(int)(64u + (uint)t8)];
            const float t32 = t0[(long)(int)((uint)t12 + 5u)];
            const float t33 = t1[(long)(int)(80u + (uint)t8)];
            const float t34 = fma(t32, t33, fma(t30, t31, fma(t28, t29, fma(t26, t27, fma(t24, t25, fma(t22, t23, t2))))));
            const float t35 = t0[(long)(int)((uint)t12 + 6u)];
            const float t36 = t1[(long)(int)(96u + (uint)t8)];
            const float t37 = t0[(long)(int)((uint)t12 + 7u)];
            const float t38 = t1[(long)(int)(112u + (uint)t8)];
            const float t39 = t0[(long)(int)((uint)t12 + 8u)];
            const float t40 = t1[(long)(int)(128u + (uint)t8)];
            const float t41 = t0[(long)(int)((uint)t12 + 9u)];
            const float t42 = t1[(long)(int)(144u + (uint)t8)];
            const float t43 = t0[(long)(int)((uint)t12 + 10u)];
            const float t44 = t1[(long)(int)(160u + (uint)t8)];
            const float t45 = t0[(long)(int)((uint)t12 + 11u)];
            const float t46 = t1[(long)(int)(176u + (uint)t8)];
            const float t47 = fma(t45, t46, fma(t43, t44, fma(t41, t42, fma(t39, t40, fma(t37, t38, fma(t35, t36, t34))))));
            const float t48 = t0[(long)(int)((uint)t12 + 12u)];
            const float t49 = t1[(long)(int)(192u + (uint)t8)];
            const float t50 = t0[(long)(int)((uint)t12 + 13u)];
            const float t51 = t1[(long)(int)(208u + (uint)t8)];
            const float t52 = t0[(long)(int)((uint)t12 + 14u)];
            const float t53 = t1[(long)(int)(224u + (uint)t8)];
            const float t54 = t0[(long)(int)((uint)t12 + 15u)];
            const float t55 = t1[(long)(int)(240u + (uint)t8)];
            barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
            t2 = fma(t54, t55, fma(t52, t53, fma(t50, t51, fma(t48, t49, t47))));
            t3 = (int)((uint)t3 + 16u);
        }
        else
        {
            break;
        }
    }
    if (!(t14))
    {
        if (!(n <= t10))
        {
            const int t56 = (int)(((uint)t11 * (uint)cRowStride) + (uint)t10);
            if (accumulate == 0)
            {
                t6 = t2;
            }
            else
            {
                const float t57 = c[(long)t56];
                t6 = t2 + t57;
            }
            if (hasBias == 0)
            {
                t7 = t6;
            }
            else
            {
                const float t58 = bias[(long)t10];
                t7 = t6 + t58;
            }
            c[(long)t56] = t7;
        }
    }
}
