using System.Collections.Concurrent;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Backends.Cpu;

/// <summary>A width of vectors, and the methods that compute with them.</summary>
/// <remarks>A value of 64 bits takes two vectors for as many lanes, the first half of the lanes in the first.</remarks>
internal sealed class VectorWidth
{
    private readonly Type _class;
    private readonly Type _generic;
    private readonly ILookup<string, MethodInfo> _methods;
    private readonly ConcurrentDictionary<(string Name, Type Element, string Parameters), MethodInfo> _found = new();

    private VectorWidth(Type vectorClass, Type generic, int lanes)
    {
        _class = vectorClass;
        _generic = generic;
        _methods = vectorClass.GetMethods(BindingFlags.Public | BindingFlags.Static).ToLookup(method => method.Name);
        Lanes = lanes;
    }

    internal static VectorWidth Four { get; } = new(typeof(Vector128), typeof(Vector128<>), 4);

    internal static VectorWidth Eight { get; } = new(typeof(Vector256), typeof(Vector256<>), 8);

    internal static VectorWidth Sixteen { get; } = new(typeof(Vector512), typeof(Vector512<>), 16);

    /// <summary>What the hardware computes at once; a wider vector would be emulated, which is slower than none.</summary>
    internal static VectorWidth Widest { get; } =
        Vector512.IsHardwareAccelerated ? Sixteen : Vector256.IsHardwareAccelerated ? Eight : Four;

    /// <summary>The width that holds a number of 32-bit numbers, whatever the hardware computes at once.</summary>
    internal static VectorWidth Of(int lanes) => lanes switch
    {
        4 => Four,
        8 => Eight,
        16 => Sixteen,
        _ => throw new NotSupportedException($"Vectors of {lanes} numbers have no register."),
    };

    /// <summary>Numbers of 32 bits in a vector.</summary>
    internal int Lanes { get; }

    /// <summary>Bytes in a vector.</summary>
    internal int Bytes => Lanes * sizeof(int);

    /// <summary>The vectors that a value takes.</summary>
    internal static int Parts(IrType type) => type.Kind is ScalarKind.I64 or ScalarKind.F64 or ScalarKind.Pointer ? 2 : 1;

    /// <summary>A number in a register; a bool is all ones or zeros in an int, an address a long.</summary>
    internal static Type Element(IrType type) => type.Kind switch
    {
        ScalarKind.F32 => typeof(float),
        ScalarKind.F64 => typeof(double),
        ScalarKind.I64 or ScalarKind.Pointer => typeof(long),
        _ => typeof(int),
    };

    /// <summary>The register of a vector, or of each half.</summary>
    internal Type Register(IrType type) => Vector(Element(type));

    internal Type Vector(Type element) => _generic.MakeGenericType(element);

    /// <summary>A method of the vector class that takes vectors of <paramref name="element"/> alone.</summary>
    internal MethodInfo Method(string name, Type element, int vectors) => Find(name, element, [.. Enumerable.Repeat(Vector(element), vectors)]);

    /// <summary>A method of the vector class with any parameters.</summary>
    internal MethodInfo Find(string name, Type element, params Type[] parameters) => _found.GetOrAdd(
        (name, element, string.Join<Type>(',', parameters)), _ => Search(name, element, parameters));

    /// <summary>Replaces the address and the mask, a vector of <paramref name="element"/>, on the stack by what the lanes in the mask read, 0 in the others.</summary>
    internal void LoadMasked(ILGenerator il, Type element)
    {
        if (this == Sixteen && Avx512F.IsSupported)
        {
            il.Emit(OpCodes.Call, Vector(element).GetProperty("Zero")!.GetMethod!);
            il.Emit(OpCodes.Call, typeof(Avx512F).GetMethod("MaskLoad", [element.MakePointerType(), Vector(element), Vector(element)])!);
            return;
        }

        il.Emit(OpCodes.Call, Masked("MaskLoad", nameof(LaneMemory.Load128), element, [element.MakePointerType(), Vector(element)]));
    }

    /// <summary>Writes the lanes of a vector that lie in the mask; on the stack: address, mask, value.</summary>
    internal void StoreMasked(ILGenerator il, Type element) => il.Emit(OpCodes.Call, this == Sixteen && Avx512F.IsSupported
        ? typeof(Avx512F).GetMethod("MaskStore", [element.MakePointerType(), Vector(element), Vector(element)])!
        : Masked("MaskStore", nameof(LaneMemory.Store128), element, [element.MakePointerType(), Vector(element), Vector(element)]));

    private static MethodInfo Masked(string name, string substitute, Type element, Type[] parameters)
    {
        Type[] one = [element];
        Type owner = element == typeof(float) || element == typeof(double) ? typeof(Avx) : typeof(Avx2);
        return Avx2.IsSupported
            ? owner.GetMethod(name, parameters)!
            : typeof(LaneMemory).GetMethod(substitute, BindingFlags.Static | BindingFlags.NonPublic)!.MakeGenericMethod(one);
    }

    private MethodInfo Search(string name, Type element, Type[] parameters)
    {
        Type[] one = [element];
        foreach (MethodInfo method in _methods[name].Where(method => method.GetParameters().Length == parameters.Length))
        {
            MethodInfo closed = !method.IsGenericMethodDefinition ? method
                : method.GetGenericArguments().Length == 1 ? method.MakeGenericMethod(one) : method;
            if (!closed.ContainsGenericParameters && closed.GetParameters().Select(parameter => parameter.ParameterType).SequenceEqual(parameters))
            {
                return closed;
            }
        }

        throw new MissingMethodException(_class.Name, name);
    }
}
