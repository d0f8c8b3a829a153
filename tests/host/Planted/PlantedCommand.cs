using System;
using System.CommandLine;
using System.Diagnostics;
using System.IO;
using System.Linq;

namespace DoorController.Tests.Planted
{
    /// <summary>The command "planted": a test of the tests. Plants one fault after the other, and prints who finds it.</summary>
    internal static class PlantedCommand
    {
        private const int Scenes = 2000;

        public static Command Make()
        {
            Option<string> only = new("--only") { Description = "Names of faults that hold this text", DefaultValueFactory = _ => string.Empty };
            Command command = new("planted", "Plants faults into a copy of the firmware, one after the other, and prints which seed or test finds each; exit code 1 when one is not found") { only };
            command.SetAction(parsed => Run(parsed.GetValue(only)!));
            return command;
        }

        private static int Run(string only)
        {
            string folder = PlantedAssembly.CopyTests();
            int found = 0;
            PlantedBug[] bugs = [.. PlantedBug.All().Where(b => b.Name.Contains(only, StringComparison.Ordinal))];
            if (FindByTest(string.Join('|', bugs.Where(b => b.Tests.Length > 0).Select(b => b.Tests)), folder) is string broken)
            {
                Console.Error.WriteLine($"error: {broken} fails without any fault: mend it first");
                return 2;
            }

            Console.WriteLine("| fault | what it breaks | found by |\n|---|---|---|");
            foreach (PlantedBug bug in bugs)
            {
                PlantedAssembly.Plant(bug, folder);
                string? finder = Find(bug, folder);
                found += finder == null ? 0 : 1;
                Console.WriteLine($"| {bug.Name} | {bug.What} | {finder ?? "**nobody**"} |");
            }

            Directory.Delete(folder, recursive: true);
            Console.WriteLine($"\n{found} of {bugs.Length} found");
            return found == bugs.Length ? 0 : 1;
        }

        private static string? Find(PlantedBug bug, string folder)
        {
            if (FindByTest(bug.Tests, folder) is string test)
            {
                return test;
            }

            (int code, string output) = Dotnet(folder, "HostTests.dll", "scenes", "--count", $"{Scenes}", "--first");
            return code != 0 && output.Split('\n').FirstOrDefault(l => l.StartsWith("seed ", StringComparison.Ordinal)) is string line
                ? $"{line.Split(',')[0]}: {line.Split(": ")[1]}" : null;
        }

        private static string? FindByTest(string tests, string folder)
        {
            if (tests.Length == 0)
            {
                return null;
            }

            string filter = string.Join('|', tests.Split('|').Distinct().Select(t => $"FullyQualifiedName~.{t}."));
            (int _, string output) = Dotnet(folder, "test", "HostTests.dll", "--filter", filter);
            string? line = output.Split('\n').Select(l => l.Trim()).FirstOrDefault(l => l.StartsWith("Failed ", StringComparison.Ordinal) && l.Contains('['));
            return line == null ? null : $"test `{line["Failed ".Length..line.LastIndexOf(" [", StringComparison.Ordinal)]}`";
        }

        private static (int Code, string Output) Dotnet(string folder, params string[] arguments)
        {
            using Process process = Process.Start(new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true })!;
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output);
        }
    }
}
