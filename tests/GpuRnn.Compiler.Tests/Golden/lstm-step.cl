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
    const float t26 = -t1;
    const float t27 = fma(t26, 1.442695f, 12583015.0f);
    const float t28 = t27 - 12583015.0f;
    const float t29 = fma(t28, 1.9046542E-09f, fma(t28, -0.6931472f, t26));
    const float t30 = fma(fma(fma(fma(fma(fma(0.0013869844f, t29, 0.008366447f), t29, 0.041667446f), t29, 0.16666545f), t29, 0.49999997f), t29, 1.0f), t29, 1.0f);
    const float t31 = 5.9604645E-08f / fma(t30, as_float((int)((uint)as_int(t27) << 23)), 5.9604645E-08f);
    const int t32 = (int)((uint)t15 + 3u);
    const int t33 = table[(long)t32];
    const int t34 = table[(long)(int)((uint)t32 + 1u)];
    const int t35 = table[(long)(int)((uint)t32 + 2u)];
    const float t36 = inputs[(long)(int)(((uint)t33 + ((uint)t11 * (uint)t34)) + ((uint)t10 * (uint)t35))];
    const int t37 = (int)((uint)t20 + 3u);
    const int t38 = table[(long)t37];
    const int t39 = table[(long)(int)((uint)t37 + 1u)];
    const int t40 = table[(long)(int)((uint)t37 + 2u)];
    const float t41 = products[(long)(int)(((uint)t38 + ((uint)t9 * (uint)t39)) + ((uint)t10 * (uint)t40))];
    const float t42 = t36 + t41;
    if (70.0f < t42)
    {
        t2 = 70.0f;
    }
    else
    {
        t2 = t42;
    }
    if (t2 < -104.5f)
    {
        t3 = -104.5f;
    }
    else
    {
        t3 = t2;
    }
    const float t43 = -t3;
    const float t44 = fma(t43, 1.442695f, 12583015.0f);
    const float t45 = t44 - 12583015.0f;
    const float t46 = fma(t45, 1.9046542E-09f, fma(t45, -0.6931472f, t43));
    const float t47 = fma(fma(fma(fma(fma(fma(0.0013869844f, t46, 0.008366447f), t46, 0.041667446f), t46, 0.16666545f), t46, 0.49999997f), t46, 1.0f), t46, 1.0f);
    const float t48 = 5.9604645E-08f / fma(t47, as_float((int)((uint)as_int(t44) << 23)), 5.9604645E-08f);
    const int t49 = (int)((uint)t15 + 6u);
    const int t50 = table[(long)t49];
    const int t51 = table[(long)(int)((uint)t49 + 1u)];
    const int t52 = table[(long)(int)((uint)t49 + 2u)];
    const float t53 = inputs[(long)(int)(((uint)t50 + ((uint)t11 * (uint)t51)) + ((uint)t10 * (uint)t52))];
    const int t54 = (int)((uint)t20 + 6u);
    const int t55 = table[(long)t54];
    const int t56 = table[(long)(int)((uint)t54 + 1u)];
    const int t57 = table[(long)(int)((uint)t54 + 2u)];
    const float t58 = products[(long)(int)(((uint)t55 + ((uint)t9 * (uint)t56)) + ((uint)t10 * (uint)t57))];
    const float t59 = t53 + t58;
    const float t60 = fabs(t59);
    if (9.5f < t60)
    {
        t4 = 9.5f;
    }
    else
    {
        t4 = t60;
    }
    const float t61 = t4 + t4;
    const float t62 = fma(t61, 1.442695f, 12583039.0f);
    const float t63 = t62 - 12583039.0f;
    const float t64 = fma(t63, 1.9046542E-09f, fma(t63, -0.6931472f, t61));
    const float t65 = fma(fma(fma(fma(fma(0.0013869844f, t64, 0.008366447f), t64, 0.041667446f), t64, 0.16666545f), t64, 0.49999997f) * t64, t64, t64);
    const float t66 = as_float((int)((uint)as_int(t62) << 23));
    const float t67 = fma(t66, t65, t66 - 1.0f);
    const float t68 = as_float((as_int(t67 / (t67 + 2.0f)) & 2147483647) | (as_int(t59) & (-2147483647 - 1)));
    const int t69 = (int)((uint)t15 + 9u);
    const int t70 = table[(long)t69];
    const int t71 = table[(long)(int)((uint)t69 + 1u)];
    const int t72 = table[(long)(int)((uint)t69 + 2u)];
    const float t73 = inputs[(long)(int)(((uint)t70 + ((uint)t11 * (uint)t71)) + ((uint)t10 * (uint)t72))];
    const int t74 = (int)((uint)t20 + 9u);
    const int t75 = table[(long)t74];
    const int t76 = table[(long)(int)((uint)t74 + 1u)];
    const int t77 = table[(long)(int)((uint)t74 + 2u)];
    const float t78 = products[(long)(int)(((uint)t75 + ((uint)t9 * (uint)t76)) + ((uint)t10 * (uint)t77))];
    const float t79 = t73 + t78;
    if (70.0f < t79)
    {
        t5 = 70.0f;
    }
    else
    {
        t5 = t79;
    }
    if (t5 < -104.5f)
    {
        t6 = -104.5f;
    }
    else
    {
        t6 = t5;
    }
    const float t80 = -t6;
    const float t81 = fma(t80, 1.442695f, 12583015.0f);
    const float t82 = t81 - 12583015.0f;
    const float t83 = fma(t82, 1.9046542E-09f, fma(t82, -0.6931472f, t80));
    const float t84 = fma(fma(fma(fma(fma(fma(0.0013869844f, t83, 0.008366447f), t83, 0.041667446f), t83, 0.16666545f), t83, 0.49999997f), t83, 1.0f), t83, 1.0f);
    const float t85 = 5.9604645E-08f / fma(t84, as_float((int)((uint)as_int(t81) << 23)), 5.9604645E-08f);
    const int t86 = table[2l];
    const int t87 = (int)((uint)t86 + 3u);
    const int t88 = table[(long)t87];
    const int t89 = table[(long)(int)((uint)t87 + 1u)];
    const int t90 = table[(long)(int)((uint)t87 + 2u)];
    const float t91 = states[(long)(int)(((uint)t88 + ((uint)t12 * (uint)t89)) + ((uint)t10 * (uint)t90))];
    const float t92 = fma(t48, t91, t31 * t68);
    const int t93 = table[4l];
    const int t94 = table[(long)t93];
    const int t95 = table[(long)(int)((uint)t93 + 1u)];
    const int t96 = table[(long)(int)((uint)t93 + 2u)];
    values[(long)(int)(((uint)t94 + ((uint)t14 * (uint)t95)) + ((uint)t10 * (uint)t96))] = t31;
    const int t97 = table[4l];
    const int t98 = (int)((uint)t97 + 3u);
    const int t99 = table[(long)t98];
    const int t100 = table[(long)(int)((uint)t98 + 1u)];
    const int t101 = table[(long)(int)((uint)t98 + 2u)];
    values[(long)(int)(((uint)t99 + ((uint)t14 * (uint)t100)) + ((uint)t10 * (uint)t101))] = t48;
    const int t102 = table[4l];
    const int t103 = (int)((uint)t102 + 6u);
    const int t104 = table[(long)t103];
    const int t105 = table[(long)(int)((uint)t103 + 1u)];
    const int t106 = table[(long)(int)((uint)t103 + 2u)];
    values[(long)(int)(((uint)t104 + ((uint)t14 * (uint)t105)) + ((uint)t10 * (uint)t106))] = t68;
    const int t107 = table[4l];
    const int t108 = (int)((uint)t107 + 9u);
    const int t109 = table[(long)t108];
    const int t110 = table[(long)(int)((uint)t108 + 1u)];
    const int t111 = table[(long)(int)((uint)t108 + 2u)];
    values[(long)(int)(((uint)t109 + ((uint)t14 * (uint)t110)) + ((uint)t10 * (uint)t111))] = t85;
    const int t112 = table[3l];
    const int t113 = (int)((uint)t112 + 3u);
    const int t114 = table[(long)t113];
    const int t115 = table[(long)(int)((uint)t113 + 1u)];
    const int t116 = table[(long)(int)((uint)t113 + 2u)];
    states[(long)(int)(((uint)t114 + ((uint)t13 * (uint)t115)) + ((uint)t10 * (uint)t116))] = t92;
    const float t117 = fabs(t92);
    if (9.5f < t117)
    {
        t7 = 9.5f;
    }
    else
    {
        t7 = t117;
    }
    const float t118 = t7 + t7;
    const float t119 = fma(t118, 1.442695f, 12583039.0f);
    const float t120 = t119 - 12583039.0f;
    const float t121 = fma(t120, 1.9046542E-09f, fma(t120, -0.6931472f, t118));
    const float t122 = fma(fma(fma(fma(fma(0.0013869844f, t121, 0.008366447f), t121, 0.041667446f), t121, 0.16666545f), t121, 0.49999997f) * t121, t121, t121);
    const float t123 = as_float((int)((uint)as_int(t119) << 23));
    const float t124 = fma(t123, t122, t123 - 1.0f);
    const float t125 = as_float((as_int(t124 / (t124 + 2.0f)) & 2147483647) | (as_int(t92) & (-2147483647 - 1)));
    const int t126 = table[3l];
    const int t127 = table[(long)t126];
    const int t128 = table[(long)(int)((uint)t126 + 1u)];
    const int t129 = table[(long)(int)((uint)t126 + 2u)];
    states[(long)(int)(((uint)t127 + ((uint)t13 * (uint)t128)) + ((uint)t10 * (uint)t129))] = t85 * t125;
}
