using System.CommandLine;
using DoorController.Tests.Scenes;

namespace DoorController.Tests
{
    /// <summary>What of the tests is run by itself: scenes of seeds.</summary>
    internal static class Program
    {
        private static int Main(string[] args) =>
            new RootCommand("Scenes of seeds; the tests themselves are run by dotnet test") { ScenesCommand.Scenes(), ScenesCommand.Replay() }.Parse(args).Invoke();
    }
}
