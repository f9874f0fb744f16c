namespace GpuRnn.Compiler.Diagnostics;

/// <summary>Writes types the way a C# programmer would.</summary>
public static class TypeName
{
    /// <summary>The name without namespaces, with type arguments in angle brackets and the declaring type before a nested one.</summary>
    public static string Of(Type type)
    {
        ArgumentNullException.ThrowIfNull(type);
        if (type.IsByRef)
        {
            return $"ref {Of(type.GetElementType()!)}";
        }

        if (type.IsPointer)
        {
            return $"{Of(type.GetElementType()!)}*";
        }

        if (type.IsArray)
        {
            return $"{Of(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";
        }

        if (type.IsGenericParameter)
        {
            return type.Name;
        }

        Type[] arguments = type.GetGenericArguments();
        return Keyword(type) ?? Nested(type, arguments);
    }

    // A nested type's arguments begin with those of its declaring type.
    private static string Nested(Type type, Type[] arguments)
    {
        int inherited = type.DeclaringType?.GetGenericArguments().Length ?? 0;
        int tick = type.Name.IndexOf('`', StringComparison.Ordinal);
        string name = tick < 0 ? type.Name : type.Name[..tick];
        if (arguments.Length > inherited)
        {
            name += $"<{string.Join(", ", arguments.Skip(inherited).Select(Of))}>";
        }

        if (type.DeclaringType is null)
        {
            return name;
        }

        Type declaring = inherited == 0 ? type.DeclaringType : type.DeclaringType.MakeGenericType(arguments[..inherited]);
        return $"{Of(declaring)}.{name}";
    }

    private static string? Keyword(Type type) => type.IsEnum ? null : Type.GetTypeCode(type) switch
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
        TypeCode.Decimal => "decimal",
        TypeCode.String => "string",
        _ => type == typeof(object) ? "object" : null,
    };
}
