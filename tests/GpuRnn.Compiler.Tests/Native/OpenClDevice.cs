using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using GpuRnn.Compiler.Frontend;

namespace GpuRnn.Compiler.Tests.Native;

/// <summary>The first OpenCL device of the machine, to run generated text on.</summary>
internal sealed unsafe class OpenClDevice
{
    private const ulong AllDevices = 0xFFFFFFFF;
    private const ulong CopyHostMemory = 1 << 5;
    private const uint BuildLog = 0x1183;

    private static readonly Lazy<(OpenClDevice? Device, string? Reason)> s_first = new(Open);

    private readonly nint _device;
    private readonly nint _context;
    private readonly nint _queue;

    private OpenClDevice(nint device, nint context, nint queue)
    {
        _device = device;
        _context = context;
        _queue = queue;
    }

    /// <summary>Why no device can be used, null when one can.</summary>
    internal static string? UnavailableReason => s_first.Value.Reason;

    internal static OpenClDevice First => s_first.Value.Device ?? throw new InvalidOperationException(UnavailableReason);

    /// <summary>Builds a program of one kernel and runs it; arrays are device memory and are read back, numbers are passed by value.</summary>
    internal void Run(string text, IReadOnlyList<object> arguments, int[] globalSize, int[]? groupSize)
    {
        string name = Regex.Match(text, @"__kernel void (\w+)\(").Groups[1].Value;
        nint program = Build(text);
        nint kernel;
        int error;
        fixed (byte* bytes = Encoding.UTF8.GetBytes(name + '\0'))
        {
            kernel = OpenClLibrary.clCreateKernel(program, bytes, &error);
            Require(error, "clCreateKernel");
        }

        List<(nint Buffer, Array Target)> buffers = [];
        for (int i = 0; i < arguments.Count; i++)
        {
            SetArgument(kernel, (uint)i, arguments[i], buffers);
        }

        nuint[] global = Array.ConvertAll(globalSize, size => (nuint)size);
        nuint[]? local = groupSize is null ? null : Array.ConvertAll(groupSize, size => (nuint)size);
        fixed (nuint* globalStart = global, localStart = local)
        {
            Require(
                OpenClLibrary.clEnqueueNDRangeKernel(_queue, kernel, (uint)global.Length, null, globalStart, localStart, 0, 0, 0),
                "clEnqueueNDRangeKernel");
        }

        foreach ((nint buffer, Array target) in buffers)
        {
            ReadBack(buffer, target);
            Require(OpenClLibrary.clReleaseMemObject(buffer), "clReleaseMemObject");
        }

        Require(OpenClLibrary.clReleaseKernel(kernel), "clReleaseKernel");
        Require(OpenClLibrary.clReleaseProgram(program), "clReleaseProgram");
    }

    /// <summary>Compiles a program and throws with the device's log when that fails.</summary>
    internal void RequireBuild(string text) => Require(OpenClLibrary.clReleaseProgram(Build(text)), "clReleaseProgram");

    private static (OpenClDevice? Device, string? Reason) Open()
    {
        try
        {
            nint platform;
            uint count;
            if (OpenClLibrary.clGetPlatformIDs(1, &platform, &count) != 0 || count == 0)
            {
                return (null, "No OpenCL platform was found. Install one, for example the package pocl-opencl-icd.");
            }

            nint device;
            if (OpenClLibrary.clGetDeviceIDs(platform, AllDevices, 1, &device, &count) != 0)
            {
                return (null, "The first OpenCL platform has no device. Install one, for example the package pocl-opencl-icd.");
            }

            int error;
            nint context = OpenClLibrary.clCreateContext(0, 1, &device, 0, 0, &error);
            Require(error, "clCreateContext");
            nint queue = OpenClLibrary.clCreateCommandQueue(context, device, 0, &error);
            Require(error, "clCreateCommandQueue");
            return (new OpenClDevice(device, context, queue), null);
        }
        catch (DllNotFoundException)
        {
            return (null, "libOpenCL.so.1 was not found. Install the packages ocl-icd-libopencl1 and pocl-opencl-icd.");
        }
    }

    private static void Require(int error, string call)
    {
        if (error != 0)
        {
            throw new InvalidOperationException($"{call}: error {error}, but 0 was needed.");
        }
    }

    private nint Build(string text)
    {
        int error;
        nint program;
        fixed (byte* bytes = Encoding.UTF8.GetBytes(text + '\0'))
        {
            byte* start = bytes;
            program = OpenClLibrary.clCreateProgramWithSource(_context, 1, &start, null, &error);
            Require(error, "clCreateProgramWithSource");
        }

        nint device = _device;
        fixed (byte* options = Encoding.UTF8.GetBytes("-cl-std=CL1.2\0"))
        {
            error = OpenClLibrary.clBuildProgram(program, 1, &device, options, 0, 0);
        }

        if (error != 0)
        {
            byte[] log = new byte[65536];
            nuint length;
            fixed (byte* start = log)
            {
                Require(OpenClLibrary.clGetProgramBuildInfo(program, _device, BuildLog, (nuint)log.Length, start, &length), "clGetProgramBuildInfo");
            }

            throw new InvalidOperationException($"clBuildProgram: error {error}\n{Encoding.UTF8.GetString(log, 0, (int)length)}\n{text}");
        }

        return program;
    }

    private void SetArgument(nint kernel, uint index, object argument, List<(nint Buffer, Array Target)> buffers)
    {
        switch (argument)
        {
            case Array array:
                GCHandle pin = GCHandle.Alloc(array, GCHandleType.Pinned);
                Bind(kernel, index, (void*)pin.AddrOfPinnedObject(), array, SizeInBytes(array), buffers);
                pin.Free();
                break;
            case LocalBytes local:
                Require(OpenClLibrary.clSetKernelArg(kernel, index, (nuint)Math.Max(local.Count, 1), null), $"clSetKernelArg {index}");
                break;
            case ValueType:
                byte* value = stackalloc byte[16];
                Marshal.StructureToPtr(argument is bool truth ? (byte)(truth ? 1 : 0) : argument, (nint)value, false);
                nuint size = (nuint)(argument is bool ? 1 : Marshal.SizeOf(argument));
                Require(OpenClLibrary.clSetKernelArg(kernel, index, size, value), $"clSetKernelArg {index}");
                break;
            default:
                throw new ArgumentException($"argument {index} is a {argument.GetType().Name}, but a number or an array of numbers was needed.");
        }
    }

    private static int SizeInBytes(Array array) => array.Length * TypeLayout.SizeInBytes(array.GetType().GetElementType()!);

    private void Bind(nint kernel, uint index, void* start, Array values, int sizeInBytes, List<(nint Buffer, Array Target)> buffers)
    {
        int error;
        nint buffer = OpenClLibrary.clCreateBuffer(_context, CopyHostMemory, (nuint)sizeInBytes, start, &error);
        Require(error, "clCreateBuffer");
        buffers.Add((buffer, values));
        Require(OpenClLibrary.clSetKernelArg(kernel, index, (nuint)sizeof(nint), &buffer), $"clSetKernelArg {index}");
    }

    private void ReadBack(nint buffer, Array target)
    {
        nuint size = (nuint)SizeInBytes(target);
        fixed (byte* start = &System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(target))
        {
            Require(OpenClLibrary.clEnqueueReadBuffer(_queue, buffer, 1, 0, size, start, 0, 0, 0), "clEnqueueReadBuffer");
        }
    }
}
