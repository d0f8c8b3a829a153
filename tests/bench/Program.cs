using DoorController.Bench;

// One "name value unit" line a figure. Every figure is a count, a size or a ratio from the same run; none is a time.
UnlockBench.Run();
StoreBench.Run();
