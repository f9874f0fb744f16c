using System.Numerics;

namespace GpuRnn.KernelModel.Tests.Surface;

/// <summary>Holds the public surface of the kernel model against ILGPU 1.5.3, so that kernels compile against either.</summary>
public sealed class SurfaceTests
{
    // Our own additions: what they are for, and what takes their place where kernels are compiled against ILGPU.
    private static readonly Dictionary<string, string> s_extensions = new()
    {
        ["Validation"] = "The switch of the checks; kernels do not use it. ILGPU has its own assertions.",
        ["IViewSource"] = "Who owns a view's memory; for device implementations. ILGPU has MemoryBuffer.",
        ["ArrayView`1: ctor(object source, T* pointer, long length)"] = "Device implementations make views with it. ILGPU: MemoryBuffer.AsArrayView.",
        ["ArrayView`1: T* HostPointer"] = "Hand-written SIMD code reads it. ILGPU: LoadEffectiveAddressAsPtr.",
        ["FloatVector`1"] = "Registers of a device. ILGPU: the plain structs under kernels/GpuRnn.Kernels/Ilgpu, as for the five below.",
        ["IntVector`1"] = "See FloatVector.",
        ["ILaneCount"] = "See FloatVector.",
        ["Lanes4"] = "See FloatVector.",
        ["Lanes8"] = "See FloatVector.",
        ["Lanes16"] = "See FloatVector.",
        ["GlobalMemory"] = "Acquire and release. ILGPU: kernels/GpuRnn.Kernels/Ilgpu/GlobalMemory.cs, atomics between fences.",
        ["CooperativeAttribute"] = "Groups that wait for each other. ILGPU: an attribute of the same name; its device refuses such kernels.",
        ["WarpMatrix"] = "Tensor cores. ILGPU: the same by exchanging factors, under kernels/GpuRnn.Kernels/Ilgpu, as for the two below.",
        ["WarpSums"] = "See WarpMatrix.",
        ["ReadOnlyViewAttribute"] = "A promise for compilers. ILGPU: an attribute that nobody reads, as for the one below.",
        ["LaunchBoundsAttribute"] = "See ReadOnlyViewAttribute.",
        ["AsyncCopy"] = "Copies that go on by themselves; there they happen at once.",
        ["ArrayView`1: object Source"] = "Device implementations check liveness with it. ILGPU: the view's Buffer.",
    };

    [Fact]
    public void PublicSurface_EveryMember_ExistsInTheListingOrIsANamedExtension()
    {
        List<string> strangers = Strangers(typeof(Index1D).Assembly.GetExportedTypes());

        Assert.True(strangers.Count == 0, $"Neither in ILGPU 1.5.3 nor a named extension:\n{string.Join('\n', strangers)}");
    }

    [Fact]
    public void Extensions_EachOne_StillExists()
    {
        HashSet<string> present = [];
        foreach (Type type in typeof(Index1D).Assembly.GetExportedTypes())
        {
            string heading = SignatureText.Heading(type);
            present.Add(heading);
            present.UnionWith(SignatureText.Members(type).Select(m => $"{heading}: {m}"));
        }

        Assert.Subset(present, s_extensions.Keys.ToHashSet());
    }

    [Fact]
    public void PublicSurface_MemberThatIsNotListed_IsFound()
    {
        List<string> strangers = Strangers([typeof(XMath), typeof(Complex)]);

        Assert.Contains("Complex: the whole type", strangers);
    }

    [Theory]
    [InlineData("int Y")]
    [InlineData("static Index1D Min(Index1D first, Index1D other)")]
    [InlineData("static Index1D Min(Index1D first, long second)")]
    public void Listing_SignatureThatDiffers_IsNotListed(string signature) =>
        Assert.DoesNotContain(signature, SurfaceListing.Read()["Index1D"]);

    [Fact]
    public void PublicSurface_WhatKernelsNeed_IsThere()
    {
        Dictionary<string, HashSet<string>> listing = SurfaceListing.Read();
        Type[] complete = [typeof(Index1D), typeof(Index2D), typeof(Index3D), typeof(LongIndex1D), typeof(Grid), typeof(Group), typeof(Warp),
            typeof(MemoryFence), typeof(KernelConfig), typeof(SharedMemoryConfig), typeof(SpecializedValue<>)];

        IEnumerable<string> missing = complete.SelectMany(
            type => listing[SignatureText.Heading(type)].Except(SignatureText.Members(type)).Select(m => $"{SignatureText.Heading(type)}: {m}"));

        Assert.Empty(missing);
    }

    private static List<string> Strangers(IEnumerable<Type> types)
    {
        Dictionary<string, HashSet<string>> listing = SurfaceListing.Read();
        List<string> strangers = [];
        foreach (Type type in types)
        {
            string heading = SignatureText.Heading(type);
            if (s_extensions.ContainsKey(heading))
            {
                continue;
            }

            if (!listing.TryGetValue(heading, out HashSet<string>? members))
            {
                strangers.Add($"{heading}: the whole type");
                continue;
            }

            strangers.AddRange(
                SignatureText.Members(type)
                    .Where(m => !members.Contains(m) && !s_extensions.ContainsKey($"{heading}: {m}"))
                    .Select(m => $"{heading}: {m}"));
        }

        return strangers;
    }
}
