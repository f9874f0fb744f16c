using System.Numerics;
using System.Reflection;
using GpuRnn.Compiler.Frontend.Bodies;
using GpuRnn.KernelModel;

namespace GpuRnn.Compiler.Frontend;

/// <summary>Members whose own body serves the host alone and which are inlined with another one, written in the kernel language.</summary>
internal static class ReplacedBodies
{
    private static readonly Dictionary<Type, Type> s_owners = new()
    {
        [typeof(Warp)] = typeof(WarpBodies),
        [typeof(Group)] = typeof(GroupBodies),
        [typeof(AsyncCopy)] = typeof(AsyncCopyBodies),
        [typeof(Atomic)] = typeof(AtomicBodies),
        [typeof(BitOperations)] = typeof(BitBodies),
        [typeof(Math)] = typeof(MathBodies),
        [typeof(MathF)] = typeof(MathBodies),
    };

    /// <summary>The body to inline instead, null when the member has none.</summary>
    internal static MethodInfo? Find(MethodBase method)
    {
        if (method is not MethodInfo { IsStatic: true } called || !s_owners.TryGetValue(method.DeclaringType!, out Type? owner))
        {
            return null;
        }

        MethodInfo? body = Array.Find(
            owner.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly),
            candidate => candidate.Name == called.Name && SameParameters(candidate, called));
        return body is { IsGenericMethodDefinition: true } ? body.MakeGenericMethod(called.GetGenericArguments()) : body;
    }

    // Generic collectives differ in the number of their parameters alone.
    private static bool SameParameters(MethodInfo candidate, MethodInfo called)
    {
        ParameterInfo[] own = candidate.GetParameters();
        ParameterInfo[] wanted = called.GetParameters();
        return own.Length == wanted.Length
            && (candidate.IsGenericMethodDefinition || own.Zip(wanted).All(pair => pair.First.ParameterType == pair.Second.ParameterType));
    }
}
