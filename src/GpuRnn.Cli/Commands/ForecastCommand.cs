using System.CommandLine;
using GpuRnn.Cli.Configuration;
using GpuRnn.Cli.Forecasting;
using GpuRnn.Cli.Reporting;

namespace GpuRnn.Cli.Commands;

/// <summary><c>gpurnn forecast</c>: trains a recurrent network on a series and compares its forecasts with simple ones.</summary>
internal sealed class ForecastCommand
{
    private readonly CommandHost _host;
    private readonly IReadOnlyList<Setting> _settings = ForecastSettings.Create();
    private readonly Option<string?> _config = new("--config")
    {
        Description = "JSON file of settings; options given beside it go before [default: none]",
        HelpName = "FILE",
    };

    private readonly Option<string?> _model = new("--model")
    {
        Description = "Use the weights of a saved model.safetensors instead of training [default: train]",
        HelpName = "FILE",
    };

    private readonly Option<bool> _resume = new("--resume")
    {
        Description = "Continue the interrupted run in --out, with its settings [default: false]",
    };

    private readonly Option<bool> _quiet = new("--quiet") { Description = "Print only the result [default: false]" };
    private readonly Option<bool> _json = new("--json") { Description = "Print JSON, one object a line [default: false]" };

    private ForecastCommand(CommandHost host)
    {
        _host = host;
    }

    /// <summary>The command for the command line.</summary>
    public static Command Create(CommandHost host)
    {
        return new ForecastCommand(host).CreateCommand();
    }

    private Command CreateCommand()
    {
        Command command = new(
            "forecast",
            "Trains a recurrent network to forecast a series one step ahead and compares it with persistence, the value a season ago and a "
            + "linear autoregression on values at the end that training never saw. Without options: monthly sunspot numbers.");
        foreach (Setting setting in _settings)
        {
            command.Options.Add(setting.Option);
        }

        command.Options.Add(_config);
        command.Options.Add(_model);
        command.Options.Add(_resume);
        command.Options.Add(_quiet);
        command.Options.Add(_json);

        // On a thread of its own: the handler of Ctrl-C waits for a task, so the command must be one from its first moment.
        command.SetAction((parsed, cancellationToken) => Task.Run(() => Run(parsed, cancellationToken), CancellationToken.None));
        return command;
    }

    private int Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        bool isQuiet = parsed.GetValue(_quiet);
        IForecastPresenter presenter = parsed.GetValue(_json)
            ? new JsonPresenter(_host.Output, isQuiet)
            : new TextPresenter(_host, isQuiet);
        return new ForecastRun(CreateRequest(parsed), presenter).Execute(cancellationToken);
    }

    private ForecastRequest CreateRequest(ParseResult parsed)
    {
        ForecastConfiguration configuration = parsed.GetValue(_config) is string path
            ? ConfigurationFile.Read(path, _settings)
            : new ForecastConfiguration();
        foreach (Setting setting in _settings)
        {
            configuration = setting.Read(configuration, parsed);
        }

        string? model = parsed.GetValue(_model);
        if (!parsed.GetValue(_resume))
        {
            return new ForecastRequest(configuration, _settings, model, null);
        }

        if (model is not null)
        {
            throw new InputException("--resume", "--model arrived too, but a resumed run has its own weights", "Leave one of the two out");
        }

        string checkpoint = Path.Combine(configuration.Out, RunFolder.CheckpointFile);
        return new ForecastRequest(Resumed(parsed, checkpoint, configuration.Out), _settings, null, checkpoint);
    }

    private ForecastConfiguration Resumed(ParseResult parsed, string checkpoint, string folder)
    {
        ForecastConfiguration interrupted = NetworkCheckpoint.ReadConfiguration(checkpoint, _settings);
        ForecastConfiguration configuration = interrupted;
        foreach (Setting setting in _settings)
        {
            ForecastConfiguration changed = setting.Read(configuration, parsed);
            if (setting.DecidesTraining && changed != configuration)
            {
                throw new InputException(
                    setting.OptionName,
                    $"{setting.Write(changed)} arrived with --resume, but the interrupted run has {setting.Write(interrupted)}",
                    $"Leave {setting.OptionName} out, or start anew without --resume");
            }

            configuration = changed;
        }

        return configuration with { Out = folder };
    }
}
