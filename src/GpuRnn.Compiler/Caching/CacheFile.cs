namespace GpuRnn.Compiler.Caching;

/// <summary>One file of a cache, as it was when it was listed.</summary>
/// <param name="Path">Its path, absolute.</param>
/// <param name="SizeInBytes">Its length.</param>
/// <param name="LastUse">When it was last written or read, in universal time.</param>
internal readonly record struct CacheFile(string Path, long SizeInBytes, DateTime LastUse);
