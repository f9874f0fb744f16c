namespace GpuRnn.KernelModel.Execution;

/// <summary>The asynchronous copies of one work-item: each happens as late as it may.</summary>
internal sealed unsafe class CopyQueue
{
    private readonly List<Copy> _begun = [];
    private readonly Queue<Copy[]> _sets = new();

    internal void Clear()
    {
        _begun.Clear();
        _sets.Clear();
    }

    /// <param name="target">Where to.</param>
    /// <param name="source">Where from.</param>
    /// <param name="bytes">How many are written.</param>
    /// <param name="validBytes">How many of them are read; the others become 0.</param>
    internal void Add(byte* target, byte* source, int bytes, int validBytes) => _begun.Add(new Copy((nint)target, (nint)source, bytes, validBytes));

    internal void Commit()
    {
        _sets.Enqueue([.. _begun]);
        _begun.Clear();
    }

    internal void Wait(int newest)
    {
        while (_sets.Count > newest)
        {
            foreach (Copy copy in _sets.Dequeue())
            {
                Span<byte> target = new((void*)copy.Target, copy.Bytes);
                new ReadOnlySpan<byte>((void*)copy.Source, copy.ValidBytes).CopyTo(target);
                target[copy.ValidBytes..].Clear();
            }
        }
    }

    private readonly record struct Copy(nint Target, nint Source, int Bytes, int ValidBytes);
}
