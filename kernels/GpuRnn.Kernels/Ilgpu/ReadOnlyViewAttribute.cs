using System;

namespace GpuRnn.Kernels.Ilgpu;

/// <summary>Stands for the model's ReadOnlyViewAttribute in the ILGPU build, whose compiler makes nothing of it.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class ReadOnlyViewAttribute : Attribute;
