using GpuRnn.Cli;

return await CommandLine.RunAsync(args, CommandHost.ForProcess(), CancellationToken.None);
