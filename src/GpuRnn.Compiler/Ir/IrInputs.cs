using System.Reflection;

namespace GpuRnn.Compiler.Ir;

/// <summary>What a function was made from, so that a stored result can be told to be out of date.</summary>
internal sealed class IrInputs
{
    private readonly HashSet<Type> _types = [];
    private readonly HashSet<Module> _modules = [];
    private readonly HashSet<MethodBase> _methods = [];
    private readonly Dictionary<FieldInfo, object?> _constants = [];

    /// <summary>Every module that supplied code, or a type whose layout or members mattered.</summary>
    internal IReadOnlyCollection<Module> Modules => _modules;

    /// <summary>The static fields whose values were built in, with these values.</summary>
    internal IReadOnlyDictionary<FieldInfo, object?> Constants => _constants;

    /// <summary>Notes a method that was called or inlined, with the types of its signature.</summary>
    internal void Add(MethodBase method)
    {
        if (!_methods.Add(method))
        {
            return;
        }

        _modules.Add(method.Module);
        Add(method.DeclaringType);
        Array.ForEach(method.IsGenericMethod ? method.GetGenericArguments() : [], Add);
        Array.ForEach(method.GetParameters(), parameter => Add(parameter.ParameterType));
        Add((method as MethodInfo)?.ReturnType);
    }

    /// <summary>Notes a type with what decides its layout: type arguments, elements and the fields of structs.</summary>
    internal void Add(Type? type)
    {
        if (type is null || type.IsGenericParameter || !_types.Add(type))
        {
            return;
        }

        _modules.Add(type.Module);
        Add(type.GetElementType());
        Array.ForEach(type.GetGenericArguments(), Add);
        if (type.IsValueType && !type.IsPrimitive && !type.IsEnum)
        {
            FieldInfo[] fields = type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);
            Array.ForEach(fields, field => Add(field.FieldType));
        }
    }

    /// <summary>Notes a static field whose value was read.</summary>
    internal void Add(FieldInfo field, object? value)
    {
        Add(field.DeclaringType);
        _constants[field] = value;
    }
}
