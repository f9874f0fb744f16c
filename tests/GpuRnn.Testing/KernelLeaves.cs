using System.Reflection;
using GpuRnn.Compiler.Frontend;

namespace GpuRnn.Testing;

/// <summary>A kernel's arguments, one for each parameter of generated text; arrays stand for dense views.</summary>
public static class KernelLeaves
{
    /// <summary>As PTX takes them: an array for an address.</summary>
    public static object[] ForPtx(MethodInfo method, IReadOnlyList<object> arguments) => Flatten(method, arguments, array => [array]);

    /// <summary>As OpenCL takes them: the element at which a view begins stands behind its buffer.</summary>
    public static object[] ForOpenCl(MethodInfo method, IReadOnlyList<object> arguments) => Flatten(method, arguments, array => [array, 0L]);

    private static object[] Flatten(MethodInfo method, IReadOnlyList<object> arguments, Func<Array, object[]> address) =>
        [.. KernelEntry.Read(method).Parameters.Zip(arguments).SelectMany(pair => pair.First.Leaves.SelectMany(leaf => pair.Second switch
        {
            Array array => leaf.Type.IsPointer ? address(array) : [(long)array.Length],
            object value => [leaf.Path.Aggregate(value, (owner, field) => field.GetValue(owner)!)],
        }))];
}
