using System.Text.RegularExpressions;
using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Backends.OpenCl;

/// <summary>Names that OpenCL C accepts: those of the source where it can, numbered ones for intermediate values.</summary>
internal sealed partial class OpenClNames
{
    /// <summary>The parameter for the shared memory whose size the launch decides.</summary>
    internal const string DynamicShared = "dynamic_shared";

    /// <summary>The parameter for its size.</summary>
    internal const string DynamicSharedBytes = "dynamic_shared_bytes";

    private static readonly HashSet<string> s_reserved =
    [
        "auto", "bool", "break", "case", "char", "complex", "const", "constant", "continue", "default", "do", "double", "else", "enum", "event_t",
        "extern", "false", "float", "for", "global", "goto", "half", "if", "image1d_t", "image2d_t", "image3d_t", "imaginary", "inline", "int",
        "kernel", "local", "long", "private", "quad", "read_only", "read_write", "register", "restrict", "return", "sampler_t", "short", "signed",
        "size_t", "sizeof", "static", "struct", "switch", "true", "typedef", "uchar", "uint", "ulong", "union", "unsigned", "ushort", "void",
        "volatile", "while", "write_only", "barrier", "fma", "fabs", "sqrt", "floor", "ceil", "trunc", "rint", "exp", "log", "log2", "log10", "pow",
        "sin", "cos", "tan", "asin", "acos", "atan", "atan2", "sinh", "cosh", "tanh", "fmod", "as_int", "as_long", "as_float", "as_double", "popcount", "clz",
        "mem_fence", DynamicShared, DynamicSharedBytes,
    ];

    private const int MaximumLength = 100;

    private readonly Dictionary<IrValue, string> _names = [];
    private readonly HashSet<string> _taken = [.. s_reserved];
    private int _next;

    /// <param name="function">The function whose values get names.</param>
    /// <param name="kernels">The names of the program's kernels so far; this one's is added.</param>
    internal OpenClNames(IrFunction function, ISet<string> kernels)
    {
        string kernel = Shortened(Identifier(function.Name));
        while (s_reserved.Contains(kernel) || !kernels.Add(kernel))
        {
            kernel += "_";
        }

        Kernel = kernel;
        _taken.Add(kernel);
        foreach (IrParameter parameter in function.Parameters)
        {
            _names[parameter] = Unique(Identifier(parameter.Name));
        }
    }

    /// <summary>The kernel's name in the program.</summary>
    internal string Kernel { get; }

    internal string Of(IrValue value)
    {
        if (!_names.TryGetValue(value, out string? name))
        {
            _names[value] = name = Unique($"t{_next++}");
        }

        return name;
    }

    /// <summary>A name that nothing else has; <paramref name="wanted"/>, if need be with underscores behind it.</summary>
    internal string Unique(string wanted)
    {
        while (!_taken.Add(wanted))
        {
            wanted += "_";
        }

        return wanted;
    }

    private static string Identifier(string name)
    {
        string plain = NoWord().Replace(name, "_").Trim('_');
        return plain.Length == 0 || char.IsDigit(plain[0]) ? $"k_{plain}" : plain;
    }

    // Drivers name files after kernels; the end of a long name is replaced by a number made from the whole (FNV-1a).
    private static string Shortened(string name)
    {
        if (name.Length <= MaximumLength)
        {
            return name;
        }

        uint hash = 2166136261;
        foreach (char letter in name)
        {
            hash = unchecked((hash ^ letter) * 16777619);
        }

        return $"{name[..(MaximumLength - 9)]}_{hash:x8}";
    }

    [GeneratedRegex("[^A-Za-z0-9]+")]
    private static partial Regex NoWord();
}
