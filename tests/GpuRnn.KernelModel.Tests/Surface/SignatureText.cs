using System.Reflection;

namespace GpuRnn.KernelModel.Tests.Surface;

/// <summary>Writes members in the format of the stored listing.</summary>
internal static class SignatureText
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    // What every structure implements the .NET way; the listing leaves it out.
    private static readonly string[] s_objectMembers = ["Equals", "GetHashCode", "ToString", "CompareTo"];

    /// <summary>The members of <paramref name="type"/>, one line each.</summary>
    internal static IEnumerable<string> Members(Type type)
    {
        foreach (ConstructorInfo constructor in type.GetConstructors(Declared))
        {
            yield return $"ctor({Parameters(constructor)})";
        }

        foreach (FieldInfo field in type.GetFields(Declared).Where(f => !f.IsSpecialName))
        {
            yield return $"{(field.IsStatic ? "static " : "")}{NameOf(field.FieldType)} {field.Name}";
        }

        foreach (PropertyInfo property in type.GetProperties(Declared))
        {
            string index = string.Join(", ", property.GetIndexParameters().Select(p => NameOf(p.ParameterType)));
            string head = property.GetMethod!.IsStatic ? "static " : "";
            yield return $"{head}{NameOf(property.PropertyType)} {property.Name}{(index.Length == 0 ? "" : $"[{index}]")}";
        }

        foreach (MethodInfo method in type.GetMethods(Declared))
        {
            bool isAccessor = method.IsSpecialName && !method.Name.StartsWith("op_", StringComparison.Ordinal);
            if (!isAccessor && !s_objectMembers.Contains(method.Name))
            {
                yield return Method(method);
            }
        }
    }

    /// <summary>The heading of a type, without its namespace.</summary>
    internal static string Heading(Type type) => type.DeclaringType is null ? type.Name : $"{Heading(type.DeclaringType)}+{type.Name}";

    private static string Method(MethodInfo method)
    {
        string generic = method.IsGenericMethod ? $"<{string.Join(",", method.GetGenericArguments().Select(NameOf))}>" : "";
        return $"{(method.IsStatic ? "static " : "")}{NameOf(method.ReturnType)} {method.Name}{generic}({Parameters(method)})";
    }

    private static string Parameters(MethodBase method) =>
        string.Join(", ", method.GetParameters().Select(p => $"{NameOf(p.ParameterType)} {p.Name}"));

    private static string NameOf(Type type)
    {
        if (type.IsByRef)
        {
            return $"ref {NameOf(type.GetElementType()!)}";
        }

        if (type.IsPointer)
        {
            return $"{NameOf(type.GetElementType()!)}*";
        }

        if (type.IsArray)
        {
            return $"{NameOf(type.GetElementType()!)}[]";
        }

        string? keyword = Keyword(type);
        if (keyword is not null || type.IsGenericParameter)
        {
            return keyword ?? type.Name;
        }

        string name = type.Name.Split('`')[0];
        if (type.IsGenericType && type.Name.Contains('`', StringComparison.Ordinal))
        {
            name += $"<{string.Join(",", type.GetGenericArguments().Select(NameOf))}>";
        }

        return type.DeclaringType is null ? name : $"{NameOf(type.DeclaringType)}.{name}";
    }

    private static string? Keyword(Type type) => type.IsEnum ? null : type == typeof(void) ? "void" : Type.GetTypeCode(type) switch
    {
        TypeCode.Boolean => "bool",
        TypeCode.Byte => "byte",
        TypeCode.SByte => "sbyte",
        TypeCode.Int16 => "short",
        TypeCode.UInt16 => "ushort",
        TypeCode.Int32 => "int",
        TypeCode.UInt32 => "uint",
        TypeCode.Int64 => "long",
        TypeCode.UInt64 => "ulong",
        TypeCode.Single => "float",
        TypeCode.Double => "double",
        TypeCode.String => "string",
        _ => type == typeof(object) ? "object" : null,
    };
}
