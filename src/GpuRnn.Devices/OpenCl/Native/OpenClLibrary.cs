using System.Runtime.InteropServices;
using GpuRnn.Devices.Native;

namespace GpuRnn.Devices.OpenCl.Native;

/// <summary>The entry points of OpenCL 1.2, with the specification's names and order of parameters; handles are pointers.</summary>
internal static unsafe partial class OpenClLibrary
{
    [LibraryImport(DriverLibrary.OpenCl)]
    internal static partial int clGetPlatformIDs(uint entries, nint* platforms, uint* count);

    [LibraryImport(DriverLibrary.OpenCl)]
    internal static partial int clGetPlatformInfo(nint platform, uint what, nuint size, void* value, nuint* needed);

    [LibraryImport(DriverLibrary.OpenCl)]
    internal static partial int clGetDeviceIDs(nint platform, ulong type, uint entries, nint* devices, uint* count);

    [LibraryImport(DriverLibrary.OpenCl)]
    internal static partial int clGetDeviceInfo(nint device, uint what, nuint size, void* value, nuint* needed);

    [LibraryImport(DriverLibrary.OpenCl)]
    internal static partial nint clCreateContext(nint* properties, uint count, nint* devices, nint notify, nint data, int* error);

    [LibraryImport(DriverLibrary.OpenCl)]
    internal static partial int clReleaseContext(nint context);

    [LibraryImport(DriverLibrary.OpenCl)]
    internal static partial nint clCreateCommandQueue(nint context, nint device, ulong properties, int* error);

    [LibraryImport(DriverLibrary.OpenCl)]
    internal static partial int clReleaseCommandQueue(nint queue);

    [LibraryImport(DriverLibrary.OpenCl)]
    internal static partial int clFlush(nint queue);

    [LibraryImport(DriverLibrary.OpenCl)]
    internal static partial int clFinish(nint queue);

    [LibraryImport(DriverLibrary.OpenCl)]
    internal static partial nint clCreateProgramWithSource(nint context, uint count, byte** texts, nuint* lengths, int* error);

    [LibraryImport(DriverLibrary.OpenCl)]
    internal static partial nint clCreateProgramWithBinary(
        nint context, uint count, nint* devices, nuint* lengths, byte** binaries, int* states, int* error);

    [LibraryImport(DriverLibrary.OpenCl)]
    internal static partial int clGetProgramInfo(nint program, uint what, nuint size, void* value, nuint* needed);

    [LibraryImport(DriverLibrary.OpenCl)]
    internal static partial int clBuildProgram(nint program, uint count, nint* devices, byte* options, nint notify, nint data);

    [LibraryImport(DriverLibrary.OpenCl)]
    internal static partial int clGetProgramBuildInfo(nint program, nint device, uint what, nuint size, void* value, nuint* needed);

    [LibraryImport(DriverLibrary.OpenCl)]
    internal static partial int clReleaseProgram(nint program);

    [LibraryImport(DriverLibrary.OpenCl)]
    internal static partial nint clCreateKernel(nint program, byte* name, int* error);

    [LibraryImport(DriverLibrary.OpenCl)]
    internal static partial int clGetKernelWorkGroupInfo(nint kernel, nint device, uint what, nuint size, void* value, nuint* needed);

    [LibraryImport(DriverLibrary.OpenCl)]
    internal static partial int clSetKernelArg(nint kernel, uint index, nuint size, void* value);

    [LibraryImport(DriverLibrary.OpenCl)]
    internal static partial int clReleaseKernel(nint kernel);

    [LibraryImport(DriverLibrary.OpenCl)]
    internal static partial int clEnqueueNDRangeKernel(
        nint queue, nint kernel, uint dimensions, nuint* offset, nuint* global, nuint* local, uint waits, nint* waitList, nint* done);

    [LibraryImport(DriverLibrary.OpenCl)]
    internal static partial nint clCreateBuffer(nint context, ulong flags, nuint size, void* host, int* error);

    [LibraryImport(DriverLibrary.OpenCl)]
    internal static partial int clReleaseMemObject(nint buffer);

    [LibraryImport(DriverLibrary.OpenCl)]
    internal static partial int clEnqueueReadBuffer(
        nint queue, nint buffer, uint blocking, nuint offset, nuint size, void* target, uint waits, nint* waitList, nint* done);

    [LibraryImport(DriverLibrary.OpenCl)]
    internal static partial int clEnqueueWriteBuffer(
        nint queue, nint buffer, uint blocking, nuint offset, nuint size, void* source, uint waits, nint* waitList, nint* done);

    [LibraryImport(DriverLibrary.OpenCl)]
    internal static partial int clEnqueueFillBuffer(
        nint queue, nint buffer, void* pattern, nuint patternSize, nuint offset, nuint size, uint waits, nint* waitList, nint* done);

    [LibraryImport(DriverLibrary.OpenCl)]
    internal static partial void* clEnqueueMapBuffer(
        nint queue, nint buffer, uint blocking, ulong flags, nuint offset, nuint size, uint waits, nint* waitList, nint* done, int* error);

    [LibraryImport(DriverLibrary.OpenCl)]
    internal static partial int clEnqueueUnmapMemObject(nint queue, nint buffer, void* pointer, uint waits, nint* waitList, nint* done);

    [LibraryImport(DriverLibrary.OpenCl)]
    internal static partial int clEnqueueMarkerWithWaitList(nint queue, uint waits, nint* waitList, nint* done);

    [LibraryImport(DriverLibrary.OpenCl)]
    internal static partial int clEnqueueBarrierWithWaitList(nint queue, uint waits, nint* waitList, nint* done);

    [LibraryImport(DriverLibrary.OpenCl)]
    internal static partial int clWaitForEvents(uint count, nint* events);

    [LibraryImport(DriverLibrary.OpenCl)]
    internal static partial int clGetEventInfo(nint happening, uint what, nuint size, void* value, nuint* needed);

    [LibraryImport(DriverLibrary.OpenCl)]
    internal static partial int clGetEventProfilingInfo(nint happening, uint what, nuint size, void* value, nuint* needed);

    [LibraryImport(DriverLibrary.OpenCl)]
    internal static partial int clReleaseEvent(nint happening);
}
