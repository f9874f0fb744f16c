using System.Reflection;
using System.Reflection.Emit;

namespace GpuRnn.Compiler.Frontend;

/// <summary>A method body, decoded once for a kernel however often it is inlined there.</summary>
internal sealed class MethodCode
{
    private static readonly Assembly[] s_libraries = [typeof(KernelModel.Group).Assembly, typeof(object).Assembly, typeof(MethodCode).Assembly];

    private readonly Module _module;
    private readonly Type[] _typeArguments;
    private readonly Type[] _methodArguments;
    private readonly Dictionary<int, int> _positions = [];
    private readonly Dictionary<int, MemberInfo> _members = [];
    private readonly Dictionary<(MethodBase Member, Type Type), MethodInfo?> _implementations = [];
    private readonly Dictionary<int, string?> _lines = [];

    private MethodCode(MethodBase method, MethodBody body)
    {
        Method = method;
        Body = body;
        _module = method.Module;
        _typeArguments = method.DeclaringType?.GetGenericArguments() ?? [];
        _methodArguments = method is MethodInfo { IsGenericMethod: true } ? method.GetGenericArguments() : [];
        IsLibrary = Array.IndexOf(s_libraries, _module.Assembly) >= 0;
        Instructions = IlReader.Read(body.GetILAsByteArray());
        for (int i = 0; i < Instructions.Count; i++)
        {
            _positions[Instructions[i].Offset] = i;
        }

        ResultType = method is MethodInfo info ? info.ReturnType : typeof(void);
        LocalTypes = [.. body.LocalVariables.Select(local => local.LocalType)];
        BlockStarts = [.. FindBlockStarts()];
        WrittenArguments = [.. Instructions.Where(WritesArgument).Select(instruction => (int)instruction.Integer).Distinct()];
    }

    internal MethodBase Method { get; }

    internal MethodBody Body { get; }

    internal Type ResultType { get; }

    internal IReadOnlyList<IlInstruction> Instructions { get; }

    internal IReadOnlyList<Type> LocalTypes { get; }

    /// <summary>The offsets of the instructions at which blocks begin, in order.</summary>
    internal IReadOnlyList<int> BlockStarts { get; }

    /// <summary>The arguments that the body writes or takes the address of.</summary>
    internal IReadOnlyList<int> WrittenArguments { get; }

    /// <summary>True for code whose lines say nothing to the writer of a kernel.</summary>
    internal bool IsLibrary { get; }

    /// <summary>The decoded body; null for a method without one.</summary>
    internal static MethodCode? Read(MethodBase method) => method.GetMethodBody() is MethodBody body ? new MethodCode(method, body) : null;

    /// <summary>The number of the instruction at an offset.</summary>
    internal int Position(int offset) => _positions[offset];

    /// <summary>The type, field or method behind the token of an instruction.</summary>
    internal T Resolve<T>(IlInstruction instruction)
        where T : MemberInfo
    {
        int token = (int)instruction.Integer;
        if (!_members.TryGetValue(token, out MemberInfo? member))
        {
            _members[token] = member = _module.ResolveMember(token, _typeArguments, _methodArguments)!;
        }

        return (T)member;
    }

    /// <summary>What a call of an interface's member on a known type runs; null when there is none without a choice at run time.</summary>
    internal MethodInfo? Implementation(MethodInfo member, Type type)
    {
        if (!_implementations.TryGetValue((member, type), out MethodInfo? target))
        {
            _implementations[(member, type)] = target = ConstrainedCall.Resolve(member, type);
        }

        return target;
    }

    /// <summary>The C# line of an offset; null when it has none.</summary>
    internal string? Line(int offset)
    {
        if (!_lines.TryGetValue(offset, out string? line))
        {
            _lines[offset] = line = SourceLocator.Find(Method, offset);
        }

        return line;
    }

    private static bool WritesArgument(IlInstruction instruction) =>
        instruction.OpCode == OpCodes.Starg || instruction.OpCode == OpCodes.Starg_S
        || instruction.OpCode == OpCodes.Ldarga || instruction.OpCode == OpCodes.Ldarga_S;

    private IEnumerable<int> FindBlockStarts()
    {
        SortedSet<int> starts = [0];
        foreach (IlInstruction instruction in Instructions.Where(instruction => instruction.IsBranch))
        {
            starts.UnionWith(instruction.OpCode == OpCodes.Switch ? instruction.Targets : [(int)instruction.Integer]);
            starts.Add(instruction.Next);
        }

        return starts.Where(_positions.ContainsKey);
    }
}
