using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using GpuRnn.Compiler.Backends.OpenCl;
using GpuRnn.Compiler.Fuzz.Syntax;
using GpuRnn.Testing;

namespace GpuRnn.Compiler.Fuzz.Execution;

/// <summary>Many kernels behind one: they become functions, and one kernel calls the function that an argument names.</summary>
/// <remarks>
/// A driver pays some tens of milliseconds for each kernel beside the time for its code. Only kernels with shared memory stay kernels, because OpenCL
/// declares shared memory in kernels alone. All generated kernels have the same parameters.
/// </remarks>
internal sealed partial class OpenClDispatch : IDisposable
{
    private const int FunctionsPerKernel = 8;

    private readonly OpenClText _program;
    private readonly Dictionary<FuzzKernel, (string Name, int? Which)> _places;

    private OpenClDispatch(OpenClText program, Dictionary<FuzzKernel, (string Name, int? Which)> places)
    {
        _program = program;
        _places = places;
    }

    /// <summary>Builds a program for kernels, which stand in the program in this order.</summary>
    internal static OpenClDispatch Build(OpenClProgram program, IReadOnlyList<FuzzKernel> kernels)
    {
        string text = program.Text;
        Dictionary<FuzzKernel, (string Name, int? Which)> places = [];
        List<(FuzzKernel Kernel, string Name)> functions = [];
        for (int i = 0; i < kernels.Count; i++)
        {
            string name = program.Kernels[i].Name;
            places.Add(kernels[i], (name, null));
            if (!kernels[i].IsGrouped)
            {
                functions.Add((kernels[i], name));
                text = text.Replace($"__kernel void {name}(", $"void {name}(", StringComparison.Ordinal);
            }
        }

        StringBuilder all = new(text);
        foreach ((FuzzKernel Kernel, string Name)[] part in functions.Chunk(FunctionsPerKernel))
        {
            string dispatcher = $"dispatch_{part[0].Name}";
            string parameters = Regex.Match(program.Text, $@"\b{part[0].Name}\(\n(.*?)\)\n\{{", RegexOptions.Singleline).Groups[1].Value;
            string arguments = string.Join(", ", parameters.Split(',').Select(parameter => LastWord().Match(parameter).Value));
            all.Append($"\n__kernel void {dispatcher}(\n{parameters},\n    const int which)\n{{\n    switch (which)\n    {{\n");
            for (int i = 0; i < part.Length; i++)
            {
                all.Append($"        case {i}: {part[i].Name}({arguments}); break;\n");
                places[part[i].Kernel] = (dispatcher, i);
            }

            all.Append("    }\n}\n");
        }

        return new OpenClDispatch(new OpenClText(OpenClTestDevice.Shared, all.ToString()), places);
    }

    /// <summary>Runs one of the kernels.</summary>
    internal void Run(FuzzKernel kernel, MethodInfo method, FuzzMemory memory)
    {
        (string name, int? which) = _places[kernel];
        List<object> arguments = [.. KernelLeaves.ForOpenCl(method, memory.Arrays())];
        if (!kernel.IsGrouped)
        {
            arguments.Add(FuzzLayout.Items);
        }

        if (which is int number)
        {
            arguments.Add(number);
        }

        _program.Run(name, arguments, [FuzzLayout.Items], [FuzzLayout.GroupSize]);
    }

    /// <summary>Gives the program back.</summary>
    public void Dispose() => _program.Dispose();

    [GeneratedRegex(@"\w+\s*$")]
    private static partial Regex LastWord();
}
