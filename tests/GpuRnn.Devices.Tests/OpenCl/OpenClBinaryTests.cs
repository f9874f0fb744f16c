using System.Reflection;
using GpuRnn.Compiler;
using GpuRnn.Compiler.Backends.OpenCl;
using GpuRnn.Compiler.Caching;
using GpuRnn.Devices.OpenCl;
using GpuRnn.Devices.Tests.Drivers;
using GpuRnn.Devices.OpenCl.Native;
using GpuRnn.KernelModel;
using GpuRnn.Testing;

namespace GpuRnn.Devices.Tests.OpenCl;

/// <summary>What a driver made of a text is kept, used and replaced.</summary>
public sealed class OpenClBinaryTests : IDisposable
{
    private static readonly MethodInfo s_method = typeof(DriverKernels).GetMethod(nameof(DriverKernels.AddIndex))!;
    private static readonly OpenClProgram s_program = KernelCompiler.ToOpenCl([s_method]);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gpurnn-binaries-");

    public void Dispose() => _folder.Delete(recursive: true);

    [OpenClFact]
    public void Load_WithACache_KeepsTheBinaryAtTheSecondBuildingAndUsesIt()
    {
        KernelCache cache = new(_folder.FullName);
        using OpenClDevice first = new(OpenClTestDevice.Information, cache);
        string key = OpenClBinary.Key(first, s_program.Text);
        Assert.Equal([7, 8, 9], Run(first));
        Assert.Equal([], cache.Find(key)!);
        using OpenClDevice second = new(OpenClTestDevice.Information, cache);
        Assert.Equal([7, 8, 9], Run(second));
        Assert.NotEqual([], cache.Find(key)!);
        Assert.Equal(2, cache.Measure().EntryCount);

        // The binary of another program in the place of this one's shows who is asked.
        string other = s_program.Text.Replace("const int offset", "const int delta", StringComparison.Ordinal)
            .Replace("offset", "(delta + 100)", StringComparison.Ordinal)
            .Replace("result_(delta + 100)", "result_offset", StringComparison.Ordinal);
        for (int time = 0; time < 2; time++)
        {
            _ = OpenClLibrary.clReleaseKernel(OpenClBuild.BuildKernel(first, "other", other, s_program.Kernels[0].Name));
        }

        cache.Keep(key, cache.Find(OpenClBinary.Key(first, other)));
        using OpenClDevice third = new(OpenClTestDevice.Information, cache);
        Assert.Equal([107, 108, 109], Run(third));
    }

    [OpenClFact]
    public void Load_BinaryThatTheDriverRefuses_BuildsTheTextAndReplacesIt()
    {
        KernelCache cache = new(_folder.FullName);
        byte[] refused = [1, 2, 3, 4];
        using OpenClDevice device = new(OpenClTestDevice.Information, cache);
        string key = OpenClBinary.Key(device, s_program.Text);
        cache.Keep(key, refused);

        Assert.Equal([7, 8, 9], Run(device));
        Assert.NotEqual(refused, cache.Find(key));
    }

    [OpenClFact]
    public void Load_WithoutACache_KeepsNothing()
    {
        using OpenClDevice device = OpenClTestDevice.Open();
        Assert.Equal([7, 8, 9], Run(device));
        Assert.Null(device.Cache.Folder);
    }

    private static int[] Run(OpenClDevice device)
    {
        using DeviceBuffer<int> buffer = device.Allocate<int>(3);
        device.Load(s_method).Launch(device.DefaultStream, (Index1D)3, buffer.View, 7);
        int[] values = new int[3];
        buffer.CopyTo(values);
        return values;
    }
}
