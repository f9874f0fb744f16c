namespace GpuRnn.Devices.OpenCl.Native;

/// <summary>Numbers of the OpenCL headers.</summary>
internal static class OpenClConstants
{
    internal const uint PlatformVersion = 0x0901;
    internal const uint PlatformName = 0x0902;

    internal const ulong AllDeviceTypes = 0xFFFFFFFF;
    internal const ulong CpuType = 1 << 1;
    internal const ulong GpuType = 1 << 2;
    internal const ulong AcceleratorType = 1 << 3;

    internal const uint DeviceType = 0x1000;
    internal const uint DeviceComputeUnits = 0x1002;
    internal const uint DeviceGroupSize = 0x1004;
    internal const uint DeviceGroupExtents = 0x1005;
    internal const uint DeviceAllocationBytes = 0x1010;
    internal const uint DeviceSingleConfiguration = 0x101B;
    internal const uint DeviceCacheBytes = 0x101E;
    internal const uint DeviceMemoryBytes = 0x101F;
    internal const uint DeviceLocalMemoryBytes = 0x1023;
    internal const uint DeviceIsLittleEndian = 0x1026;
    internal const uint DeviceIsAvailable = 0x1027;
    internal const uint DeviceHasCompiler = 0x1028;
    internal const uint DeviceName = 0x102B;
    internal const uint DeviceVendor = 0x102C;
    internal const uint DeviceDriverVersion = 0x102D;
    internal const uint DeviceProfile = 0x102E;
    internal const uint DeviceVersion = 0x102F;
    internal const uint DeviceExtensions = 0x1030;
    internal const uint DeviceFloatVectorWidth = 0x103A;

    internal const ulong CorrectlyRoundedDivision = 1 << 7;

    internal const nint ContextPlatform = 0x1084;
    internal const ulong QueueProfiling = 1 << 1;

    internal const ulong ReadWriteMemory = 1 << 0;
    internal const ulong HostMemory = 1 << 4;
    internal const ulong MapForReadAndWrite = (1 << 0) | (1 << 1);

    internal const uint ProgramBinarySizes = 0x1165;
    internal const uint ProgramBinaries = 0x1166;
    internal const uint BuildLog = 0x1183;
    internal const uint KernelGroupSize = 0x11B0;
    internal const uint KernelLocalMemoryBytes = 0x11B2;

    internal const uint EventStatus = 0x11D3;
    internal const int EventComplete = 0;
    internal const uint EventEnd = 0x1283;
}
