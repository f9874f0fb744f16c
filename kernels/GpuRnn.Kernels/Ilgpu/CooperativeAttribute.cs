using System;

namespace GpuRnn.Kernels.Ilgpu;

/// <summary>Stands for the model's CooperativeAttribute in the ILGPU build, whose device refuses such kernels.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CooperativeAttribute : Attribute;
