using System.CommandLine;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using GpuRnn.Cli.Configuration;
using GpuRnn.Compiler;
using GpuRnn.Compiler.Diagnostics;
using GpuRnn.Compiler.Frontend;
using GpuRnn.Kernels;

namespace GpuRnn.Cli.Commands;

/// <summary><c>gpurnn kernels</c>: the kernels of the library, and what the compiler makes of them.</summary>
internal static class KernelsCommand
{
    private const string Nothing = "nothing";

    /// <summary>The command for the command line.</summary>
    public static Command Create(CommandHost host)
    {
        Option<string> emit = CommandOption.Choice("--emit", "What to write of a kernel", Nothing, "ir", "opencl", "cpu", "ptx");
        Option<string?> kernel = new("--kernel") { Description = "A name that 'gpurnn kernels' lists [default: all]", HelpName = "NAME" };
        Option<string?> folder = new("--out") { Description = "The folder for one file a kernel [default: standard output]", HelpName = "DIR" };
        Option<string> architecture = new("--arch", "--architecture")
        {
            Description = "The oldest GPU that PTX shall run on, sm_70 to sm_90",
            HelpName = "SM",
            DefaultValueFactory = _ => "sm_80",
        };
        Command command = new("kernels", "Lists the kernels with their shapes, or writes what the compiler makes of them.")
        {
            emit, kernel, folder, architecture,
        };
        command.SetAction(parsed =>
        {
            IReadOnlyList<MethodInfo> chosen = Choose(parsed.GetValue(kernel));
            string form = parsed.GetValue(emit)!;
            if (form != Nothing)
            {
                return Write(host, chosen, form, parsed.GetValue(folder), parsed.GetValue(architecture)!);
            }

            if (parsed.GetValue(folder) is string unused)
            {
                throw new InputException("--out", $"'{unused}' arrived without --emit, but a form is needed", "Add --emit ir, opencl, cpu or ptx");
            }

            KernelList.Write(host.Output, chosen);
            return ExitCode.Success;
        });
        return command;
    }

    private static IReadOnlyList<MethodInfo> Choose(string? name)
    {
        if (name is null)
        {
            return KernelCatalog.All;
        }

        MethodInfo? found = KernelCatalog.All.FirstOrDefault(method => NameOf(method) == name);
        string suggestion = NameSuggestion.Clause(name, KernelCatalog.All.Select(NameOf));
        return found is null
            ? throw new InputException("--kernel", $"'{name}' arrived, but no kernel has that name", $"{suggestion}Run 'gpurnn kernels' for the names")
            : [found];
    }

    private static string NameOf(MethodInfo method) => KernelEntry.Read(method).Name;

    private static int Write(CommandHost host, IReadOnlyList<MethodInfo> kernels, string form, string? folder, string architecture)
    {
        bool isWhole = true;
        foreach (MethodInfo method in kernels)
        {
            if (form == "opencl" && kernels.Count > 1 && KernelEntry.Read(method).IsCooperative)
            {
                host.Error.WriteLine($"{NameOf(method)}: left out, because its groups wait for each other, which OpenCL does not promise to let them.");
                continue;
            }

            string text;
            try
            {
                text = Compile(method, form, architecture);
            }
            catch (KernelNotSupportedException refusal)
            {
                host.Error.WriteLine(InputException.OneLine(refusal.Message));
                isWhole = false;
                continue;
            }
            catch (ArgumentException unknown) when (form == "ptx")
            {
                throw new InputException($"--architecture: {InputGuard.WithoutParameter(unknown.Message)}", unknown);
            }

            if (folder is null)
            {
                host.Output.WriteLine(text);
            }
            else
            {
                string file = Path.Combine(folder, $"{FileName(NameOf(method))}.{Extension(form)}");
                Write(file, text);
                host.Output.WriteLine(file);
            }
        }

        // Of all kernels some are not for every form; whoever names one wants it.
        return isWhole || kernels.Count > 1 ? ExitCode.Success : ExitCode.BadInput;
    }

    private static void Write(string file, string text)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            TextFile.Replace(file, text);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InputException("--out", $"'{file}' cannot be written, but the text goes there", "Pass a folder that you may write");
        }
    }

    private static string Compile(MethodInfo method, string form, string architecture) => form switch
    {
        "ir" => KernelCompiler.ToIntermediateText(method),
        "opencl" => KernelCompiler.ToOpenCl(method),
        "cpu" => KernelCompiler.ToCpuText(method),
        _ => KernelCompiler.ToPtx(method, architecture),
    };

    private static string Extension(string form) => form switch
    {
        "opencl" => "cl",
        "cpu" => "cpu.txt",
        _ => form,
    };

    // A kernel over nested tiles has a name longer than file systems take; a hash keeps the shortened ones apart.
    private static string FileName(string kernel)
    {
        const int MaximumLength = 120;
        string plain = string.Concat(kernel.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter == '.' ? letter : '_')).TrimEnd('_');
        return plain.Length <= MaximumLength
            ? plain
            : $"{plain[..MaximumLength]}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(kernel)).AsSpan(0, 4))}";
    }
}
