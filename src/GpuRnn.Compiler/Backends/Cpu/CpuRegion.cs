namespace GpuRnn.Compiler.Backends.Cpu;

/// <summary>Runs one region of a kernel for every work-item of the frame's box.</summary>
/// <returns>The region that follows, negative when the kernel has ended.</returns>
internal unsafe delegate int CpuRegion(long* arguments, CpuFrame* frame);
