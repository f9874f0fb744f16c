using System.Reflection;
using GpuRnn.Compiler.Diagnostics;
using GpuRnn.Compiler.Frontend;
using GpuRnn.KernelModel;

namespace GpuRnn.Devices.Tests;

public sealed class KernelEntryTests
{
    [Fact]
    public void Read_ImplicitKernel_SeparatesIndexFromParameters()
    {
        KernelEntry entry = KernelEntry.Read(typeof(Kernels).GetMethod(nameof(Kernels.Scale))!);

        Assert.Equal("KernelEntryTests.Kernels.Scale", entry.Name);
        Assert.Equal(KernelGrouping.Implicit, entry.Grouping);
        Assert.Equal(IndexType.Index1D, entry.IndexType);
        Assert.Equal(["x", "factor"], entry.Parameters.Select(p => p.Name));
        Assert.Equal([true, false], entry.Parameters.Select(p => p.IsView));
    }

    [Fact]
    public void Read_ExplicitKernel_HasNoIndex()
    {
        KernelEntry entry = KernelEntry.Read(typeof(Kernels).GetMethod(nameof(Kernels.Grouped))!);

        Assert.Equal(KernelGrouping.Explicit, entry.Grouping);
        Assert.Equal(IndexType.None, entry.IndexType);
        Assert.Single(entry.Parameters);
    }

    [Fact]
    public void Read_ClosedGeneric_NamesItsTypeArguments()
    {
        MethodInfo method = typeof(Kernels).GetMethod(nameof(Kernels.Open))!.MakeGenericMethod(typeof(float));

        Assert.Equal("KernelEntryTests.Kernels.Open<float>", KernelEntry.Read(method).Name);
    }

    [Theory]
    [InlineData(nameof(Kernels.Instance), "GK0001 KernelEntryTests.Kernels.Instance: is an instance method, but a kernel is static. "
        + "Make it static and pass what it reads as parameters.")]
    [InlineData("Hidden", "GK0002 KernelEntryTests.Kernels.Hidden: is not visible outside its assembly, but a kernel is public in a public class. "
        + "Make both public.")]
    [InlineData(nameof(Kernels.Returning), "GK0003 KernelEntryTests.Kernels.Returning: returns int, but a kernel returns void. "
        + "Write the result to a view parameter.")]
    [InlineData(nameof(Kernels.Open), "GK0004 KernelEntryTests.Kernels.Open<T>: has open type parameters, but a kernel is closed. "
        + "Call MakeGenericMethod with concrete types first.")]
    [InlineData(nameof(Kernels.ByReference), "GK0005 KernelEntryTests.Kernels.ByReference: parameter 'sum' is a ref float, but a reference, "
        + "a pointer or a span cannot cross to a device. Take an ArrayView instead.")]
    [InlineData(nameof(Kernels.Spanning), "GK0005 KernelEntryTests.Kernels.Spanning: parameter 'x' is a Span<float>, but a reference, "
        + "a pointer or a span cannot cross to a device. Take an ArrayView instead.")]
    [InlineData(nameof(Kernels.Array), "GK0006 KernelEntryTests.Kernels.Array: parameter 'x' is a float[], but a kernel takes views and values "
        + "without references. Take an ArrayView for an array, or a struct of numbers for an object.")]
    [InlineData(nameof(Kernels.Holding), "GK0006 KernelEntryTests.Kernels.Holding: parameter 'pair' is a KeyValuePair<int, string>, but a kernel "
        + "takes views and values without references. Take an ArrayView for an array, or a struct of numbers for an object.")]
    [InlineData(nameof(Kernels.Wide), "GK0007 KernelEntryTests.Kernels.Wide: the first parameter is a LongIndex1D, but launches count in 32 bits. "
        + "Take an Index1D and widen it inside the kernel.")]
    public void Read_MethodThatBreaksARule_NamesRuleAndRemedy(string method, string message)
    {
        MethodInfo kernel = typeof(Kernels).GetMethods(
            BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance).Single(m => m.Name == method);

        KernelNotSupportedException exception = Assert.Throws<KernelNotSupportedException>(() => KernelEntry.Read(kernel));

        Assert.Equal(message, exception.Message);
        Assert.Equal(message[..6], exception.Id);
    }

    [Fact]
    public void Read_KernelInAHiddenClass_IsRefused()
    {
        MethodInfo kernel = typeof(HiddenKernels).GetMethod(nameof(HiddenKernels.Nothing))!;

        Assert.Equal("GK0002", Assert.Throws<KernelNotSupportedException>(() => KernelEntry.Read(kernel)).Id);
    }

    public class Kernels
    {
        public static void Scale(Index1D index, ArrayView<float> x, float factor) => x[index] *= factor;

        public static void Grouped(ArrayView2D<float, Stride2D.DenseY> x) => x[0, 0] = Group.IdxX;

        public static void Open<T>(Index2D index, ArrayView<T> x)
            where T : unmanaged => x[index.X] = x[index.Y];

        public static int Returning(Index1D index) => index;

        public static void ByReference(Index1D index, ref float sum) => sum += index;

        public static void Spanning(Index1D index, Span<float> x) => x[index] = 0;

        public static void Array(Index1D index, float[] x) => x[index] = 0;

        public static void Holding(Index1D index, KeyValuePair<int, string> pair, ArrayView<int> x) => x[index] = pair.Key;

        public static void Wide(LongIndex1D index, ArrayView<int> x) => x[index] = 0;

        public void Instance(Index1D index, ArrayView<int> x) => x[index] = GetHashCode();

        internal static void Hidden(Index1D index, ArrayView<int> x) => x[index] = 0;
    }

    internal static class HiddenKernels
    {
        public static void Nothing(Index1D index)
        {
        }
    }
}
