using GpuRnn.Compiler.Fuzz.Syntax;

namespace GpuRnn.Compiler.Fuzz.Generation;

/// <summary>What can be named at a place of the kernel.</summary>
internal sealed class Scope
{
    private readonly List<Variable> _variables = [];
    private readonly List<(string Name, FuzzType Element)> _arrays = [];

    /// <summary>True in the kernel itself, where there are views; helpers have their parameters alone.</summary>
    internal bool HasViews { get; init; }

    /// <summary>Loops around the place.</summary>
    internal int LoopDepth { get; set; }

    /// <summary>The type that a return must give; null where nothing may return.</summary>
    internal FuzzType? Result { get; init; }

    /// <summary>True where a return without a value is allowed.</summary>
    internal bool MayLeave { get; init; }

    /// <summary>The variables in the order of their declaration.</summary>
    internal IReadOnlyList<Variable> Variables => _variables;

    /// <summary>Arrays of eight elements.</summary>
    internal IReadOnlyList<(string Name, FuzzType Element)> Arrays => _arrays;

    internal void Add(Variable variable) => _variables.Add(variable);

    internal void AddArray(string name, FuzzType element) => _arrays.Add((name, element));

    /// <summary>Remembers what is declared, to forget what comes later.</summary>
    internal (int Variables, int Arrays) Mark() => (_variables.Count, _arrays.Count);

    /// <summary>Forgets what was declared since <see cref="Mark"/>.</summary>
    internal void Release((int Variables, int Arrays) mark)
    {
        _variables.RemoveRange(mark.Variables, _variables.Count - mark.Variables);
        _arrays.RemoveRange(mark.Arrays, _arrays.Count - mark.Arrays);
    }

    /// <summary>The places of a type: variables and the fields of structures, written as C# reads and assigns them.</summary>
    internal List<string> Places(FuzzType type, bool assignable)
    {
        List<string> places = [];
        foreach (Variable variable in _variables)
        {
            if (!assignable || variable.IsAssignable)
            {
                Collect(variable.Name, variable.Type, type, places);
            }
        }

        return places;
    }

    private static void Collect(string name, FuzzType type, FuzzType wanted, List<string> places)
    {
        if (type == wanted)
        {
            places.Add(name);
        }

        foreach ((FuzzType fieldType, string fieldName) in type.Fields)
        {
            Collect($"{name}.{fieldName}", fieldType, wanted, places);
        }
    }
}
