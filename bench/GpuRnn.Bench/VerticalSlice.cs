using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using GpuRnn.Compiler;
using GpuRnn.Compiler.Backends.Ptx;
using GpuRnn.Composition;
using GpuRnn.Devices;
using GpuRnn.Devices.Cpu;
using GpuRnn.KernelModel;
using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Recurrent;
using GpuRnn.Kernels.Tiles;

namespace GpuRnn.Bench;

/// <summary><c>GpuRnn.Bench slice</c>: one fused LSTM step from its one C# source on every backend, checked, then measured.</summary>
internal static class VerticalSlice
{
    private const int Rows = 32;
    private const int Width = 256;
    private const int Gates = 4;
    private const int Rounds = 5;
    private const int Repetitions = 100;

    private static readonly MethodInfo s_grouped = typeof(LstmTileStep).GetMethod(nameof(LstmTileStep.Forward))!;

    private static readonly TileShape[] s_tiles = [new(4, Gates, 1), new(2, Gates, 4), new(4, Gates, 4), new(4, Gates, 16)];

    /// <summary>Prints Markdown.</summary>
    public static int Run()
    {
        Console.WriteLine($"One step, B={Rows}, H={Width}: {2.0 * Rows * Gates * Width * Width / 1e6:F1} MFLOP in its product.\n");
        Console.WriteLine("| kernel | IR instructions | OpenCL C bytes | PTX bytes | to IR and text, ms | shared bytes | sm_70: registers, private, spilled | sm_80 | sm_90 |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|---:|---:|");
        Console.WriteLine(Texts("grouped, 4 x 4 x 1 a thread", s_grouped));
        foreach (TileShape tile in s_tiles)
        {
            Console.WriteLine(Texts($"library, {tile}", FusedStepForward.Close(typeof(LstmNode), tile)));
        }

        Console.WriteLine("\n| device | kernel | load, ms | step, us | GFLOP/s | largest error |");
        Console.WriteLine("|---|---|---:|---:|---:|---:|");
        using CpuDevice compiled = new(new CpuDeviceOptions { KernelMode = CpuKernelMode.Compiled });
        OnDevice("compiled CPU", compiled);
        foreach (string id in DeviceCatalog.Ids.Where(id => id.StartsWith("opencl", StringComparison.Ordinal)))
        {
            using Device device = DeviceCatalog.Open(id);
            OnDevice(device.Name, device);
        }

        return 0;
    }

    private static void OnDevice(string name, Device device)
    {
        using StepMemory memory = new(device, Rows, Width, Gates);
        Console.WriteLine($"| {name} | grouped, 4 x 4 x 1 a thread | {Measure(memory, s_grouped, Grouped(), memory.Grouped())} |");
        foreach (TileShape tile in s_tiles)
        {
            int panels = (Width + tile.Lanes - 1) / tile.Lanes;
            KernelConfig config = new(new Index3D((Rows + tile.Rows - 1) / tile.Rows, panels, 1), new Index3D(1, 1, 1));
            using DeviceBuffer<float> packed = memory.Pack(tile, panels);
            Console.WriteLine($"| {name} | library, {tile} | {Measure(memory, FusedStepForward.Close(typeof(LstmNode), tile), config, memory.Library(packed))} |");
        }
    }

    private static KernelConfig Grouped() => new(
        new Index3D((Width + LstmTileStep.Units - 1) / LstmTileStep.Units, (Rows + LstmTileStep.Rows - 1) / LstmTileStep.Rows, 1),
        new Index3D(LstmTileStep.Units, LstmTileStep.RowThreads, 1));

    private static string Texts(string name, MethodInfo method)
    {
        // Once to warm the compiler up.
        KernelCompiler.ToOpenCl(method);
        Stopwatch watch = Stopwatch.StartNew();
        string openCl = KernelCompiler.ToOpenCl(method);
        double milliseconds = watch.Elapsed.TotalMilliseconds;
        int instructions = KernelCompiler.ToIntermediateText(method).Split('\n').Count(line => line.StartsWith("    ", StringComparison.Ordinal));
        int bytes = 0;
        int shared = 0;
        string[] figures = [.. Assembler.Architectures.Select(architecture =>
        {
            if (KernelCompiler.RefusalAsPtx(method, architecture) is not null)
            {
                return "refused";
            }

            PtxProgram program = KernelCompiler.ToPtx([method], architecture);
            (int registers, int stack, int spills, int declared) = Assembler.Assemble(program.Text, architecture)[program.Kernels[0].Name];
            (bytes, shared) = (program.Text.Length, declared);
            return $"{registers}, {stack}, {spills}";
        })];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {instructions} | {openCl.Length} | {bytes} | {milliseconds:F0} | {shared} | {string.Join(" | ", figures)} |");
    }

    private static string Measure(StepMemory memory, MethodInfo method, KernelConfig config, object[] arguments)
    {
        DeviceStream stream = memory.Device.DefaultStream;
        Stopwatch watch = Stopwatch.StartNew();
        LoadedKernel kernel = memory.Device.Load(method);
        kernel.Launch(stream, config, arguments);
        stream.Synchronize();
        double loadMs = watch.Elapsed.TotalMilliseconds;
        double error = Check(memory);

        double best = double.PositiveInfinity;
        for (int round = 0; round < Rounds; round++)
        {
            watch.Restart();
            for (int i = 0; i < Repetitions; i++)
            {
                kernel.Launch(stream, config, arguments);
            }

            stream.Synchronize();
            best = Math.Min(best, watch.Elapsed.TotalMilliseconds * 1000.0 / Repetitions);
        }

        double gflops = 2.0 * Rows * Gates * Width * Width / best / 1000.0;
        return string.Create(CultureInfo.InvariantCulture, $"{loadMs:F0} | {best:F1} | {gflops:F1} | {error:E1}");
    }

    // The formula of LstmNode in double precision; the states are below 1, the sums of 256 terms below 16.
    private static double Check(StepMemory memory)
    {
        const double Allowed = (Width + 8) * 16.0 / (1 << 24);
        (float[] weight, float[] inputs, float[] hidden, float[] cell) = (memory.Weight, memory.Inputs, memory.Hidden, memory.Cell);
        float[] actual = memory.Result();
        double worst = 0;
        double[] sums = new double[Gates];
        for (int row = 0; row < Rows; row++)
        {
            for (int unit = 0; unit < Width; unit++)
            {
                for (int gate = 0; gate < Gates; gate++)
                {
                    int column = (gate * Width) + unit;
                    sums[gate] = inputs[(row * Gates * Width) + column];
                    for (int k = 0; k < Width; k++)
                    {
                        sums[gate] += (double)weight[(column * Width) + k] * hidden[(row * Width) + k];
                    }
                }

                static double Sigmoid(double value) => 1.0 / (1.0 + Math.Exp(-value));
                double state = (Sigmoid(sums[(int)LstmGate.Forget]) * cell[(row * Width) + unit])
                    + (Sigmoid(sums[(int)LstmGate.Input]) * Math.Tanh(sums[(int)LstmGate.Cell]));
                double expected = Sigmoid(sums[(int)LstmGate.Output]) * Math.Tanh(state);
                double error = Math.Abs(actual[(row * Width) + unit] - expected);
                if (!(error <= Allowed))
                {
                    throw new InvalidOperationException(
                        $"VerticalSlice: h[{row}, {unit}] is {actual[(row * Width) + unit]:R}, expected {expected:R}, error {error}, allowed {Allowed}.");
                }

                worst = Math.Max(worst, error);
            }
        }

        return worst;
    }
}
