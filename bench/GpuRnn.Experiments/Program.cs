using GpuRnn.Experiments;
using GpuRnn.Experiments.Frame;

try
{
    return ExperimentRunner.Run(ExperimentOptions.Parse(args, ExperimentList.All), Console.Out);
}
catch (ArgumentException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 2;
}
