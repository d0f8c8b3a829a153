using DoorController.Bench;
using DoorController.Bench.Budget;

// One "name value unit" line a figure. Every figure is a count, a size or a ratio from the same run; none is a time.
// With the argument "budget": the tables of firmware/BUDGET.md instead.
if (args is ["budget"])
{
    BudgetBench.PrintTables();
    return;
}

UnlockBench.Run();
BudgetBench.Run();
StoreBench.Run();
