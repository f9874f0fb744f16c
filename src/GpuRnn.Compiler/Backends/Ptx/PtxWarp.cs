using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Backends.Ptx;

/// <summary>Translates what the lanes of a warp do together. A warp is 32 work-items with neighbouring linear numbers, X fastest.</summary>
internal sealed class PtxWarp(PtxRegisters registers, PtxText text, PtxArithmetic arithmetic)
{
    private const string AllLanes = "-1";

    private string _lastLane = "";

    /// <summary>The number of the warp in its group.</summary>
    internal void Index(string result)
    {
        string linear = Linear();
        text.Instruction("shr.u32", result, linear, "5");
    }

    /// <summary>Computes once how many lanes the work-item's warp has: the last warp of a group may be shorter.</summary>
    internal void FindLastLane()
    {
        string first = registers.New("%r");
        string extent = Extents("x", "y");
        string group = registers.New("%r");
        string depth = registers.New("%r");
        string left = registers.New("%r");
        _lastLane = registers.New("%r");
        text.Instruction("and.b32", first, Linear(), "-32");
        text.Instruction("mov.u32", depth, "%ntid.z");
        text.Instruction("mul.lo.s32", group, extent, depth);
        text.Instruction("sub.s32", left, group, first);
        text.Instruction("min.s32", _lastLane, left, "32");
        text.Instruction("sub.s32", _lastLane, _lastLane, "1");
    }

    /// <summary>Another lane's value; the instruction keeps the own one for lanes beyond the last, but looks at five bits of the lane only.</summary>
    internal void Shuffle(IrInstruction one)
    {
        string lane = registers.Of(one.Operands[1]);
        string exists = registers.New("%p");
        text.Instruction("setp.lt.u32", exists, lane, "32");
        IrValue value = one.Operands[0];
        string own = registers.Of(value);
        switch (value.Type.Kind)
        {
            case ScalarKind.Bool:
                string number = registers.New("%r");
                string chosen = registers.New("%r");
                text.Instruction("selp.b32", number, "1", "0", arithmetic.Predicate(value));
                text.Instruction("selp.b32", chosen, Word(number, lane), number, exists);
                text.Instruction("setp.ne.s32", registers.Of(one), chosen, "0");
                break;
            case ScalarKind.I64 or ScalarKind.F64:
                string low = registers.New("%r");
                string high = registers.New("%r");
                string wide = registers.Like(registers.Of(one));
                text.Instruction("mov.b64", $"{{{low}, {high}}}", own);
                text.Instruction("mov.b64", wide, $"{{{Word(low, lane)}, {Word(high, lane)}}}");
                text.Instruction($"selp.b64", registers.Of(one), wide, own, exists);
                break;
            default:
                string bits = registers.New("%r");
                text.Instruction("mov.b32", bits, own);
                text.Instruction("selp.b32", registers.Of(one), Word(bits, lane), bits, exists);
                break;
        }
    }

    private string Word(string value, string lane)
    {
        string result = registers.New("%r");
        text.Instruction("shfl.sync.idx.b32", result, value, lane, _lastLane, AllLanes);
        return result;
    }

    private string Extents(string first, string second)
    {
        string x = registers.New("%r");
        string y = registers.New("%r");
        string product = registers.New("%r");
        text.Instruction("mov.u32", x, $"%ntid.{first}");
        text.Instruction("mov.u32", y, $"%ntid.{second}");
        text.Instruction("mul.lo.s32", product, x, y);
        return product;
    }

    private string Linear()
    {
        string[] names = ["%tid.x", "%tid.y", "%tid.z", "%ntid.x", "%ntid.y"];
        string[] values = Array.ConvertAll(names, name =>
        {
            string register = registers.New("%r");
            text.Instruction("mov.u32", register, name);
            return register;
        });
        string rows = registers.New("%r");
        string linear = registers.New("%r");
        text.Instruction("mad.lo.s32", rows, values[2], values[4], values[1]);
        text.Instruction("mad.lo.s32", linear, rows, values[3], values[0]);
        return linear;
    }
}
