using System.Globalization;
using System.Reflection;
using System.Runtime.Loader;
using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Caching;

/// <summary>What a compilation read besides what its key names: further assemblies, and static fields whose values it built in.</summary>
/// <remarks>One line each. The result holds while each assembly of that name is the same build and each field has the same value.</remarks>
internal static class RecordedInputs
{
    private const char Separator = '\t';
    private const string ModuleLine = "module";
    private const string ConstantLine = "constant";

    /// <summary>The lines, in an order of their own; null when something has no lasting identity.</summary>
    internal static IReadOnlyList<string>? Write(IEnumerable<IrInputs> inputs)
    {
        SortedSet<string> lines = new(StringComparer.Ordinal);
        foreach (IrInputs one in inputs)
        {
            foreach (Module module in one.Modules.Where(module => !CompilationKey.NamesAlways(module)))
            {
                if (ModuleIdentity.Of(module) is not string identity)
                {
                    return null;
                }

                lines.Add(string.Join(Separator, ModuleLine, module.Assembly.FullName, identity));
            }

            foreach ((FieldInfo field, object? value) in one.Constants)
            {
                lines.Add(string.Join(Separator, ConstantLine, field.DeclaringType!.AssemblyQualifiedName, field.Name, Text(value)));
            }
        }

        return [.. lines];
    }

    /// <summary>True when a compilation now would read the same.</summary>
    /// <param name="lines">What <see cref="Write"/> made.</param>
    /// <param name="origin">The kernel's assembly, which decides what the others' names mean.</param>
    internal static bool StillHold(IEnumerable<string> lines, Assembly origin)
    {
        try
        {
            return lines.All(line => Holds(line.Split(Separator), origin));
        }
        catch (Exception exception) when (exception is IOException or BadImageFormatException or TypeLoadException or TypeInitializationException
            or TargetInvocationException or ArgumentException)
        {
            // An assembly or a type is no longer there: the compiler will say so, if it still matters.
            return false;
        }
    }

    private static bool Holds(string[] parts, Assembly origin) => parts switch
    {
        [ModuleLine, string assembly, string identity] => ModuleIdentity.Of(Load(new AssemblyName(assembly), origin).ManifestModule) == identity,
        [ConstantLine, string type, string field, string value] => FieldOf(type, field, origin) is FieldInfo found && Text(found.GetValue(null)) == value,
        _ => false,
    };

    private static Assembly Load(AssemblyName name, Assembly origin) => name.FullName == origin.FullName
        ? origin
        : AssemblyLoadContext.GetLoadContext(origin)!.LoadFromAssemblyName(name);

    private static FieldInfo? FieldOf(string type, string field, Assembly origin) =>
        Type.GetType(type, name => Load(name, origin), null, throwOnError: false)
            ?.GetField(field, BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly);

    // Bits where the text of a number could hide a difference.
    private static string Text(object? value) => value switch
    {
        float single => $"float 0x{BitConverter.SingleToUInt32Bits(single):x8}",
        double real => $"double 0x{BitConverter.DoubleToUInt64Bits(real):x16}",
        Half half => $"half 0x{BitConverter.HalfToUInt16Bits(half):x4}",
        Enum member => $"{member.GetType().Name} {member:d}",
        IFormattable number => $"{value.GetType().Name} {number.ToString(null, CultureInfo.InvariantCulture)}",
        _ => $"{value?.GetType().Name} {value}",
    };
}
