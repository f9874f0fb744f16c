namespace GpuRnn.Cli.Tests.Commands;

public sealed class CommandLineTests
{
    [Fact]
    public async Task Run_UnknownCommand_SuggestsOne()
    {
        CommandResult result = await CommandTester.RunAsync("device");

        result.AssertRefused("gpurnn: 'device' arrived, but is no command or option here. Did you mean 'devices'? Run 'gpurnn --help'");
    }

    [Fact]
    public async Task Run_UnknownOption_SaysWhereToLook()
    {
        CommandResult result = await CommandTester.RunAsync("devices", "--colour");

        result.AssertRefused("gpurnn devices: '--colour' arrived, but is no command or option here. Run 'gpurnn devices --help'");
    }

    [Fact]
    public async Task Run_NoCommand_IsRefusedInOneLine()
    {
        CommandResult result = await CommandTester.RunAsync();

        result.AssertRefused("gpurnn: no command arrived, but one of forecast, devices, ");
    }

    [Fact]
    public async Task Devices_OnAnyMachine_ListsTheProcessor()
    {
        CommandResult result = await CommandTester.RunAsync("devices");

        Assert.Equal(0, result.ExitCode);
        Assert.Matches(@"id +cpu", result.Output);
        Assert.Matches($@"threads +{Environment.ProcessorCount}\b", result.Output);
        Assert.Matches(@"vector width +\d+ bit", result.Output);
        Assert.Matches(@"matrix product +simd-\d+", result.Output);
    }
}
