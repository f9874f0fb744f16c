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
    const int t32 = table[0];
    const int t33 = (int)((uint)t32 + 3u);
    const int t34 = table[(long)t33];
    const int t35 = table[(long)(int)((uint)t33 + 1u)];
    const int t36 = table[(long)(int)((uint)t33 + 2u)];
    const float t37 = inputs[(long)(int)(((uint)t34 + ((uint)t11 * (uint)t35)) + ((uint)t10 * (uint)t36))];
    const int t38 = table[1l];
    const int t39 = (int)((uint)t38 + 3u);
    const int t40 = table[(long)t39];
    const int t41 = table[(long)(int)((uint)t39 + 1u)];
    const int t42 = table[(long)(int)((uint)t39 + 2u)];
    const float t43 = products[(long)(int)(((uint)t40 + ((uint)t9 * (uint)t41)) + ((uint)t10 * (uint)t42))];
    const float t44 = t37 + t43;
    if (70.0f < t44)
    {
        t2 = 70.0f;
    }
    else
    {
        t2 = t44;
    }
    if (t2 < -104.5f)
    {
        t3 = -104.5f;
    }
    else
    {
        t3 = t2;
    }
    const float t45 = -t3;
    const float t46 = fma(t45, 1.442695f, 12583015.0f);
    const float t47 = t46 - 12583015.0f;
    const float t48 = fma(t47, 1.9046542E-09f, fma(t47, -0.6931472f, t45));
    const float t49 = fma(fma(fma(fma(fma(fma(0.0013869844f, t48, 0.008366447f), t48, 0.041667446f), t48, 0.16666545f), t48, 0.49999997f), t48, 1.0f), t48, 1.0f);
    const float t50 = 5.9604645E-08f / fma(t49, as_float((int)((uint)as_int(t46) << 23)), 5.9604645E-08f);
    const int t51 = table[0];
    const int t52 = (int)((uint)t51 + 6u);
    const int t53 = table[(long)t52];
    const int t54 = table[(long)(int)((uint)t52 + 1u)];
    const int t55 = table[(long)(int)((uint)t52 + 2u)];
    const float t56 = inputs[(long)(int)(((uint)t53 + ((uint)t11 * (uint)t54)) + ((uint)t10 * (uint)t55))];
    const int t57 = table[1l];
    const int t58 = (int)((uint)t57 + 6u);
    const int t59 = table[(long)t58];
    const int t60 = table[(long)(int)((uint)t58 + 1u)];
    const int t61 = table[(long)(int)((uint)t58 + 2u)];
    const float t62 = products[(long)(int)(((uint)t59 + ((uint)t9 * (uint)t60)) + ((uint)t10 * (uint)t61))];
    const float t63 = t56 + t62;
    const float t64 = fabs(t63);
    if (9.5f < t64)
    {
        t4 = 9.5f;
    }
    else
    {
        t4 = t64;
    }
    const float t65 = t4 + t4;
    const float t66 = fma(t65, 1.442695f, 12583039.0f);
    const float t67 = t66 - 12583039.0f;
    const float t68 = fma(t67, 1.9046542E-09f, fma(t67, -0.6931472f, t65));
    const float t69 = fma(fma(fma(fma(fma(0.0013869844f, t68, 0.008366447f), t68, 0.041667446f), t68, 0.16666545f), t68, 0.49999997f) * t68, t68, t68);
    const float t70 = as_float((int)((uint)as_int(t66) << 23));
    const float t71 = fma(t70, t69, t70 - 1.0f);
    const float t72 = as_float((as_int(t71 / (t71 + 2.0f)) & 2147483647) | (as_int(t63) & (-2147483647 - 1)));
    const int t73 = table[0];
    const int t74 = (int)((uint)t73 + 9u);
    const int t75 = table[(long)t74];
    const int t76 = table[(long)(int)((uint)t74 + 1u)];
    const int t77 = table[(long)(int)((uint)t74 + 2u)];
    const float t78 = inputs[(long)(int)(((uint)t75 + ((uint)t11 * (uint)t76)) + ((uint)t10 * (uint)t77))];
    const int t79 = table[1l];
    const int t80 = (int)((uint)t79 + 9u);
    const int t81 = table[(long)t80];
    const int t82 = table[(long)(int)((uint)t80 + 1u)];
    const int t83 = table[(long)(int)((uint)t80 + 2u)];
    const float t84 = products[(long)(int)(((uint)t81 + ((uint)t9 * (uint)t82)) + ((uint)t10 * (uint)t83))];
    const float t85 = t78 + t84;
    if (70.0f < t85)
    {
        t5 = 70.0f;
    }
    else
    {
        t5 = t85;
    }
    if (t5 < -104.5f)
    {
        t6 = -104.5f;
    }
    else
    {
        t6 = t5;
    }
    const float t86 = -t6;
    const float t87 = fma(t86, 1.442695f, 12583015.0f);
    const float t88 = t87 - 12583015.0f;
    const float t89 = fma(t88, 1.9046542E-09f, fma(t88, -0.6931472f, t86));
    const float t90 = fma(fma(fma(fma(fma(fma(0.0013869844f, t89, 0.008366447f), t89, 0.041667446f), t89, 0.16666545f), t89, 0.49999997f), t89, 1.0f), t89, 1.0f);
    const float t91 = 5.9604645E-08f / fma(t90, as_float((int)((uint)as_int(t87) << 23)), 5.9604645E-08f);
    const int t92 = table[2l];
    const int t93 = (int)((uint)t92 + 3u);
    const int t94 = table[(long)t93];
    const int t95 = table[(long)(int)((uint)t93 + 1u)];
    const int t96 = table[(long)(int)((uint)t93 + 2u)];
    const float t97 = states[(long)(int)(((uint)t94 + ((uint)t12 * (uint)t95)) + ((uint)t10 * (uint)t96))];
    const float t98 = fma(t50, t97, t31 * t72);
    const int t99 = table[4l];
    const int t100 = table[(long)t99];
    const int t101 = table[(long)(int)((uint)t99 + 1u)];
    const int t102 = table[(long)(int)((uint)t99 + 2u)];
    values[(long)(int)(((uint)t100 + ((uint)t14 * (uint)t101)) + ((uint)t10 * (uint)t102))] = t31;
    const int t103 = table[4l];
    const int t104 = (int)((uint)t103 + 3u);
    const int t105 = table[(long)t104];
    const int t106 = table[(long)(int)((uint)t104 + 1u)];
    const int t107 = table[(long)(int)((uint)t104 + 2u)];
    values[(long)(int)(((uint)t105 + ((uint)t14 * (uint)t106)) + ((uint)t10 * (uint)t107))] = t50;
    const int t108 = table[4l];
    const int t109 = (int)((uint)t108 + 6u);
    const int t110 = table[(long)t109];
    const int t111 = table[(long)(int)((uint)t109 + 1u)];
    const int t112 = table[(long)(int)((uint)t109 + 2u)];
    values[(long)(int)(((uint)t110 + ((uint)t14 * (uint)t111)) + ((uint)t10 * (uint)t112))] = t72;
    const int t113 = table[4l];
    const int t114 = (int)((uint)t113 + 9u);
    const int t115 = table[(long)t114];
    const int t116 = table[(long)(int)((uint)t114 + 1u)];
    const int t117 = table[(long)(int)((uint)t114 + 2u)];
    values[(long)(int)(((uint)t115 + ((uint)t14 * (uint)t116)) + ((uint)t10 * (uint)t117))] = t91;
    const int t118 = table[3l];
    const int t119 = (int)((uint)t118 + 3u);
    const int t120 = table[(long)t119];
    const int t121 = table[(long)(int)((uint)t119 + 1u)];
    const int t122 = table[(long)(int)((uint)t119 + 2u)];
    states[(long)(int)(((uint)t120 + ((uint)t13 * (uint)t121)) + ((uint)t10 * (uint)t122))] = t98;
    const float t123 = fabs(t98);
    if (9.5f < t123)
    {
        t7 = 9.5f;
    }
    else
    {
        t7 = t123;
    }
    const float t124 = t7 + t7;
    const float t125 = fma(t124, 1.442695f, 12583039.0f);
    const float t126 = t125 - 12583039.0f;
    const float t127 = fma(t126, 1.9046542E-09f, fma(t126, -0.6931472f, t124));
    const float t128 = fma(fma(fma(fma(fma(0.0013869844f, t127, 0.008366447f), t127, 0.041667446f), t127, 0.16666545f), t127, 0.49999997f) * t127, t127, t127);
    const float t129 = as_float((int)((uint)as_int(t125) << 23));
    const float t130 = fma(t129, t128, t129 - 1.0f);
    const float t131 = as_float((as_int(t130 / (t130 + 2.0f)) & 2147483647) | (as_int(t98) & (-2147483647 - 1)));
    const int t132 = table[3l];
    const int t133 = table[(long)t132];
    const int t134 = table[(long)(int)((uint)t132 + 1u)];
    const int t135 = table[(long)(int)((uint)t132 + 2u)];
    states[(long)(int)(((uint)t133 + ((uint)t13 * (uint)t134)) + ((uint)t10 * (uint)t135))] = t91 * t131;
}
