using GpuRnn.Kernels.Random;

namespace GpuRnn.Kernels.Tests.Random;

public sealed class PhiloxTests
{
    // Known answers of the authors' library Random123 (kat_vectors, philox4x32 10).
    [Theory]
    [InlineData(0u, 0u, 0u, 0u, 0u, 0u, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(
        0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(
        0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0xa4093822u, 0x299f31d0u, 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void Draw_KnownCounterAndKey_GivesTheAuthorsWords(
        uint c0, uint c1, uint c2, uint c3, uint key0, uint key1, uint r0, uint r1, uint r2, uint r3)
    {
        Philox.Draw(ref c0, ref c1, ref c2, ref c3, key0, key1);
        Assert.Equal([r0, r1, r2, r3], new[] { c0, c1, c2, c3 });
    }
}
