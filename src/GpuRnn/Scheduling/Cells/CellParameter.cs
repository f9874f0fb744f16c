namespace GpuRnn.Scheduling.Cells;

/// <summary>One array of a cell, for one layer and one direction; learned unless it says otherwise.</summary>
/// <param name="Name">
/// PyTorch's name without layer and direction: <c>weight_ih</c>, <c>weight_hh</c>, <c>bias_ih</c>, <c>bias_hh</c>, or the cell's own.
/// </param>
/// <param name="Shape">[rows, columns] of a weight, [elements] of a vector; row-major.</param>
/// <param name="Fan">The number n of the usual start values, uniform in ±1/√n; PyTorch takes the hidden size for every array.</param>
public sealed record CellParameter(string Name, IReadOnlyList<int> Shape, int Fan)
{
    /// <summary>Elements of the array, the product of its shape.</summary>
    public int ElementCount
    {
        get
        {
            // Each pass asks, so without an enumerator.
            int count = 1;
            for (int axis = 0; axis < Shape.Count; axis++)
            {
                count *= Shape[axis];
            }

            return count;
        }
    }

    /// <summary>
    /// False for a constant of the cell, such as a fixed leak rate: it is saved and loaded with the weights, and no optimizer changes it.
    /// </summary>
    public bool IsLearned { get; init; } = true;

    /// <summary>Writes other start values over the usual ones, which it finds in the array; null keeps those.</summary>
    /// <remarks>The usual values are drawn in any case, so that the start of one array changes no other.</remarks>
    public Action<float[]>? Start { get; init; }
}
