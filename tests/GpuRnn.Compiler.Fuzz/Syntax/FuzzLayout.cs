namespace GpuRnn.Compiler.Fuzz.Syntax;

/// <summary>The extents that every generated kernel is launched with.</summary>
internal static class FuzzLayout
{
    /// <summary>Work-items of a launch, and elements of each input; a power of two, so that a mask keeps an index inside.</summary>
    internal const int Items = 16;

    /// <summary>Work-items of a group where there are groups; a power of two.</summary>
    internal const int GroupSize = 8;

    /// <summary>Elements of each output that belong to one work-item: the first half is written anywhere, the second at the end.</summary>
    internal const int Slots = 8;
}
