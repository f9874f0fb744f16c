using GpuRnn.Devices.OpenCl;
using GpuRnn.Devices.OpenCl.Native;

namespace GpuRnn.Testing;

/// <summary>Generated OpenCL C with any number of kernels, built by the device itself and launched with nothing between text and driver.</summary>
/// <remarks>Use <see cref="GpuRnn.Devices.LoadedKernel"/> where the kernel is what is tested; this is for tests of the text.</remarks>
public sealed unsafe class OpenClText : IDisposable
{
    private readonly OpenClDevice _device;
    private readonly nint _program;

    /// <summary>Builds a text.</summary>
    /// <exception cref="GpuRnn.Devices.KernelBuildException">The driver's compiler refuses it.</exception>
    public OpenClText(OpenClDevice device, string text)
    {
        _device = device;
        _program = OpenClBuild.BuildText(device, "generated text", text);
    }

    /// <summary>Gives the program back.</summary>
    public void Dispose() => _ = OpenClLibrary.clReleaseProgram(_program);

    /// <summary>Runs a kernel to its end.</summary>
    /// <param name="kernel">Its name in the text.</param>
    /// <param name="arguments">
    /// One a parameter. An array is a buffer, filled before and read back behind the launch; one that stands twice is one buffer.
    /// </param>
    /// <param name="globalSize">Work-items along each axis.</param>
    /// <param name="groupSize">Work-items of a group along each axis; null leaves it to the driver.</param>
    public void Run(string kernel, IReadOnlyList<object> arguments, int[] globalSize, int[]? groupSize)
    {
        nint handle = OpenClBuild.KernelOf(_device, kernel, _program, kernel);
        Dictionary<Array, OpenClMemory> buffers = new(ReferenceEqualityComparer.Instance);
        try
        {
            for (int i = 0; i < arguments.Count; i++)
            {
                Set(handle, kernel, (uint)i, arguments[i], buffers);
            }

            Enqueue(handle, kernel, globalSize, groupSize);
            foreach ((Array target, OpenClMemory buffer) in buffers)
            {
                buffer.Read(0, ArrayBytes.Of(target));
            }
        }
        finally
        {
            foreach (OpenClMemory buffer in buffers.Values)
            {
                buffer.Dispose();
            }

            _ = OpenClLibrary.clReleaseKernel(handle);
        }
    }

    private void Enqueue(nint handle, string kernel, int[] globalSize, int[]? groupSize)
    {
        nuint[] global = Array.ConvertAll(globalSize, size => (nuint)size);
        nuint[]? local = groupSize is null ? null : Array.ConvertAll(groupSize, size => (nuint)size);
        fixed (nuint* globalStart = global, localStart = local)
        {
            int code = OpenClLibrary.clEnqueueNDRangeKernel(
                _device.Queue, handle, (uint)global.Length, null, globalStart, localStart, 0, null, null);
            _device.Require(code, nameof(OpenClLibrary.clEnqueueNDRangeKernel), kernel);
        }
    }

    private void Set(nint handle, string kernel, uint index, object argument, Dictionary<Array, OpenClMemory> buffers)
    {
        if (argument is Array array)
        {
            if (!buffers.TryGetValue(array, out OpenClMemory? memory))
            {
                Span<byte> bytes = ArrayBytes.Of(array);
                memory = OpenClMemory.Allocate(_device, 0, bytes.Length);
                buffers.Add(array, memory);
                memory.Write(0, bytes);
            }

            nint buffer = memory.Buffer;
            Set(sizeof(nint), &buffer);
        }
        else if (argument is SharedMemoryBytes shared)
        {
            Set(Math.Max(shared.Count, 1), null);
        }
        else
        {
            ulong bits = Bits(argument, out int sizeInBytes);
            Set(sizeInBytes, &bits);
        }

        void Set(int sizeInBytes, void* value) => _device.Require(
            OpenClLibrary.clSetKernelArg(handle, index, (nuint)sizeInBytes, value), nameof(OpenClLibrary.clSetKernelArg), kernel);
    }

    private static ulong Bits(object number, out int sizeInBytes)
    {
        (ulong bits, sizeInBytes) = number switch
        {
            bool truth => (truth ? 1UL : 0UL, sizeof(byte)),
            byte value => (value, sizeof(byte)),
            int value => ((uint)value, sizeof(int)),
            uint value => (value, sizeof(uint)),
            float value => (BitConverter.SingleToUInt32Bits(value), sizeof(float)),
            long value => ((ulong)value, sizeof(long)),
            ulong value => (value, sizeof(ulong)),
            double value => (BitConverter.DoubleToUInt64Bits(value), sizeof(double)),
            _ => throw new ArgumentException(
                $"OpenClText.Run: a {number.GetType().Name} arrived, but a number, an array of numbers or {nameof(SharedMemoryBytes)} was needed."),
        };
        return bits;
    }
}
