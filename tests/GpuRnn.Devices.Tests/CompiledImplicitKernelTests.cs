using GpuRnn.Devices.Cpu;

namespace GpuRnn.Devices.Tests;

/// <summary>Launches by index of compiled kernels.</summary>
public sealed class CompiledImplicitKernelTests() : ImplicitKernelTests(CpuKernelMode.Compiled);
