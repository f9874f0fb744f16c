using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using GpuRnn.Compiler.Diagnostics;
using GpuRnn.Compiler.Frontend;

namespace GpuRnn.Devices.Ilgpu;

/// <summary>The method that the same kernel source gave when it was compiled against ILGPU, and how arguments become its arguments.</summary>
internal sealed class KernelTwin
{
    private const BindingFlags PublicStatic = BindingFlags.Public | BindingFlags.Static;

    private readonly ArgumentTranslation[] _translations;

    private KernelTwin(MethodInfo method, ArgumentTranslation[] translations)
    {
        Method = method;
        _translations = translations;
    }

    /// <summary>The method that ILGPU compiles.</summary>
    internal MethodInfo Method { get; }

    /// <summary>Finds the twin of a kernel, or says why there is none.</summary>
    internal static bool Find(KernelEntry entry, [NotNullWhen(true)] out KernelTwin? twin, out string reason)
    {
        twin = null;
        MethodInfo method = entry.Method;
        if (!TypeTwins.TryFind(method.DeclaringType!, out Type? declaring, out reason))
        {
            return false;
        }

        Type[] wanted = new Type[method.GetParameters().Length];
        for (int i = 0; i < wanted.Length; i++)
        {
            if (!TypeTwins.TryFind(method.GetParameters()[i].ParameterType, out Type? type, out reason))
            {
                return false;
            }

            wanted[i] = type;
        }

        Type[] typeArguments = method.IsGenericMethod ? method.GetGenericArguments() : [];
        for (int i = 0; i < typeArguments.Length; i++)
        {
            if (!TypeTwins.TryFind(typeArguments[i], out Type? type, out reason))
            {
                return false;
            }

            typeArguments[i] = type;
        }

        MethodInfo? found = declaring.GetMethods(PublicStatic)
            .Where(candidate => candidate.Name == method.Name && candidate.GetGenericArguments().Length == typeArguments.Length)
            .Select(candidate => typeArguments.Length == 0 ? candidate : candidate.MakeGenericMethod(typeArguments))
            .FirstOrDefault(candidate => candidate.GetParameters().Select(p => p.ParameterType).SequenceEqual(wanted));
        if (found is null)
        {
            reason = $"{declaring.Assembly.GetName().Name} has no {entry.Name} with the same parameters; build it from the same sources";
            return false;
        }

        int first = wanted.Length - entry.Parameters.Count;
        ArgumentTranslation[] translations = new ArgumentTranslation[entry.Parameters.Count];
        for (int i = 0; i < translations.Length; i++)
        {
            KernelParameter parameter = entry.Parameters[i];
            if (!ArgumentTranslation.TryMake(parameter.Type, wanted[first + i], out ArgumentTranslation? translation))
            {
                reason = $"parameter '{parameter.Name}' is a {TypeName.Of(parameter.Type)}, which cannot be handed to ILGPU: it holds views or is specialised";
                return false;
            }

            translations[i] = translation;
        }

        twin = new KernelTwin(found, translations);
        reason = $"ILGPU compiles {entry.Name} from {declaring.Assembly.GetName().Name}";
        return true;
    }

    /// <summary>Turns argument <paramref name="index"/> of a launch into what the twin takes.</summary>
    internal object Translate(int index, object argument, IlgpuKernel kernel) => _translations[index].Translate(argument, kernel);
}
