using System.Diagnostics;
using GpuRnn.Devices.Cpu;

namespace GpuRnn.Devices.Tests;

/// <summary>When a team's caller goes on alone, by times that a test makes up.</summary>
public sealed class TeamContentionTests
{
    private static readonly long s_millisecond = Stopwatch.Frequency / 1000;
    private readonly TeamContention _contention = new();
    private long _now = 1_000_000_000;

    [Fact]
    public void MostOfTheTimeWaiting_SendsTheCallerAlone_TwiceAsLongEachTime_UpToASecond()
    {
        foreach (int expected in new[] { 10, 20, 40, 80, 160, 320, 640, 1000, 1000 })
        {
            RunFor(10, waited: 9);
            Assert.True(IsAloneAfter(expected - 1));
            Assert.False(IsAloneAfter(expected));
            _now += expected * s_millisecond;
        }
    }

    [Fact]
    public void ATeamThatWorkedWellForAWhile_BeginsAgainWithTheShortestTime()
    {
        RunFor(10, waited: 9);
        _now += 10 * s_millisecond;
        RunFor(10, waited: 9);
        Assert.True(IsAloneAfter(19));
        _now += 20 * s_millisecond;
        for (int i = 0; i < 40; i++)
        {
            RunFor(5, waited: 0);
        }

        RunFor(100, waited: 99);
        Assert.True(IsAloneAfter(9));
        Assert.False(IsAloneAfter(10));
    }

    [Fact]
    public void ALongWaitSoonAfterALongTimeAlone_BeginsAgainWithTheShortestTime_WhereTheTeamWorkedWellBefore()
    {
        foreach (int time in new[] { 10, 20, 40, 80, 160, 320, 640 })
        {
            RunFor(10, waited: 9);
            _now += time * s_millisecond;
        }

        RunFor(12, waited: 0);
        RunFor(12, waited: 0);
        RunFor(80, waited: 79);
        Assert.True(IsAloneAfter(9));
        Assert.False(IsAloneAfter(10));
    }

    [Fact]
    public void OneLongWaitAmongGoodRuns_AndSharesOfTwoToOne_KeepTheTeam()
    {
        for (int i = 0; i < 10; i++)
        {
            RunFor(5, waited: 0);
        }

        RunFor(8, waited: 7);
        Assert.False(IsAloneAfter(0));
        for (int i = 0; i < 100; i++)
        {
            RunFor(10, waited: 5);
            Assert.False(IsAloneAfter(0));
        }
    }

    [Fact]
    public void TooShortToTell_KeepsTheTeam()
    {
        RunFor(4, waited: 4);
        Assert.False(IsAloneAfter(0));
        RunFor(4, waited: 4);
        Assert.True(IsAloneAfter(0));
    }

    [Fact]
    public void ManyWorkers_WaitForOneAnotherBeforeTheyAreSplit()
    {
        RunFor(10, waited: 40, workers: 8);
        Assert.False(IsAloneAfter(0));
        RunFor(10, waited: 69, workers: 8);
        Assert.True(IsAloneAfter(0));
    }

    private void RunFor(int took, int waited, int workers = 2)
    {
        _now += took * s_millisecond;
        _contention.Learn(_now, took * s_millisecond, waited * s_millisecond, workers);
    }

    private bool IsAloneAfter(int milliseconds) => _contention.IsAlone(_now + (milliseconds * s_millisecond));
}
