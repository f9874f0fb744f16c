namespace GpuRnn.Compiler.Ir;

/// <summary>What a work-item can ask about its place; three axes each, X first, then what has no axes.</summary>
internal enum WorkItemQuery
{
    LaunchIndexX,
    LaunchIndexY,
    LaunchIndexZ,
    GroupIndexX,
    GroupIndexY,
    GroupIndexZ,
    GroupExtentX,
    GroupExtentY,
    GroupExtentZ,
    GridIndexX,
    GridIndexY,
    GridIndexZ,
    GridExtentX,
    GridExtentY,
    GridExtentZ,

    /// <summary>The linear number in the group modulo 32; X varies fastest.</summary>
    LaneIndex,

    /// <summary>The linear number in the group divided by 32.</summary>
    WarpIndex,

    /// <summary>The bytes of shared memory that the launch asked for.</summary>
    DynamicSharedBytes,
}
