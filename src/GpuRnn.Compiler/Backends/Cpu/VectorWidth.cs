using System.Reflection;
using System.Runtime.Intrinsics;
using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Backends.Cpu;

/// <summary>The widest vector of this processor, and the methods that compute with it.</summary>
internal sealed class VectorWidth
{
    private readonly Type _class;
    private readonly Type _generic;
    private readonly MethodInfo[] _methods;

    private VectorWidth(Type vectorClass, Type generic, int lanes)
    {
        _class = vectorClass;
        _generic = generic;
        _methods = vectorClass.GetMethods(BindingFlags.Public | BindingFlags.Static);
        Lanes = lanes;
    }

    /// <summary>What the hardware computes at once; a wider vector would be emulated, which is slower than none.</summary>
    internal static VectorWidth Widest { get; } =
        Vector512.IsHardwareAccelerated ? new VectorWidth(typeof(Vector512), typeof(Vector512<>), 16)
        : Vector256.IsHardwareAccelerated ? new VectorWidth(typeof(Vector256), typeof(Vector256<>), 8)
        : new VectorWidth(typeof(Vector128), typeof(Vector128<>), 4);

    /// <summary>Numbers of 32 bits in a vector.</summary>
    internal int Lanes { get; }

    /// <summary>The name of a vector of 32-bit numbers, for people.</summary>
    internal string Name => _class.Name;

    /// <summary>The register of a vector; a bool is all ones or zeros in an int.</summary>
    internal Type Register(IrType type) => Vector(type == IrType.F32 ? typeof(float) : typeof(int));

    internal Type Vector(Type element) => _generic.MakeGenericType(element);

    /// <summary>A method of the vector class that takes vectors of <paramref name="element"/> alone.</summary>
    internal MethodInfo Method(string name, Type element, int vectors)
    {
        Type[] wanted = [.. Enumerable.Repeat(Vector(element), vectors)];
        return Find(name, element, wanted);
    }

    /// <summary>A method of the vector class with any parameters.</summary>
    internal MethodInfo Find(string name, Type element, params Type[] parameters)
    {
        foreach (MethodInfo method in _methods.Where(method => method.Name == name && method.GetParameters().Length == parameters.Length))
        {
            Type[] one = [element];
            MethodInfo closed = !method.IsGenericMethodDefinition ? method
                : method.GetGenericArguments().Length == 1 ? method.MakeGenericMethod(one) : method;
            if (!closed.ContainsGenericParameters && closed.GetParameters().Select(parameter => parameter.ParameterType).SequenceEqual(parameters))
            {
                return closed;
            }
        }

        throw new MissingMethodException(_class.Name, name);
    }

    /// <summary>The helper of <see cref="LaneMemory"/> for this width.</summary>
    internal MethodInfo Helper(string name, Type element)
    {
        Type[] one = [element];
        return typeof(LaneMemory).GetMethod($"{name}{Lanes * 32}", BindingFlags.Static | BindingFlags.NonPublic)!.MakeGenericMethod(one);
    }
}
