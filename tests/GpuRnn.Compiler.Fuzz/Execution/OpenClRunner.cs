using System.Runtime.InteropServices;
using System.Text;
using GpuRnn.Compiler.Fuzz.Native;
using GpuRnn.Compiler.Fuzz.Syntax;

namespace GpuRnn.Compiler.Fuzz.Execution;

/// <summary>Runs generated OpenCL text, many kernels in one program, on the first OpenCL device.</summary>
internal sealed unsafe class OpenClRunner
{
    private const ulong AllDevices = 0xFFFFFFFF;
    private const ulong CopyHostMemory = 1 << 5;
    private const uint BuildLog = 0x1183;
    private const uint SingleConfiguration = 0x101B;
    private const ulong CorrectlyRoundedDivide = 1 << 7;

    private static readonly Lazy<(OpenClRunner? Runner, string? Reason)> s_first = new(Open);

    private readonly nint _device;
    private readonly nint _context;
    private readonly nint _queue;
    private readonly string _options;

    private OpenClRunner(nint device, nint context, nint queue)
    {
        _device = device;
        _context = context;
        _queue = queue;
        ulong configuration;
        Require(OpenClLibrary.clGetDeviceInfo(device, SingleConfiguration, sizeof(ulong), &configuration, null), "clGetDeviceInfo");
        RoundsDivisionCorrectly = (configuration & CorrectlyRoundedDivide) != 0;
        _options = RoundsDivisionCorrectly ? "-cl-std=CL1.2 -cl-fp32-correctly-rounded-divide-sqrt" : "-cl-std=CL1.2";
    }

    /// <summary>Why there is no device, null when there is one.</summary>
    internal static string? UnavailableReason => s_first.Value.Reason;

    internal static OpenClRunner First => s_first.Value.Runner ?? throw new InvalidOperationException(UnavailableReason);

    /// <summary>True when quotients and square roots of floats have the bits of C#'s.</summary>
    internal bool RoundsDivisionCorrectly { get; }

    /// <summary>Builds a program; the caller disposes it.</summary>
    internal OpenClBatch Build(string text)
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
        fixed (byte* options = Encoding.UTF8.GetBytes(_options + '\0'))
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

            throw new InvalidOperationException($"clBuildProgram: error {error}\n{Encoding.UTF8.GetString(log, 0, (int)length)}");
        }

        return new OpenClBatch(program);
    }

    /// <summary>Launches one kernel of a program and reads the outputs back.</summary>
    internal void Run(OpenClBatch batch, string name, int? which, FuzzKernel kernel, FuzzMemory memory)
    {
        int error;
        nint handle;
        fixed (byte* bytes = Encoding.UTF8.GetBytes(name + '\0'))
        {
            handle = OpenClLibrary.clCreateKernel(batch.Program, bytes, &error);
            Require(error, $"clCreateKernel {name}");
        }

        List<(nint Buffer, Array Target)> buffers = [];
        uint next = 0;
        for (int i = 0; i < memory.Inputs.Length; i++)
        {
            SetView(handle, ref next, Buffer(memory.Inputs[i], buffers), memory.Inputs[i].Length);
            SetView(handle, ref next, Buffer(memory.Outputs[i], buffers), memory.Outputs[i].Length);
        }

        SetView(handle, ref next, buffers[1].Buffer, memory.Outputs[0].Length);
        SetView(handle, ref next, Buffer(memory.Approximate, buffers), memory.Approximate.Length);
        foreach (object scalar in memory.Scalars)
        {
            SetScalar(handle, ref next, scalar);
        }

        if (!kernel.IsGrouped)
        {
            SetScalar(handle, ref next, FuzzLayout.Items);
        }

        if (which is int number)
        {
            SetScalar(handle, ref next, number);
        }

        nuint global = FuzzLayout.Items;
        nuint local = FuzzLayout.GroupSize;
        Require(OpenClLibrary.clEnqueueNDRangeKernel(_queue, handle, 1, null, &global, &local, 0, 0, 0), $"clEnqueueNDRangeKernel {name}");
        foreach ((nint buffer, Array target) in buffers)
        {
            fixed (byte* start = &MemoryMarshal.GetArrayDataReference(target))
            {
                nuint size = (nuint)System.Buffer.ByteLength(target);
                Require(OpenClLibrary.clEnqueueReadBuffer(_queue, buffer, 1, 0, size, start, 0, 0, 0), "clEnqueueReadBuffer");
            }

            Require(OpenClLibrary.clReleaseMemObject(buffer), "clReleaseMemObject");
        }

        Require(OpenClLibrary.clReleaseKernel(handle), "clReleaseKernel");
    }

    private static (OpenClRunner? Runner, string? Reason) Open()
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
            return (new OpenClRunner(device, context, queue), null);
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

    private nint Buffer(Array values, List<(nint Buffer, Array Target)> buffers)
    {
        int error;
        nint buffer;
        fixed (byte* start = &MemoryMarshal.GetArrayDataReference(values))
        {
            buffer = OpenClLibrary.clCreateBuffer(_context, CopyHostMemory, (nuint)System.Buffer.ByteLength(values), start, &error);
        }

        Require(error, "clCreateBuffer");
        buffers.Add((buffer, values));
        return buffer;
    }

    // A view is its buffer, where in it it begins, the elements and the positions.
    private static void SetView(nint kernel, ref uint next, nint buffer, long length)
    {
        Set(kernel, ref next, sizeof(nint), &buffer);
        long start = 0;
        Set(kernel, ref next, sizeof(long), &start);
        Set(kernel, ref next, sizeof(long), &length);
        Set(kernel, ref next, sizeof(long), &length);
    }

    private static void SetScalar(nint kernel, ref uint next, object value)
    {
        ulong bits = value switch
        {
            int number => (uint)number,
            uint number => number,
            long number => (ulong)number,
            float number => BitConverter.SingleToUInt32Bits(number),
            _ => BitConverter.DoubleToUInt64Bits((double)value),
        };
        Set(kernel, ref next, value is long or double ? sizeof(ulong) : sizeof(uint), &bits);
    }

    private static void Set(nint kernel, ref uint next, int size, void* value) =>
        Require(OpenClLibrary.clSetKernelArg(kernel, next, (nuint)size, value), $"clSetKernelArg {next++}");
}
