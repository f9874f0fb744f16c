using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace GpuRnn.Devices.Cpu;

/// <summary>Finds out what the machine's processor is like.</summary>
internal static class CpuProfile
{
    // Shared memory of a group is a managed array; more than this would not stay in a core's cache.
    private const int SharedBytes = 1 << 20;

    private const string CacheFolder = "/sys/devices/system/cpu/cpu0/cache";

    internal static DeviceProfile Read(int threadCount)
    {
        int vectorBits = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;
        long memoryBytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        return new DeviceProfile(threadCount, vectorBits, CacheBytes(1), CacheBytes(2), CacheBytes(3), memoryBytes)
        {
            Groups = new GroupLimits(WorkItemCrew.MaxGroupSize, SharedBytes, null, RunsTogether: true),
        };
    }

    internal static string ReadName()
    {
        string? line = ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal));
        string? name = line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
        return string.IsNullOrEmpty(name) ? $"{RuntimeInformation.ProcessArchitecture} processor" : name;
    }

    private static long? CacheBytes(int level)
    {
        for (int i = 0; Directory.Exists($"{CacheFolder}/index{i}"); i++)
        {
            string folder = $"{CacheFolder}/index{i}";
            bool isAsked = ReadLines($"{folder}/level").FirstOrDefault() == level.ToString(CultureInfo.InvariantCulture);
            if (isAsked && ReadLines($"{folder}/type").FirstOrDefault() != "Instruction")
            {
                return ParseSize(ReadLines($"{folder}/size").FirstOrDefault());
            }
        }

        return null;
    }

    private static long? ParseSize(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        long unit = text[^1] switch { 'K' => 1L << 10, 'M' => 1L << 20, 'G' => 1L << 30, _ => 1 };
        string digits = unit == 1 ? text : text[..^1];
        return long.TryParse(digits, CultureInfo.InvariantCulture, out long value) ? value * unit : null;
    }

    // A machine without these files is described with less, so a failure to read one is an answer.
    private static string[] ReadLines(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllLines(path) : [];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
