using System;
using System.Reflection;

namespace GpuRnn.Kernels.Persistent;

/// <summary>How a pass of a recurrent layer is divided among blocks and threads.</summary>
/// <remarks>Host code.</remarks>
public interface IBlockShape
{
    /// <summary>True for the backward loop.</summary>
    bool IsBackward { get; }

    /// <summary>Units of a block.</summary>
    int Units { get; }

    /// <summary>Rows of a block.</summary>
    int Rows { get; }

    /// <summary>Parts of a sum.</summary>
    int Slices { get; }

    /// <summary>Columns of a block's product.</summary>
    int Columns { get; }

    /// <summary>Threads of a block.</summary>
    int Threads { get; }

    /// <summary>Bytes of weights that a block keeps.</summary>
    int WeightBytes(int width);

    /// <summary>Floats of shared memory of a block.</summary>
    /// <param name="width">Units of the layer.</param>
    /// <param name="isSingle">True for a block that exchanges nothing with others.</param>
    int SharedFloats(int width, bool isSingle);

    /// <summary>Floats of one round of the exchange of a row tile.</summary>
    int VectorFloats(int width);

    /// <summary>The kernel of the pass.</summary>
    /// <param name="node">Implements <c>IStepNode</c>.</param>
    /// <param name="isSingle">True for a block that exchanges nothing with others.</param>
    MethodInfo Close(Type node, bool isSingle);
}
