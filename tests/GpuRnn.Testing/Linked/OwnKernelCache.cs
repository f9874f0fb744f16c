using System.Runtime.CompilerServices;

namespace GpuRnn.Testing.Linked;

/// <summary>Gives a test process, and what it starts, a cache of compiled kernels of its own, so that tests never touch the user's.</summary>
/// <remarks>Compiled into every test project, because an initialiser runs with the code of its own assembly alone.</remarks>
internal static class OwnKernelCache
{
    [ModuleInitializer]
    internal static void Begin()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("gpurnn-tests-");
        Environment.SetEnvironmentVariable("GPURNN_CACHE", folder.FullName);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Delete(recursive: true);
    }
}
