using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using GpuRnn.Compiler.Diagnostics;
using GpuRnn.KernelModel;

namespace GpuRnn.Compiler.Frontend;

/// <summary>A kernel's signature, read from its method and found to follow the rules.</summary>
/// <remarks>Only the signature is looked at here; the body is the compiler's business.</remarks>
public sealed class KernelEntry
{
    private KernelEntry(
        MethodInfo method,
        KernelGrouping grouping,
        IndexType indexType,
        IReadOnlyList<KernelParameter> parameters,
        IReadOnlyDictionary<int, object> constants)
    {
        Constants = constants;
        Method = method;
        Grouping = grouping;
        IndexType = indexType;
        Parameters = parameters;
        Name = NameOf(method);
        IsCooperative = method.IsDefined(typeof(CooperativeAttribute), false);
        LaunchBounds = grouping == KernelGrouping.Explicit ? method.GetCustomAttribute<LaunchBoundsAttribute>(false) : null;
    }

    /// <summary>The method, closed if it was generic.</summary>
    public MethodInfo Method { get; }

    /// <summary>Class and method with their type arguments, as messages show it.</summary>
    public string Name { get; }

    /// <summary>Whether the first parameter is the index.</summary>
    public KernelGrouping Grouping { get; }

    /// <summary>True when the groups wait for each other, so that all of them must be started at once.</summary>
    public bool IsCooperative { get; }

    /// <summary>How it is launched at most; null when it does not say.</summary>
    public LaunchBoundsAttribute? LaunchBounds { get; }

    /// <summary>The type of the index parameter; <see cref="IndexType.None"/> when the launch arranges the groups.</summary>
    public IndexType IndexType { get; }

    /// <summary>The parameters for which a launch passes arguments, in order, without the index.</summary>
    public IReadOnlyList<KernelParameter> Parameters { get; }

    /// <summary>The values that are built into the compiled kernel, by the number of their parameter; none unless asked for.</summary>
    public IReadOnlyDictionary<int, object> Constants { get; }

    /// <summary>True when a parameter is a <see cref="SpecializedValue{T}"/>, whose value may be built in.</summary>
    public bool HasSpecializedParameters => Parameters.Any(IsSpecialized);

    /// <summary>The constants as one text, different for different constants; empty without any.</summary>
    public string ConstantsText => string.Join(
        ", ", Constants.OrderBy(pair => pair.Key).Select(pair =>
            $"{Parameters[pair.Key].Name} = {Convert.ToString(ValueOf(pair.Value), CultureInfo.InvariantCulture)}"));

    /// <summary>The same kernel with the values of its specialised parameters built in.</summary>
    /// <param name="arguments">A boxed value for each of <see cref="Parameters"/>; only those of specialised ones are read.</param>
    public KernelEntry Specialize(IReadOnlyList<object> arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        Dictionary<int, object> constants = Enumerable.Range(0, Parameters.Count)
            .Where(number => IsSpecialized(Parameters[number]))
            .ToDictionary(number => number, number => arguments[number]);
        return new KernelEntry(Method, Grouping, IndexType, Parameters, constants);
    }

    /// <summary>Reads the signature of <paramref name="method"/>.</summary>
    /// <exception cref="KernelNotSupportedException">It breaks one of the rules GK0001 to GK0007, or GK0024.</exception>
    public static KernelEntry Read(MethodInfo method)
    {
        ArgumentNullException.ThrowIfNull(method);
        string name = NameOf(method);
        RequireCallable(method, name);

        ParameterInfo[] all = method.GetParameters();
        IndexType indexType = all.Length == 0 ? IndexType.None : IndexTypeOf(all[0].ParameterType);
        if (indexType is IndexType.LongIndex1D or IndexType.LongIndex2D or IndexType.LongIndex3D)
        {
            throw new KernelNotSupportedException(
                "GK0007",
                $"{name}: the first parameter is a {indexType}, but launches count in 32 bits. "
                + $"Take an {indexType.ToString()["Long".Length..]} and widen it inside the kernel.");
        }

        int first = indexType == IndexType.None ? 0 : 1;
        KernelParameter[] parameters = new KernelParameter[all.Length - first];
        for (int i = 0; i < parameters.Length; i++)
        {
            parameters[i] = ReadParameter(all[i + first], name);
        }

        KernelGrouping grouping = indexType == IndexType.None ? KernelGrouping.Explicit : KernelGrouping.Implicit;
        KernelEntry entry = new(method, grouping, indexType, parameters, new Dictionary<int, object>());
        return entry.IsCooperative && grouping == KernelGrouping.Implicit ? throw Refusal.CooperativeIndex(name) : entry;
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static bool IsSpecialized(KernelParameter parameter) =>
        parameter.Type.IsGenericType && parameter.Type.GetGenericTypeDefinition() == typeof(SpecializedValue<>);

    /// <summary>The number in a boxed <see cref="SpecializedValue{T}"/>.</summary>
    internal static object ValueOf(object specialized) =>
        specialized.GetType().GetProperty(nameof(SpecializedValue<int>.Value))!.GetValue(specialized)!;

    private static void RequireCallable(MethodInfo method, string name)
    {
        if (!method.IsStatic)
        {
            throw new KernelNotSupportedException(
                "GK0001", $"{name}: is an instance method, but a kernel is static. Make it static and pass what it reads as parameters.");
        }

        if (!method.IsPublic || !IsVisible(method.DeclaringType))
        {
            throw new KernelNotSupportedException(
                "GK0002", $"{name}: is not visible outside its assembly, but a kernel is public in a public class. Make both public.");
        }

        if (method.ReturnType != typeof(void))
        {
            throw new KernelNotSupportedException(
                "GK0003",
                $"{name}: returns {TypeName.Of(method.ReturnType)}, but a kernel returns void. Write the result to a view parameter.");
        }

        if (method.ContainsGenericParameters)
        {
            throw new KernelNotSupportedException(
                "GK0004", $"{name}: has open type parameters, but a kernel is closed. Call MakeGenericMethod with concrete types first.");
        }
    }

    private static KernelParameter ReadParameter(ParameterInfo parameter, string name)
    {
        Type type = parameter.ParameterType;
        string parameterName = parameter.Name ?? $"#{parameter.Position}";
        if (type.IsByRef || type.IsPointer || type.IsByRefLike)
        {
            throw new KernelNotSupportedException(
                "GK0005",
                $"{name}: parameter '{parameterName}' is a {TypeName.Of(type)}, but a reference, a pointer or a span cannot cross to a device. "
                + "Take an ArrayView instead.");
        }

        if (!IsValueWithoutReferences(type))
        {
            throw new KernelNotSupportedException(
                "GK0006",
                $"{name}: parameter '{parameterName}' is a {TypeName.Of(type)}, but a kernel takes views and values without references. "
                + "Take an ArrayView for an array, or a struct of numbers for an object.");
        }

        return new KernelParameter(parameterName, type, IsViewType(type), IsViewType(type) && parameter.IsDefined(typeof(ReadOnlyViewAttribute), false));
    }

    private static bool IsVisible(Type? type) => type is null || ((type.IsPublic || type.IsNestedPublic) && IsVisible(type.DeclaringType));

    internal static bool IsViewType(Type type)
    {
        if (!type.IsGenericType)
        {
            return false;
        }

        Type definition = type.GetGenericTypeDefinition();
        return definition == typeof(ArrayView<>) || definition == typeof(ArrayView1D<,>) || definition == typeof(ArrayView2D<,>);
    }

    private static bool IsValueWithoutReferences(Type type)
    {
        // A vector is a register; how it lies in memory is the device's business.
        if (!type.IsValueType || type == typeof(nint) || type == typeof(nuint) || VectorIntrinsics.IsVector(type))
        {
            return false;
        }

        if (IsViewType(type))
        {
            return !VectorIntrinsics.IsVector(type.GetGenericArguments()[0]);
        }

        if (type.IsPrimitive || type.IsEnum)
        {
            return true;
        }

        FieldInfo[] fields = type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);
        return Array.TrueForAll(fields, field => IsValueWithoutReferences(field.FieldType));
    }

    private static IndexType IndexTypeOf(Type type) =>
        typeof(IIndex).IsAssignableFrom(type) && type.IsValueType
            ? ((IIndex)RuntimeHelpers.GetUninitializedObject(type)).IndexType
            : IndexType.None;

    internal static string NameOf(MethodBase method)
    {
        string name = method.DeclaringType is null ? method.Name : $"{TypeName.Of(method.DeclaringType)}.{method.Name}";
        return method.IsGenericMethod
            ? $"{name}<{string.Join(", ", method.GetGenericArguments().Select(TypeName.Of))}>"
            : name;
    }
}
