namespace GpuRnn.KernelModel;

/// <summary>The owner of a view's memory; the view's reference to it keeps forgotten memory alive.</summary>
public interface IViewSource
{
    /// <summary>False once the memory was given back; a view of it must not be used any more.</summary>
    bool IsAlive { get; }

    /// <summary>What an error message calls this memory, for example <c>DeviceBuffer&lt;Single&gt; on cpu</c>.</summary>
    string Description { get; }
}
