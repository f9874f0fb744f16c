using FsCheck;
using FsCheck.Fluent;

namespace GpuRnn.Tests.TestSupport;

/// <summary>Tries a property on cases that are drawn from a fixed seed, so that a failure is the same on every machine; FsCheck prints the case.</summary>
internal static class PropertyCheck
{
    public static void Run<T>(Gen<T> cases, int count, Action<T> property)
    {
        Config config = Config.QuickThrowOnFailure.WithMaxTest(count).WithReplay(20UL, 1UL).WithQuietOnSuccess(true);
        Check.One(config, Prop.ForAll(cases.ToArbitrary(), property));
    }
}
