namespace GpuRnn.Compiler.Ir;

/// <summary>What a work-item can ask about its place; three axes each, X first.</summary>
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
}
