#pragma OPENCL FP_CONTRACT OFF

// Dropout.Forward
__kernel void Dropout_Forward(
    __global float* source,
    const long source_offset,
    const long source_elements,
    const long source_extent,
    __global float* result,
    const long result_offset,
    const long result_elements,
    const long result_extent,
    const int n,
    const int threshold,
    const float scale,
    const int seedLow,
    const int seedHigh,
    const long firstBlock,
    const int extent_x)
{
    if ((int)get_global_id(0) >= extent_x)
    {
        return;
    }

    source += source_offset;
    result += result_offset;
    float t0;
    float t1;
    float t2;
    float t3;
    const int t4 = (int)get_global_id(0);
    const int t5 = (int)((uint)t4 * 4u);
    const long t6 = (long)((ulong)firstBlock + (ulong)(long)t4);
    const long t7 = (long)(3528531795ul * (ulong)(long)(uint)(int)(ulong)t6);
    const int t8 = (int)((uint)seedLow + 2654435769u);
    const int t9 = (int)((uint)seedHigh + 3144134277u);
    const long t10 = (long)(3528531795ul * (ulong)(long)(uint)((int)((ulong)t6 >> 32) ^ seedLow));
    const long t11 = (long)(3449720151ul * (ulong)(long)(uint)((int)((ulong)t7 >> 32) ^ seedHigh));
    const int t12 = (int)((uint)t8 + 2654435769u);
    const int t13 = (int)((uint)t9 + 3144134277u);
    const long t14 = (long)(3528531795ul * (ulong)(long)(uint)((int)((ulong)t11 >> 32) ^ t8));
    const long t15 = (long)(3449720151ul * (ulong)(long)(uint)(((int)((ulong)t10 >> 32) ^ (int)(ulong)t7) ^ t9));
    const int t16 = (int)((uint)t12 + 2654435769u);
    const int t17 = (int)((uint)t13 + 3144134277u);
    const long t18 = (long)(3528531795ul * (ulong)(long)(uint)(((int)((ulong)t15 >> 32) ^ (int)(ulong)t11) ^ t12));
    const long t19 = (long)(3449720151ul * (ulong)(long)(uint)(((int)((ulong)t14 >> 32) ^ (int)(ulong)t10) ^ t13));
    const int t20 = (int)((uint)t16 + 2654435769u);
    const int t21 = (int)((uint)t17 + 3144134277u);
    const long t22 = (long)(3528531795ul * (ulong)(long)(uint)(((int)((ulong)t19 >> 32) ^ (int)(ulong)t15) ^ t16));
    const long t23 = (long)(3449720151ul * (ulong)(long)(uint)(((int)((ulong)t18 >> 32) ^ (int)(ulong)t14) ^ t17));
    const int t24 = (int)((uint)t20 + 2654435769u);
    const int t25 = (int)((uint)t21 + 3144134277u);
    const long t26 = (long)(3528531795ul * (ulong)(long)(uint)(((int)((ulong)t23 >> 32) ^ (int)(ulong)t19) ^ t20));
    const long t27 = (long)(3449720151ul * (ulong)(long)(uint)(((int)((ulong)t22 >> 32) ^ (int)(ulong)t18) ^ t21));
    const int t28 = (int)((uint)t24 + 2654435769u);
    const int t29 = (int)((uint)t25 + 3144134277u);
    const long t30 = (long)(3528531795ul * (ulong)(long)(uint)(((int)((ulong)t27 >> 32) ^ (int)(ulong)t23) ^ t24));
    const long t31 = (long)(3449720151ul * (ulong)(long)(uint)(((int)((ulong)t26 >> 32) ^ (int)(ulong)t22) ^ t25));
    const int t32 = (int)((uint)t28 + 2654435769u);
    const int t33 = (int)((uint)t29 + 3144134277u);
    const long t34 = (long)(3528531795ul * (ulong)(long)(uint)(((int)((ulong)t31 >> 32) ^ (int)(ulong)t27) ^ t28));
    const long t35 = (long)(3449720151ul * (ulong)(long)(uint)(((int)((ulong)t30 >> 32) ^ (int)(ulong)t26) ^ t29));
    const int t36 = (int)((uint)t32 + 2654435769u);
    const int t37 = (int)((uint)t33 + 3144134277u);
    const long t38 = (long)(3528531795ul * (ulong)(long)(uint)(((int)((ulong)t35 >> 32) ^ (int)(ulong)t31) ^ t32));
    const long t39 = (long)(3449720151ul * (ulong)(long)(uint)(((int)((ulong)t34 >> 32) ^ (int)(ulong)t30) ^ t33));
    const long t40 = (long)(3528531795ul * (ulong)(long)(uint)(((int)((ulong)t39 >> 32) ^ (int)(ulong)t35) ^ t36));
    const long t41 = (long)(3449720151ul * (ulong)(long)(uint)(((int)((ulong)t38 >> 32) ^ (int)(ulong)t34) ^ t37));
    const int t42 = ((int)((ulong)t41 >> 32) ^ (int)(ulong)t39) ^ (int)((uint)t36 + 2654435769u);
    const int t43 = ((int)((ulong)t40 >> 32) ^ (int)(ulong)t38) ^ (int)((uint)t37 + 3144134277u);
    const int t44 = (int)(ulong)t41;
    const int t45 = (int)(ulong)t40;
    if (!(n <= t5))
    {
        const long t46 = (long)t5;
        if ((int)((uint)t42 >> 8) < threshold)
        {
            t0 = 0.0f;
        }
        else
        {
            const float t47 = source[t46];
            t0 = t47 * scale;
        }
        result[t46] = t0;
    }
    const int t48 = (int)((uint)t5 + 1u);
    if (!(n <= t48))
    {
        const long t49 = (long)t48;
        if ((int)((uint)t44 >> 8) < threshold)
        {
            t1 = 0.0f;
        }
        else
        {
            const float t50 = source[t49];
            t1 = t50 * scale;
        }
        result[t49] = t1;
    }
    const int t51 = (int)((uint)t5 + 2u);
    if (!(n <= t51))
    {
        const long t52 = (long)t51;
        if ((int)((uint)t43 >> 8) < threshold)
        {
            t2 = 0.0f;
        }
        else
        {
            const float t53 = source[t52];
            t2 = t53 * scale;
        }
        result[t52] = t2;
    }
    const int t54 = (int)((uint)t5 + 3u);
    if (!(n <= t54))
    {
        const long t55 = (long)t54;
        if ((int)((uint)t45 >> 8) < threshold)
        {
            t3 = 0.0f;
        }
        else
        {
            const float t56 = source[t55];
            t3 = t56 * scale;
        }
        result[t55] = t3;
    }
}
