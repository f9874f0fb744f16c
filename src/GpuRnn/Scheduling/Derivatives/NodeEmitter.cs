using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Runtime.Loader;
using System.Security.Cryptography;
using System.Text;
using GpuRnn.Kernels.Cells;
using GpuRnn.Kernels.Lanes;

namespace GpuRnn.Scheduling.Derivatives;

/// <summary>Writes a node's program as the type that a person would have written: a struct with both passes, generic over lane and slots.</summary>
/// <remarks>So every executor, every device's compiler and the double reference take it as any other node, and know nothing of derivatives.</remarks>
internal static class NodeEmitter
{
    private const string TypeNamespace = "GpuRnn.Automatic";

    private static readonly Lock s_lock = new();

    /// <summary>Makes the type.</summary>
    /// <param name="name">What it is called in plans, kernels and errors.</param>
    /// <param name="program">What its passes do.</param>
    public static Type Emit(string name, NodeProgram program)
    {
        // The same program of the same library is the same assembly, so that compiled kernels of it are found again on disk.
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{typeof(NodeEmitter).Module.ModuleVersionId}\n{name}\n{program}"));
        string assemblyName = $"{TypeNamespace}.{name}.{Convert.ToHexStringLower(hash, 0, 8)}";
        AssemblyLoadContext context = AssemblyLoadContext.GetLoadContext(typeof(IStepNode).Assembly)!;
        lock (s_lock)
        {
            Assembly assembly = context.Assemblies.FirstOrDefault(one => one.GetName().Name == assemblyName)
                ?? context.LoadFromStream(new MemoryStream(Image(assemblyName, name, program, hash), writable: false));
            return assembly.GetType($"{TypeNamespace}.{name}", throwOnError: true)!;
        }
    }

    private static byte[] Image(string assemblyName, string name, NodeProgram program, byte[] hash)
    {
        PersistedAssemblyBuilder assembly = new(new AssemblyName(assemblyName), typeof(object).Assembly);
        TypeBuilder type = assembly.DefineDynamicModule(assemblyName).DefineType(
            $"{TypeNamespace}.{name}",
            TypeAttributes.Public | TypeAttributes.Sealed | TypeAttributes.SequentialLayout | TypeAttributes.BeforeFieldInit,
            typeof(ValueType),
            PackingSize.Unspecified,
            1);
        type.AddInterfaceImplementation(typeof(IStepFunction));
        type.AddInterfaceImplementation(typeof(IStepNode));
        EmitPass(type, typeof(IStepFunction).GetMethod(nameof(IStepFunction.Forward))!, typeof(IStepSlots<>), program, isForward: true);
        EmitPass(type, typeof(IStepNode).GetMethod(nameof(IStepNode.Backward))!, typeof(IStepGradientSlots<>), program, isForward: false);
        type.CreateType();
        return Save(assembly, hash);
    }

    private static byte[] Save(PersistedAssemblyBuilder assembly, byte[] versionId)
    {
        using MemoryStream stream = new();
        assembly.Save(stream);
        byte[] image = stream.ToArray();
        using (PEReader reader = new(new MemoryStream(image, writable: false)))
        {
            MetadataReader metadata = reader.GetMetadataReader();
            int guid = MetadataTokens.GetHeapOffset(metadata.GetModuleDefinition().Mvid) - 1;
            versionId.AsSpan(0, 16).CopyTo(image.AsSpan(reader.PEHeaders.MetadataStartOffset + metadata.GetHeapMetadataOffset(HeapIndex.Guid) + (16 * guid)));
        }

        return image;
    }

    private static void EmitPass(TypeBuilder type, MethodInfo declaration, Type slotsInterface, NodeProgram program, bool isForward)
    {
        MethodBuilder method = type.DefineMethod(declaration.Name, MethodAttributes.Public | MethodAttributes.Static | MethodAttributes.HideBySig);
        GenericTypeParameterBuilder[] parameters = method.DefineGenericParameters("T", "TSlots");
        Type lane = typeof(IReal<>).MakeGenericType(parameters[0]);
        Type slots = slotsInterface.MakeGenericType(parameters[0]);
        Constrain(parameters[0], lane);
        Constrain(parameters[1], slots);
        method.SetReturnType(typeof(void));
        method.SetParameters(parameters[1].MakeByRefType());
        method.SetImplementationFlags(MethodImplAttributes.IL | MethodImplAttributes.AggressiveInlining);
        method.DefineParameter(1, ParameterAttributes.None, "slots");
        PassEmitter emitter = new(method.GetILGenerator(), parameters[0], parameters[1], lane, slots, slotsInterface);
        emitter.Emit(isForward ? program.Forward : program.Backward, isForward ? ForwardSlot : program.BackwardSlot);
        type.DefineMethodOverride(method, declaration);
    }

    private static void Constrain(GenericTypeParameterBuilder parameter, Type constraint)
    {
        parameter.SetGenericParameterAttributes(
            GenericParameterAttributes.NotNullableValueTypeConstraint | GenericParameterAttributes.DefaultConstructorConstraint);
        parameter.SetBaseTypeConstraint(typeof(ValueType));
        parameter.SetInterfaceConstraints(constraint);
    }

    private static (string Method, int Slot)? ForwardSlot(Term term) => term.IsSlot ? (term.Kind.ToString(), term.Slot) : null;
}
