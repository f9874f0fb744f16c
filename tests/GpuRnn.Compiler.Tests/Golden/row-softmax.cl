#pragma OPENCL FP_CONTRACT OFF

// RowSoftmax.Forward
__kernel void RowSoftmax_Forward(
    __global float* source,
    const long source_offset,
    const long source_elements,
    const long source_extent,
    __global float* result,
    const long result_offset,
    const long result_elements,
    const long result_extent,
    const int v,
    const int extent_x)
{
    if ((int)get_global_id(0) >= extent_x)
    {
        return;
    }

    source += source_offset;
    result += result_offset;
    float t0;
    int t1;
    float t2;
    float t3;
    int t4;
    float t5;
    float t6;
    int t7;
    const int t8 = (int)((uint)(int)get_global_id(0) * (uint)v);
    t0 = as_float(0xff800000u);
    t1 = 0;
    for (;;)
    {
        if (t1 < v)
        {
            const float t9 = source[(long)(int)((uint)t8 + (uint)t1)];
            if (t9 < t0)
            {
                t2 = t0;
            }
            else
            {
                t2 = t9;
            }
            t0 = t2;
            t1 = (int)((uint)t1 + 1u);
        }
        else
        {
            t3 = 0.0f;
            t4 = 0;
            break;
        }
    }
    for (;;)
    {
        if (t4 < v)
        {
            const long t10 = (long)(int)((uint)t8 + (uint)t4);
            const float t11 = source[t10];
            const float t12 = t11 - t0;
            if (89.0f < t12)
            {
                t5 = 89.0f;
            }
            else
            {
                t5 = t12;
            }
            if (t5 < -104.0f)
            {
                t6 = -104.0f;
            }
            else
            {
                t6 = t5;
            }
            const float t13 = fma(t6, 1.442695f, 12583039.0f) - 12583039.0f;
            const float t14 = fma(t13, 1.9046542E-09f, fma(t13, -0.6931472f, t6));
            const float t15 = fma(fma(fma(fma(fma(fma(0.0013869844f, t14, 0.008366447f), t14, 0.041667446f), t14, 0.16666545f), t14, 0.49999997f), t14, 1.0f), t14, 1.0f);
            const float t16 = fma(t13, 0.5f, 12583039.0f);
            const float t17 = as_float((int)((uint)as_int((t13 - (t16 - 12583039.0f)) + 12583039.0f) << 23));
            const float t18 = (t15 * as_float((int)((uint)as_int(t16) << 23))) * t17;
            result[t10] = t18;
            t3 = t3 + t18;
            t4 = (int)((uint)t4 + 1u);
        }
        else
        {
            t7 = 0;
            break;
        }
    }
    for (;;)
    {
        if (t7 < v)
        {
            const float t19 = result[(long)(int)((uint)t8 + (uint)t7)];
            result[(long)(int)((uint)t8 + (uint)t7)] = t19 / t3;
            t7 = (int)((uint)t7 + 1u);
        }
        else
        {
            break;
        }
    }
}
