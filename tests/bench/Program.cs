using DoorController.Bench;
using DoorController.Bench.Budget;

// One "name value unit" line a figure. Every figure with a limit is a count, a size or a ratio from the same run; none is a time.
// With the argument "budget": the tables of firmware/BUDGET.md instead. "sync": the key server alone. "long": what takes minutes too.
if (args is ["budget"])
{
    BudgetBench.PrintTables();
    return;
}

if (args is [] or ["long"])
{
    UnlockBench.Run();
    BudgetBench.Run();
    StoreBench.Run();
}

try
{
    await SyncBench.RunAsync();
    if (args is ["long"])
    {
        await DeltaBench.RunAsync();
    }
}
finally
{
    DoorController.Tests.LoopbackPostgres.Stop();
}
