namespace GpuRnn.Testing.PtxMachine;

/// <summary>One instruction.</summary>
/// <param name="Text">Its line, for messages.</param>
/// <param name="IsGuardNegated">Null when it has no guard.</param>
/// <param name="Guard">The predicate register of the guard.</param>
/// <param name="Operation">The words between the dots of its name, for example <c>ld</c>, <c>global</c>, <c>f32</c>.</param>
/// <param name="Operands">As they stand in the text, the target first.</param>
public sealed record PtxInstruction(string Text, bool? IsGuardNegated, string Guard, string[] Operation, string[] Operands)
{
    /// <summary>The last word of the name: the type in which it computes or that it produces.</summary>
    public string Type => Operation[^1];
}
