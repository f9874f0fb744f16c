using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using GpuRnn.Compiler.Caching;

namespace GpuRnn.Compiler.Tests.Caching;

/// <summary>What this assembly does when a test starts it as a process: compiles every kernel through a cache and prints a hash of the texts.</summary>
internal static class CacheProcess
{
    private static int Main(string[] arguments)
    {
        int rounds = int.Parse(arguments[1], System.Globalization.CultureInfo.InvariantCulture);
        for (int round = 0; round < rounds; round++)
        {
            KernelCache cache = new(arguments[0]);
            Console.WriteLine(HashOfAll(method => KernelCompiler.ToOpenCl(method, cache)));
            if (cache.Trouble is string trouble)
            {
                Console.Error.WriteLine(trouble);
                return 1;
            }

            if (arguments is [_, _, "clear"])
            {
                cache.Clear();
            }
        }

        return 0;
    }

    internal static string HashOfAll(Func<MethodInfo, string> compile) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(CompiledKernels.ForOpenCl.Values.Select(compile)))));
}
