namespace GpuRnn.Compiler.Caching;

/// <summary>What lies in a cache's folder.</summary>
/// <param name="EntryCount">Entries, damaged ones included.</param>
/// <param name="SizeInBytes">Bytes of their files.</param>
public readonly record struct CacheContents(int EntryCount, long SizeInBytes);
