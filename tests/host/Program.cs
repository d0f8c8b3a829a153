using System.CommandLine;
using DoorController.Tests.Fuzz;
using DoorController.Tests.Planted;
using DoorController.Tests.Scenes;

namespace DoorController.Tests
{
    /// <summary>What of the tests is run by itself: scenes of seeds, and faults that are planted.</summary>
    internal static class Program
    {
        private static int Main(string[] args) =>
            new RootCommand("Scenes of seeds and planted faults; the tests themselves are run by dotnet test") { ScenesCommand.Scenes(), ScenesCommand.Replay(), PlantedCommand.Make(), FuzzCommand.Make() }.Parse(args).Invoke();
    }
}
