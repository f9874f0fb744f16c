using System.CommandLine;
using System.CommandLine.Parsing;
using GpuRnn.Cli.Commands;
using GpuRnn.Devices;
using GpuRnn.Cli.Configuration;

namespace GpuRnn.Cli;

/// <summary>The whole command line: parses it, runs the command and turns every mistake into one line and an exit code.</summary>
internal static class CommandLine
{
    // Training stops at the next step and then writes a checkpoint; a disk under load may need this long.
    private static readonly TimeSpan s_interruptTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Runs one invocation of the tool.</summary>
    /// <param name="arguments">What the shell passed, without the program's name.</param>
    /// <param name="host">Where to write.</param>
    /// <param name="cancellationToken">Acts like Ctrl-C.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, CommandHost host, CancellationToken cancellationToken)
    {
        RootCommand root = CreateRoot(host);
        ParseResult parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            host.Error.WriteLine(Describe(parsed));
            return ExitCode.BadInput;
        }

        try
        {
            InvocationConfiguration configuration = new()
            {
                Output = host.Output,
                Error = host.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = s_interruptTimeout,
            };
            return await parsed.InvokeAsync(configuration, cancellationToken);
        }
        catch (InputException exception)
        {
            host.Error.WriteLine(exception.Message);
            return ExitCode.BadInput;
        }
        catch (Exception exception) when (exception is DeviceCallException or KernelBuildException)
        {
            host.Error.WriteLine($"gpurnn: {InputException.OneLine(exception.Message)}");
            host.Error.Write((exception as KernelBuildException)?.Log);
            return ExitCode.Failure;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            host.Error.WriteLine($"gpurnn: {InputException.OneLine(exception.Message)} This is a fault of the tool; report it with what follows.");
            host.Error.WriteLine(exception);
            return ExitCode.Failure;
        }
        catch (OperationCanceledException)
        {
            host.Error.WriteLine("gpurnn: interrupted before there was anything to keep. Run the command again.");
            return ExitCode.Interrupted;
        }
    }

    private static RootCommand CreateRoot(CommandHost host)
    {
        return new RootCommand("GpuRnn: trains recurrent networks on sequences and runs them.")
        {
            ForecastCommand.Create(host),
            DevicesCommand.Create(host),
            PlanCommand.Create(host),
            GradientsCommand.Create(host),
            BenchCommand.Create(host),
            SelftestCommand.Create(host),
            KernelsCommand.Create(host),
            CacheCommand.Create(host),
        };
    }

    private static string Describe(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        string path = command is RootCommand ? "gpurnn" : $"gpurnn {command.Name}";
        ParseError error = parsed.Errors[0];
        if (error.SymbolResult is ArgumentResult or OptionResult && error.Message.StartsWith("--", StringComparison.Ordinal))
        {
            return error.Message;
        }

        if (parsed.UnmatchedTokens.Count > 0)
        {
            string token = parsed.UnmatchedTokens[0];
            IEnumerable<string> known = command.Subcommands.Select(sub => sub.Name).Concat(command.Options.Select(option => option.Name));
            string suggestion = NameSuggestion.Clause(token, known);
            return $"{path}: '{token}' arrived, but is no command or option here. {suggestion}Run '{path} --help' for what there is.";
        }

        if (command.Subcommands.Count > 0)
        {
            return $"{path}: no command arrived, but one of {string.Join(", ", command.Subcommands.Select(sub => sub.Name))} is needed. "
                + $"Run '{path} --help' for what each does.";
        }

        return $"{path}: {InputException.OneLine(error.Message).TrimEnd('.')}. Run '{path} --help' for what is needed.";
    }
}
