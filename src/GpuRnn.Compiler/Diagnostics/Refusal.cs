namespace GpuRnn.Compiler.Diagnostics;

/// <summary>Words the refusals of kernel bodies; <c>docs/errors.md</c> has the paragraph of each id.</summary>
internal static class Refusal
{
    internal static KernelNotSupportedException Recursion(string where, string method) => new(
        "GK0008", $"{where}: calls {method}, which is already running, but every call is inlined. Write the recursion as a loop.");

    internal static KernelNotSupportedException Depth(string where, string method, int most) => new(
        "GK0008",
        $"{where}: calls {method} within more than {most} calls, each with other type arguments, but every call is inlined. Write the recursion as a loop.");

    internal static KernelNotSupportedException Allocation(string where, string what) => new(
        "GK0009",
        $"{where}: allocates {what}, but a device has no heap. Use structs, and LocalMemory or SharedMemory for arrays of constant size.");

    internal static KernelNotSupportedException Throwing(string where, string what) => new(
        "GK0010", $"{where}: {what}, but a kernel cannot throw. Check arguments before the launch, and use unchecked arithmetic.");

    internal static KernelNotSupportedException Reference(string where, string what) => new(
        "GK0011", $"{where}: uses {what}, but a kernel knows only values. Pass numbers, structs of numbers or views.");

    internal static KernelNotSupportedException Virtual(string where, string what) => new(
        "GK0012",
        $"{where}: calls {what}, whose body is chosen at run time, but calls must be known when compiling. "
        + "Take the type as a type parameter constrained to struct and the interface.");

    internal static KernelNotSupportedException Static(string where, string field) => new(
        "GK0013",
        $"{where}: reads or writes the static field {field}, but only 'static readonly' numbers are constants. "
        + "Make it so, or pass the value as a parameter.");

    internal static KernelNotSupportedException TypeOf(string where, string type, string needed) => new(
        "GK0014", $"{where}: uses {type}, but {needed}. Take the type apart into numbers.");

    internal static KernelNotSupportedException Call(string where, string method) => new(
        "GK0015",
        $"{where}: calls {method}, which has no body that a device could run, but every call is inlined. "
        + "Use a function of the kernel model, or write it with arithmetic.");

    internal static KernelNotSupportedException Instruction(string where, string opCode) => new(
        "GK0016", $"{where}: needs the IL instruction '{opCode}', but the kernel language has none for it. Write the line with plain arithmetic.");

    internal static KernelNotSupportedException Barrier(string where, string reason) => new(
        "GK0017",
        $"{where}: a barrier {reason}, but all work-items of a group must reach it together. Move it out of the branch, or make the condition "
        + "depend only on parameters and on Grid.");

    internal static KernelNotSupportedException Collective(string where, string reason) => new(
        "GK0021",
        $"{where}: a collective of the warp {reason}, but all lanes of a warp must reach it together. Move it out of the branch, or make the "
        + "condition depend only on parameters, on Grid and on Warp.WarpIdx.");

    internal static KernelNotSupportedException CollectiveOfGroup(string where) => new(
        "GK0022",
        $"{where}: a collective of the warp stands where a condition leads that differs between work-items of the group, but OpenCL 1.2 has no "
        + "warps, so all work-items of the group must reach it together. Move it out of the branch, or run the kernel on another device.");

    internal static KernelNotSupportedException Wait(string where) => new(
        "GK0023",
        $"{where}: a loop ends when an acquire has read what another group writes, but the kernel does not say that its groups wait for each other. "
        + "Mark it [Cooperative], so that devices start all groups at once.");

    internal static KernelNotSupportedException CooperativeIndex(string where) => new(
        "GK0024",
        $"{where}: is cooperative and has an index parameter, but only groups that the launch arranges can wait for each other. "
        + "Take the index from Grid and Group.");

    internal static KernelNotSupportedException NoOrderBetweenGroups(string where, string what) => new(
        "GK0025",
        $"{where}: {what}, but OpenCL 1.2 promises neither that waiting groups let others run nor an order of memory between groups. "
        + "Run the kernel on another device, or give each step a launch of its own.");

    internal static KernelNotSupportedException OrderedSpace(string where) => new(
        "GK0026", $"{where}: an acquire or a release of shared or local memory, but other groups see global memory alone. Use an element of a view parameter.");

    internal static KernelNotSupportedException Extent(string where) => new(
        "GK0018", $"{where}: the extent of local or shared memory is computed, but a constant above 0 was needed. Use a 'const int'.");

    internal static KernelNotSupportedException Address(string where) => new(
        "GK0019",
        $"{where}: a reference may point to different kinds of memory or to different variables, but what it points to must be known "
        + "when compiling. Branch first, and take the reference in each branch.");

    internal static KernelNotSupportedException Architecture(string where, string what, string needed, string architecture) => new(
        "GK0027",
        $"{where}: {what} for {architecture}, but it needs {needed} or newer. Choose a kernel without it for this device.");

    internal static KernelNotSupportedException ReadOnly(string where, string view) => new(
        "GK0030",
        $"{where}: writes to '{view}', but [ReadOnlyView] promises that nobody does. Take the attribute away, or write to another view.");

    internal static KernelNotSupportedException Lanes(string where, int lanes, int most) => new(
        "GK0029",
        $"{where}: computes with vectors of {lanes} numbers, but a GPU's thread holds {most} at most, in registers of one number each. "
        + "Choose a narrower tile.");

    internal static KernelNotSupportedException Copy(string where, string what) => new(
        "GK0028",
        $"{where}: an asynchronous copy {what}. Pass a view of shared memory and one of device memory, and constants for the number of elements and "
        + "of sets to wait for.");

    internal static KernelNotSupportedException Approximate(string where, string function) => new(
        "GK0020",
        $"{where}: calls {function}, for which PTX has only an approximation, but a kernel means the same on every device. "
        + "Call the kernels' own Transcendental functions, or write it with arithmetic.");
}
