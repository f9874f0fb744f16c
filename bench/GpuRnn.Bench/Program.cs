using BenchmarkDotNet.Running;
using GpuRnn.Bench;

BenchmarkSwitcher.FromAssembly(typeof(ShortInProcessConfig).Assembly).Run(args, new ShortInProcessConfig());
