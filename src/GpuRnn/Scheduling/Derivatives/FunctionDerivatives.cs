using System.Runtime.CompilerServices;

namespace GpuRnn.Scheduling.Derivatives;

/// <summary>A step function's trace, and the nodes that were made of it: one for each use in a graph that differs.</summary>
internal sealed class FunctionDerivatives
{
    // Weak, so that an assembly that can be unloaded still can.
    private static readonly ConditionalWeakTable<Type, FunctionDerivatives> s_known = [];

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (Type Implementation, NodeProgram Program)> _nodes = [];
    private readonly string _name;

    private FunctionDerivatives(Type function)
    {
        Trace = StepTrace.Of(function);
        _name = string.Concat(function.Name.Split('`')[0].Where(char.IsAsciiLetterOrDigit));
    }

    /// <summary>What the function does.</summary>
    public StepTrace Trace { get; }

    /// <summary>The derivatives of a function, found at its first use.</summary>
    public static FunctionDerivatives Of(Type function) => s_known.GetValue(function, type => new FunctionDerivatives(type));

    /// <summary>The function as a node with both passes.</summary>
    /// <param name="publishedValues">Those of its values that something else reads.</param>
    /// <param name="firstKeptValue">The number of the first value that may be kept.</param>
    public (Type Implementation, NodeProgram Program) Node(IReadOnlyList<int> publishedValues, int firstKeptValue)
    {
        string use = $"{string.Join(' ', publishedValues)}, {firstKeptValue}";
        lock (_lock)
        {
            if (!_nodes.TryGetValue(use, out (Type Implementation, NodeProgram Program) node))
            {
                NodeProgram program = new(Trace, publishedValues, firstKeptValue);
                node = (NodeEmitter.Emit(_name, program), program);
                _nodes.Add(use, node);
            }

            return node;
        }
    }
}
