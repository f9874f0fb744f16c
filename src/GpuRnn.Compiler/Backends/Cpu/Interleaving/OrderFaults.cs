using GpuRnn.Compiler.Ir;
using GpuRnn.Compiler.Passes;

namespace GpuRnn.Compiler.Backends.Cpu.Interleaving;

/// <summary>Finds the places where a kernel can be spoilt, and spoils it.</summary>
internal static class OrderFaults
{
    /// <summary>Every single fault that a function has room for.</summary>
    internal static IEnumerable<OrderFault> Of(IrFunction function) => Enum.GetValues<OrderFaultKind>()
        .SelectMany(kind => Places(function, kind).Select((_, number) => new OrderFault(kind, number)));

    /// <summary>Changes the function.</summary>
    /// <returns>The instruction that shall order nothing any more; null when it is gone.</returns>
    internal static IrInstruction? Apply(IrFunction function, OrderFault fault)
    {
        IrInstruction[] places = [.. Places(function, fault.Kind)];
        if ((uint)fault.Number >= (uint)places.Length)
        {
            throw new ArgumentOutOfRangeException(
                nameof(fault), $"{function.Name}: {fault} arrived, but the kernel has {places.Length} such places. Number them from 0.");
        }

        IrInstruction place = places[fault.Number];
        if (fault.Kind is OrderFaultKind.UnorderedRelease or OrderFaultKind.UnorderedAcquire)
        {
            return place;
        }

        place.Block!.Instructions.Remove(place);
        if (fault.Kind == OrderFaultKind.MissingAcquire)
        {
            function.Replace(new Dictionary<IrValue, IrValue> { [place] = IrConstant.Of(int.MaxValue) });
        }

        DeadCode.Run(function);
        return null;
    }

    private static IEnumerable<IrInstruction> Places(IrFunction function, OrderFaultKind kind) => function.Instructions.Where(one => kind switch
    {
        OrderFaultKind.MissingBarrier => one.Opcode is IrOpcode.Barrier or IrOpcode.WarpBarrier,
        OrderFaultKind.UnorderedRelease or OrderFaultKind.MissingRelease => one.Opcode is IrOpcode.StoreRelease or IrOpcode.AddRelease,
        _ => one.Opcode == IrOpcode.LoadAcquire,
    });
}
