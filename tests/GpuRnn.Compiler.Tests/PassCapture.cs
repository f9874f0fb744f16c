using System.Reflection;
using GpuRnn.Compiler.Frontend;
using GpuRnn.Compiler.Ir;
using GpuRnn.Compiler.Passes;

namespace GpuRnn.Compiler.Tests;

/// <summary>The intermediate representation before and after a pass did something for the first time.</summary>
internal sealed record PassCapture(string Before, string After)
{
    internal static PassCapture Of(MethodInfo method, string pass)
    {
        IrFunction function = KernelTranslator.Translate(KernelEntry.Read(method));
        string before = IrPrinter.Print(function);
        PassCapture? found = null;
        PassPipeline.Run(function, name =>
        {
            IrVerifier.Verify(function, name);
            string after = IrPrinter.Print(function);
            if (name == pass && after != before)
            {
                found ??= new PassCapture(before, after);
            }

            before = after;
        });
        return found ?? throw new InvalidOperationException($"{method.Name}: the pass '{pass}' changed nothing.");
    }
}
