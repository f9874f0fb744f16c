using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using GpuRnn.Compiler.Diagnostics;
using GpuRnn.KernelModel;

namespace GpuRnn.Devices.Ilgpu;

/// <summary>Which type of ILGPU, or of an assembly compiled against it, stands for a type that hosts use.</summary>
internal static class TypeTwins
{
    /// <summary>What is added to an assembly's name when its kernels are compiled against ILGPU.</summary>
    internal const string AssemblySuffix = ".Ilgpu";

    private static readonly Dictionary<Type, Type> s_model = new()
    {
        [typeof(Index1D)] = typeof(ILGPU.Index1D),
        [typeof(Index2D)] = typeof(ILGPU.Index2D),
        [typeof(Index3D)] = typeof(ILGPU.Index3D),
        [typeof(LongIndex1D)] = typeof(ILGPU.LongIndex1D),
        [typeof(LongIndex2D)] = typeof(ILGPU.LongIndex2D),
        [typeof(LongIndex3D)] = typeof(ILGPU.LongIndex3D),
        [typeof(ArrayView<>)] = typeof(ILGPU.ArrayView<>),
        [typeof(ArrayView1D<,>)] = typeof(ILGPU.Runtime.ArrayView1D<,>),
        [typeof(ArrayView2D<,>)] = typeof(ILGPU.Runtime.ArrayView2D<,>),
        [typeof(Stride1D.Dense)] = typeof(ILGPU.Stride1D.Dense),
        [typeof(Stride1D.General)] = typeof(ILGPU.Stride1D.General),
        [typeof(Stride2D.DenseX)] = typeof(ILGPU.Stride2D.DenseX),
        [typeof(Stride2D.DenseY)] = typeof(ILGPU.Stride2D.DenseY),
        [typeof(Stride2D.General)] = typeof(ILGPU.Stride2D.General),
        [typeof(SpecializedValue<>)] = typeof(ILGPU.Runtime.SpecializedValue<>),
        [typeof(Half)] = typeof(ILGPU.Half),
    };

    private static readonly ConcurrentDictionary<Assembly, Assembly?> s_assemblies = new();

    /// <summary>Finds the type that stands for <paramref name="type"/>, or says what is missing.</summary>
    internal static bool TryFind(Type type, [NotNullWhen(true)] out Type? twin, out string reason)
    {
        reason = string.Empty;
        if (type.IsGenericType && !type.IsGenericTypeDefinition)
        {
            return TryFindClosed(type, out twin, out reason);
        }

        if (s_model.TryGetValue(type, out twin))
        {
            return true;
        }

        if (type.IsPrimitive)
        {
            twin = type;
            return true;
        }

        string name = type.Assembly.GetName().Name + AssemblySuffix;
        Assembly? assembly = s_assemblies.GetOrAdd(type.Assembly, _ => Load(name));
        twin = assembly?.GetType(type.FullName!);
        reason = twin is not null ? string.Empty
            : assembly is null ? $"the assembly {name} was not found; build it with -p:KernelRuntime=Ilgpu and put it beside the application"
            : $"{name} has no type {TypeName.Of(type)}; build it from the same sources";
        return twin is not null;
    }

    private static bool TryFindClosed(Type type, [NotNullWhen(true)] out Type? twin, out string reason)
    {
        twin = null;
        if (!TryFind(type.GetGenericTypeDefinition(), out Type? definition, out reason))
        {
            return false;
        }

        Type[] arguments = type.GetGenericArguments();
        for (int i = 0; i < arguments.Length; i++)
        {
            if (!TryFind(arguments[i], out Type? argument, out reason))
            {
                return false;
            }

            arguments[i] = argument;
        }

        twin = definition.MakeGenericType(arguments);
        return true;
    }

    private static Assembly? Load(string name)
    {
        try
        {
            return Assembly.Load(new AssemblyName(name));
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }
}
