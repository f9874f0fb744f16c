#pragma OPENCL FP_CONTRACT OFF

// StepNodeForward.Forward<LstmNode>
__kernel void StepNodeForward_Forward_LstmNode(
    __global float* inputs,
    const long inputs_offset,
    const long inputs_elements,
    const long inputs_extent,
    __global float* products,
    const long products_offset,
    const long products_elements,
    const long products_extent,
    __global float* states,
    const long states_offset,
    const long states_elements,
    const long states_extent,
    __global float* values,
    const long values_offset,
    const long values_elements,
    const long values_extent,
    __global float* parameters,
    const long parameters_offset,
    const long parameters_elements,
    const long parameters_extent,
    __global int* table,
    const long table_offset,
    const long table_elements,
    const long table_extent,
    const int width,
    const int inputRow,
    const int previousRow,
    const int nextRow,
    const int valueRow,
    const int extent_x)
{
    if ((int)get_global_id(0) >= extent_x)
    {
        return;
    }

    inputs += inputs_offset;
    products += products_offset;
    states += states_offset;
    values += values_offset;
    parameters += parameters_offset;
    table += table_offset;
    float t0;
    float t1;
    float t2;
    float t3;
    float t4;
    float t5;
    float t6;
    float t7;
    const int t8 = (int)get_global_id(0);
    const int t9 = t8 / width;
    const int t10 = t8 % width;
    const int t11 = (int)((uint)inputRow + (uint)t9);
    const int t12 = (int)((uint)previousRow + (uint)t9);
    const int t13 = (int)((uint)nextRow + (uint)t9);
    const int t14 = (int)((uint)valueRow + (uint)t9);
    const int t15 = table[0];
    const int t16 = table[(long)t15];
    const int t17 = table[(long)(int)((uint)t15 + 1u)];
    const int t18 = table[(long)(int)((uint)t15 + 2u)];
    const float t19 = inputs[(long)(int)(((uint)t16 + ((uint)t11 * (uint)t17)) + ((uint)t10 * (uint)t18))];
    const int t20 = table[1l];
    const int t21 = table[(long)t20];
    const int t22 = table[(long)(int)((uint)t20 + 1u)];
    const int t23 = table[(long)(int)((uint)t20 + 2u)];
    const float t24 = products[(long)(int)(((uint)t21 + ((uint)t9 * (uint)t22)) + ((uint)t10 * (uint)t23))];
    const float t25 = t19 + t24;
    if (70.0f < t25)
    {
        t0 = 70.0f;
    }
    else
    {
        t0 = t25;
    }
    if (t0 < -104.5f)
    {
        t1 = -104.5f;
    }
    else
    {
        t1 = t0;
    }
    const float t26 = fma(t1, -1.442695f, 12583015.0f);
    const float t27 = t26 - 12583015.0f;
    const float t28 = fma(t27, -1.9046542E-09f, fma(t27, 0.6931472f, t1));
    const float t29 = fma(fma(fma(fma(fma(fma(0.0013869844f, t28, -0.008366447f), t28, 0.041667446f), t28, -0.16666545f), t28, 0.49999997f), t28, -1.0f), t28, 1.0f);
    const float t30 = 5.9604645E-08f / fma(t29, as_float((int)((uint)as_int(t26) << 23)), 5.9604645E-08f);
    const int t31 = (int)((uint)t15 + 3u);
    const int t32 = table[(long)t31];
    const int t33 = table[(long)(int)((uint)t31 + 1u)];
    const int t34 = table[(long)(int)((uint)t31 + 2u)];
    const float t35 = inputs[(long)(int)(((uint)t32 + ((uint)t11 * (uint)t33)) + ((uint)t10 * (uint)t34))];
    const int t36 = (int)((uint)t20 + 3u);
    const int t37 = table[(long)t36];
    const int t38 = table[(long)(int)((uint)t36 + 1u)];
    const int t39 = table[(long)(int)((uint)t36 + 2u)];
    const float t40 = products[(long)(int)(((uint)t37 + ((uint)t9 * (uint)t38)) + ((uint)t10 * (uint)t39))];
    const float t41 = t35 + t40;
    if (70.0f < t41)
    {
        t2 = 70.0f;
    }
    else
    {
        t2 = t41;
    }
    if (t2 < -104.5f)
    {
        t3 = -104.5f;
    }
    else
    {
        t3 = t2;
    }
    const float t42 = fma(t3, -1.442695f, 12583015.0f);
    const float t43 = t42 - 12583015.0f;
    const float t44 = fma(t43, -1.9046542E-09f, fma(t43, 0.6931472f, t3));
    const float t45 = fma(fma(fma(fma(fma(fma(0.0013869844f, t44, -0.008366447f), t44, 0.041667446f), t44, -0.16666545f), t44, 0.49999997f), t44, -1.0f), t44, 1.0f);
    const float t46 = 5.9604645E-08f / fma(t45, as_float((int)((uint)as_int(t42) << 23)), 5.9604645E-08f);
    const int t47 = (int)((uint)t15 + 6u);
    const int t48 = table[(long)t47];
    const int t49 = table[(long)(int)((uint)t47 + 1u)];
    const int t50 = table[(long)(int)((uint)t47 + 2u)];
    const float t51 = inputs[(long)(int)(((uint)t48 + ((uint)t11 * (uint)t49)) + ((uint)t10 * (uint)t50))];
    const int t52 = (int)((uint)t20 + 6u);
    const int t53 = table[(long)t52];
    const int t54 = table[(long)(int)((uint)t52 + 1u)];
    const int t55 = table[(long)(int)((uint)t52 + 2u)];
    const float t56 = products[(long)(int)(((uint)t53 + ((uint)t9 * (uint)t54)) + ((uint)t10 * (uint)t55))];
    const float t57 = t51 + t56;
    const float t58 = fabs(t57);
    if (9.5f < t58)
    {
        t4 = 9.5f;
    }
    else
    {
        t4 = t58;
    }
    const float t59 = t4 + t4;
    const float t60 = fma(t59, 1.442695f, 12583039.0f);
    const float t61 = t60 - 12583039.0f;
    const float t62 = fma(t61, 1.9046542E-09f, fma(t61, -0.6931472f, t59));
    const float t63 = fma(fma(fma(fma(fma(0.0013869844f, t62, 0.008366447f), t62, 0.041667446f), t62, 0.16666545f), t62, 0.49999997f) * t62, t62, t62);
    const float t64 = as_float((int)((uint)as_int(t60) << 23));
    const float t65 = fma(t64, t63, t64 - 1.0f);
    const float t66 = as_float((as_int(t65 / (t65 + 2.0f)) & 2147483647) | (as_int(t57) & (-2147483647 - 1)));
    const int t67 = (int)((uint)t15 + 9u);
    const int t68 = table[(long)t67];
    const int t69 = table[(long)(int)((uint)t67 + 1u)];
    const int t70 = table[(long)(int)((uint)t67 + 2u)];
    const float t71 = inputs[(long)(int)(((uint)t68 + ((uint)t11 * (uint)t69)) + ((uint)t10 * (uint)t70))];
    const int t72 = (int)((uint)t20 + 9u);
    const int t73 = table[(long)t72];
    const int t74 = table[(long)(int)((uint)t72 + 1u)];
    const int t75 = table[(long)(int)((uint)t72 + 2u)];
    const float t76 = products[(long)(int)(((uint)t73 + ((uint)t9 * (uint)t74)) + ((uint)t10 * (uint)t75))];
    const float t77 = t71 + t76;
    if (70.0f < t77)
    {
        t5 = 70.0f;
    }
    else
    {
        t5 = t77;
    }
    if (t5 < -104.5f)
    {
        t6 = -104.5f;
    }
    else
    {
        t6 = t5;
    }
    const float t78 = fma(t6, -1.442695f, 12583015.0f);
    const float t79 = t78 - 12583015.0f;
    const float t80 = fma(t79, -1.9046542E-09f, fma(t79, 0.6931472f, t6));
    const float t81 = fma(fma(fma(fma(fma(fma(0.0013869844f, t80, -0.008366447f), t80, 0.041667446f), t80, -0.16666545f), t80, 0.49999997f), t80, -1.0f), t80, 1.0f);
    const float t82 = 5.9604645E-08f / fma(t81, as_float((int)((uint)as_int(t78) << 23)), 5.9604645E-08f);
    const int t83 = table[2l];
    const int t84 = (int)((uint)t83 + 3u);
    const int t85 = table[(long)t84];
    const int t86 = table[(long)(int)((uint)t84 + 1u)];
    const int t87 = table[(long)(int)((uint)t84 + 2u)];
    const float t88 = states[(long)(int)(((uint)t85 + ((uint)t12 * (uint)t86)) + ((uint)t10 * (uint)t87))];
    const float t89 = fma(t46, t88, t30 * t66);
    const int t90 = table[4l];
    const int t91 = table[(long)t90];
    const int t92 = table[(long)(int)((uint)t90 + 1u)];
    const int t93 = table[(long)(int)((uint)t90 + 2u)];
    values[(long)(int)(((uint)t91 + ((uint)t14 * (uint)t92)) + ((uint)t10 * (uint)t93))] = t30;
    const int t94 = table[4l];
    const int t95 = (int)((uint)t94 + 3u);
    const int t96 = table[(long)t95];
    const int t97 = table[(long)(int)((uint)t95 + 1u)];
    const int t98 = table[(long)(int)((uint)t95 + 2u)];
    values[(long)(int)(((uint)t96 + ((uint)t14 * (uint)t97)) + ((uint)t10 * (uint)t98))] = t46;
    const int t99 = table[4l];
    const int t100 = (int)((uint)t99 + 6u);
    const int t101 = table[(long)t100];
    const int t102 = table[(long)(int)((uint)t100 + 1u)];
    const int t103 = table[(long)(int)((uint)t100 + 2u)];
    values[(long)(int)(((uint)t101 + ((uint)t14 * (uint)t102)) + ((uint)t10 * (uint)t103))] = t66;
    const int t104 = table[4l];
    const int t105 = (int)((uint)t104 + 9u);
    const int t106 = table[(long)t105];
    const int t107 = table[(long)(int)((uint)t105 + 1u)];
    const int t108 = table[(long)(int)((uint)t105 + 2u)];
    values[(long)(int)(((uint)t106 + ((uint)t14 * (uint)t107)) + ((uint)t10 * (uint)t108))] = t82;
    const int t109 = table[3l];
    const int t110 = (int)((uint)t109 + 3u);
    const int t111 = table[(long)t110];
    const int t112 = table[(long)(int)((uint)t110 + 1u)];
    const int t113 = table[(long)(int)((uint)t110 + 2u)];
    states[(long)(int)(((uint)t111 + ((uint)t13 * (uint)t112)) + ((uint)t10 * (uint)t113))] = t89;
    const float t114 = fabs(t89);
    if (9.5f < t114)
    {
        t7 = 9.5f;
    }
    else
    {
        t7 = t114;
    }
    const float t115 = t7 + t7;
    const float t116 = fma(t115, 1.442695f, 12583039.0f);
    const float t117 = t116 - 12583039.0f;
    const float t118 = fma(t117, 1.9046542E-09f, fma(t117, -0.6931472f, t115));
    const float t119 = fma(fma(fma(fma(fma(0.0013869844f, t118, 0.008366447f), t118, 0.041667446f), t118, 0.16666545f), t118, 0.49999997f) * t118, t118, t118);
    const float t120 = as_float((int)((uint)as_int(t116) << 23));
    const float t121 = fma(t120, t119, t120 - 1.0f);
    const float t122 = as_float((as_int(t121 / (t121 + 2.0f)) & 2147483647) | (as_int(t89) & (-2147483647 - 1)));
    const int t123 = table[3l];
    const int t124 = table[(long)t123];
    const int t125 = table[(long)(int)((uint)t123 + 1u)];
    const int t126 = table[(long)(int)((uint)t123 + 2u)];
    states[(long)(int)(((uint)t124 + ((uint)t13 * (uint)t125)) + ((uint)t10 * (uint)t126))] = t82 * t122;
}
