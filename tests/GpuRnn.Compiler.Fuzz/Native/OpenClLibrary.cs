using System.Runtime.InteropServices;

namespace GpuRnn.Compiler.Fuzz.Native;

/// <summary>The entry points of the OpenCL loader that the fuzzer needs, as the specification declares them.</summary>
internal static unsafe partial class OpenClLibrary
{
    private const string Name = "libOpenCL.so.1";

    [LibraryImport(Name)]
    internal static partial int clGetPlatformIDs(uint entries, nint* platforms, uint* count);

    [LibraryImport(Name)]
    internal static partial int clGetDeviceIDs(nint platform, ulong type, uint entries, nint* devices, uint* count);

    [LibraryImport(Name)]
    internal static partial int clGetDeviceInfo(nint device, uint what, nuint size, void* value, nuint* needed);

    [LibraryImport(Name)]
    internal static partial nint clCreateContext(nint properties, uint count, nint* devices, nint notify, nint data, int* error);

    [LibraryImport(Name)]
    internal static partial nint clCreateCommandQueue(nint context, nint device, ulong properties, int* error);

    [LibraryImport(Name)]
    internal static partial nint clCreateProgramWithSource(nint context, uint count, byte** texts, nuint* lengths, int* error);

    [LibraryImport(Name)]
    internal static partial int clBuildProgram(nint program, uint count, nint* devices, byte* options, nint notify, nint data);

    [LibraryImport(Name)]
    internal static partial int clGetProgramBuildInfo(nint program, nint device, uint what, nuint size, byte* value, nuint* needed);

    [LibraryImport(Name)]
    internal static partial nint clCreateKernel(nint program, byte* name, int* error);

    [LibraryImport(Name)]
    internal static partial nint clCreateBuffer(nint context, ulong flags, nuint size, void* host, int* error);

    [LibraryImport(Name)]
    internal static partial int clSetKernelArg(nint kernel, uint index, nuint size, void* value);

    [LibraryImport(Name)]
    internal static partial int clEnqueueNDRangeKernel(
        nint queue, nint kernel, uint dimensions, nuint* offset, nuint* global, nuint* local, uint waits, nint waitList, nint done);

    [LibraryImport(Name)]
    internal static partial int clEnqueueReadBuffer(
        nint queue, nint buffer, uint blocking, nuint offset, nuint size, void* target, uint waits, nint waitList, nint done);

    [LibraryImport(Name)]
    internal static partial int clReleaseMemObject(nint buffer);

    [LibraryImport(Name)]
    internal static partial int clReleaseKernel(nint kernel);

    [LibraryImport(Name)]
    internal static partial int clReleaseProgram(nint program);
}
