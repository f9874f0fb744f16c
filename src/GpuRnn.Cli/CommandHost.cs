using Spectre.Console;

namespace GpuRnn.Cli;

/// <summary>Where a command writes, so that tests can run commands in their own process.</summary>
/// <param name="Output">Results.</param>
/// <param name="Error">Error lines.</param>
/// <param name="IsTerminal">True when output goes to a terminal, which may then be redrawn in place.</param>
/// <param name="Width">Columns of the output.</param>
internal sealed record CommandHost(TextWriter Output, TextWriter Error, bool IsTerminal, int Width)
{
    private const int WidthWithoutTerminal = 100;

    /// <summary>The process's own console.</summary>
    public static CommandHost ForProcess()
    {
        bool isTerminal = !Console.IsOutputRedirected;
        int width = isTerminal && Console.WindowWidth > 0 ? Console.WindowWidth : WidthWithoutTerminal;
        return new CommandHost(Console.Out, Console.Error, isTerminal, width);
    }

    /// <summary>A Spectre console on <see cref="Output"/>; without colours and cursor movement where that is no terminal.</summary>
    public IAnsiConsole CreateConsole()
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(Output),
            Ansi = IsTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = IsTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = IsTerminal ? InteractionSupport.Detect : InteractionSupport.No,
        });
        console.Profile.Width = Width;
        return console;
    }
}
