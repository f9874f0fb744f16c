using System.Reflection;
using System.Reflection.Emit;
using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Backends.Cpu.Interleaving;

/// <summary>Leads the accesses of generated code to global memory through <see cref="InterleavedLaunch"/>, which knows what the group sees there.</summary>
internal sealed class AccessHooks(IrInstruction? unordered)
{
    /// <summary>True for what a work-item stops before, so that others may run first.</summary>
    internal static bool IsAccess(IrInstruction one) =>
        one.IsOrdered || (one.Opcode is IrOpcode.Load or IrOpcode.Store or IrOpcode.Atomic && one.Operands[0].Type.Space == AddressSpace.Global);

    /// <summary>Behind the address on the stack: replaces it by the place where the access finds or leaves the value.</summary>
    internal void Redirect(ILGenerator il, IrInstruction access)
    {
        string? hook = !IsAccess(access) ? null : access.Opcode switch
        {
            IrOpcode.Load => nameof(InterleavedLaunch.PlaceOfLoad),
            IrOpcode.Store => nameof(InterleavedLaunch.PlaceOfStore),
            IrOpcode.Atomic => nameof(InterleavedLaunch.PlaceOfAtomic),
            _ => null,
        };
        if (hook is not null)
        {
            il.Emit(OpCodes.Ldc_I4, ScalarCode.SizeOf(access.Operands[0].Type.Element));
            Call(il, hook);
        }
    }

    /// <summary>Behind the operands on the stack.</summary>
    internal void Ordered(ILGenerator il, IrInstruction access)
    {
        il.Emit(access == unordered ? OpCodes.Ldc_I4_0 : OpCodes.Ldc_I4_1);
        Call(il, access.Opcode.ToString());
    }

    private static void Call(ILGenerator il, string hook) =>
        il.Emit(OpCodes.Call, typeof(InterleavedLaunch).GetMethod(hook, BindingFlags.Static | BindingFlags.NonPublic)!);
}
