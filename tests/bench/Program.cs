using DoorController.Bench;
using DoorController.Bench.Budget;
using DoorController.Bench.Count;

// One "name value unit" line a figure. Every figure with a limit is a count, a size or a ratio from the same run; none is a time.
// "events": how soon a webhook has an event. "grants": access grants beside instant keys. With the argument "budget": the tables of firmware/BUILD.md instead. "sync" and "delta": parts of the key server alone. "long", or DOOR_LONG=1: what takes minutes too.
if (args is ["budget"])
{
    BudgetBench.PrintTables();
    return;
}

if (args is [CountBench.Counted])
{
    CountBench.RunCounted();
    return;
}

bool isLong = args is ["long"] || (args is [] && Environment.GetEnvironmentVariable("DOOR_LONG") == "1");
if (args is [] or ["long"])
{
    UnlockBench.Run();
    CountBench.Run();
    BudgetBench.Run();
    StoreBench.Run();
    ListBench.Run();
}

try
{
    if (isLong || args is ["grants"])
    {
        await GrantBench.RunAsync();
    }

    if (args is [] or ["long"] or ["events"])
    {
        await EventLagBench.RunAsync();
    }

    if (args is not (["delta"] or ["grants"] or ["events"]))
    {
        await SyncBench.RunAsync();
    }

    if (isLong || args is ["delta"])
    {
        await DeltaBench.RunAsync();
    }
}
finally
{
    DoorController.Tests.Support.LoopbackPostgres.Stop();
}
