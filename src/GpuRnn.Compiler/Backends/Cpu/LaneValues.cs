using System.Reflection.Emit;
using GpuRnn.Compiler.Ir;

namespace GpuRnn.Compiler.Backends.Cpu;

/// <summary>The values of a vector of work-items: scalars where a scalar says all, vectors otherwise.</summary>
internal sealed class LaneValues(VectorRegion body, LaneShapes shapes, VectorCode code)
{
    private readonly ILGenerator _il = body.Il;
    private readonly Dictionary<IrValue, LocalBuilder[]> _vectors = [];
    private readonly Dictionary<IrValue, LocalBuilder> _broadcasts = [];

    internal bool IsScalar(IrValue value) => shapes[value].IsScalar;

    /// <summary>The vectors of a value that differs between lanes, one for each part.</summary>
    internal LocalBuilder[] Vectors(IrValue value)
    {
        if (!_vectors.TryGetValue(value, out LocalBuilder[]? vectors))
        {
            vectors = new LocalBuilder[VectorWidth.Parts(value.Type)];
            for (int part = 0; part < vectors.Length; part++)
            {
                vectors[part] = _il.DeclareLocal(code.Width.Register(value.Type));
            }

            _vectors[value] = vectors;
        }

        return vectors;
    }

    /// <summary>Makes the vector of a uniform value now, for all uses.</summary>
    internal LocalBuilder Broadcast(IrValue value)
    {
        LocalBuilder vector = _il.DeclareLocal(code.Width.Register(value.Type));
        body.PushScalar(value);
        code.Broadcast(value.Type);
        _il.Emit(OpCodes.Stloc, vector);
        _broadcasts[value] = vector;
        return vector;
    }

    /// <summary>Takes over a vector that another body of the region has made.</summary>
    internal void ShareBroadcast(IrValue value, LocalBuilder vector) => _broadcasts[value] = vector;

    /// <summary>Pushes a value, or one part of it, as a vector.</summary>
    internal void Push(IrValue value, int part = 0)
    {
        LaneShape shape = shapes[value];
        if (_broadcasts.TryGetValue(value, out LocalBuilder? vector))
        {
            _il.Emit(OpCodes.Ldloc, vector);
        }
        else if (shape.Kind == LaneShapeKind.Varying)
        {
            if (value is IrInstruction instruction && body.Inlined.Contains(instruction))
            {
                body.Vector(instruction, part);
            }
            else
            {
                _il.Emit(OpCodes.Ldloc, Vectors(value)[part]);
            }
        }
        else
        {
            body.PushScalar(value);
            code.Broadcast(value.Type);
            if (shape.Kind == LaneShapeKind.Steps)
            {
                AddSteps(shape, VectorWidth.Element(value.Type), part);
            }
        }
    }

    /// <summary>Takes the parts of a value from the stack, the last first.</summary>
    internal void Pop(IrValue value)
    {
        LocalBuilder[] vectors = Vectors(value);
        for (int part = vectors.Length - 1; part >= 0; part--)
        {
            _il.Emit(OpCodes.Stloc, vectors[part]);
        }
    }

    /// <summary>Pushes what a lane's value in equal steps lies behind lane 0's; a number of the value's type.</summary>
    internal void PushStep(LaneShape shape, IrType type, Action lane)
    {
        lane();
        _il.Emit(type == IrType.I32 ? OpCodes.Conv_I4 : OpCodes.Conv_I8);
        StepOf(shape, type == IrType.I32);
        _il.Emit(OpCodes.Mul);
        if (type.IsPointer)
        {
            _il.Emit(OpCodes.Conv_I);
        }
    }

    /// <summary>Adds step · factor · (0, 1, 2, …) to the vector on the stack.</summary>
    internal void AddSteps(LaneShape shape, Type element, int part)
    {
        code.Lanes(element);
        if (part > 0)
        {
            ScalarCode.Constant(_il, IrConstant.Of((long)code.Width.Lanes / 2));
            code.Create(element);
            code.Call("Add", element, 2);
        }

        StepOf(shape, element == typeof(int));
        code.Create(element);
        code.Call("Multiply", element, 2);
        code.Call("Add", element, 2);
    }

    private void StepOf(LaneShape shape, bool isNarrow)
    {
        ScalarCode.Constant(_il, isNarrow ? IrConstant.Of(unchecked((int)shape.Step)) : IrConstant.Of(shape.Step));
        if (shape.Factor is not null)
        {
            body.PushScalar(shape.Factor);
            _il.Emit(isNarrow ? OpCodes.Conv_I4 : OpCodes.Conv_I8);
            _il.Emit(OpCodes.Mul);
        }
    }
}
