using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.CommandLine;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace DoorController.Tests.Scenes
{
    /// <summary>The commands "scenes" and "replay" of this project.</summary>
    internal static class ScenesCommand
    {
        private const int MostFailures = 20;
        private const int LeastForCounts = 2000;

        public static Command Scenes()
        {
            Option<int> from = new("--from") { Description = "First seed", DefaultValueFactory = _ => 1 };
            Option<int> count = new("--count") { Description = "How many seeds", DefaultValueFactory = _ => 1000 };
            Option<bool> first = new("--first") { Description = "Stop at the first promise that is broken" };
            Command command = new("scenes", "Plays scenes of many seeds, and prints what they reached; exit code 1 when a promise was broken, or 2,000 scenes and more did not reach all") { from, count, first };
            command.SetAction(parsed => Run(parsed.GetValue(from), parsed.GetValue(count), parsed.GetValue(first) ? 1 : MostFailures));
            return command;
        }

        public static Command Replay()
        {
            Argument<int> seed = new("seed") { Description = "Seed of the scene" };
            Command command = new("replay", "Shows a scene step by step, and the fewest of its steps that break the same promise") { seed };
            command.SetAction(parsed => Show(parsed.GetValue(seed)));
            return command;
        }

        private static int Run(int from, int count, int most)
        {
            Stopwatch watch = Stopwatch.StartNew();
            SceneCounts all = new();
            ConcurrentQueue<SceneFailure> failures = new();
            int next = from - 1;
            Parallel.For(0, Environment.ProcessorCount, _ =>
            {
                SceneCounts counts = new();
                int seed;
                while ((seed = Interlocked.Increment(ref next)) < from + count && failures.Count < most)
                {
                    Scene scene = new(seed);
                    if (scene.Play(scene.Plan(), counts) is SceneFailure failure)
                    {
                        failures.Enqueue(failure);
                    }
                }

                lock (all)
                {
                    all.Add(counts);
                }
            });
            foreach (string line in all.Lines())
            {
                Console.WriteLine(line);
            }

            string[] missed = count < LeastForCounts || !failures.IsEmpty ? [] : [.. all.Missed()];
            foreach (string what in missed)
            {
                Console.WriteLine($"not reached, or a fault in fewer than 5 % of the scenes: {what}");
            }

            foreach (SceneFailure failure in failures.OrderBy(f => f.Seed))
            {
                Console.WriteLine($"seed {failure.Seed}, step {failure.Step + 1}: {failure.Message}");
            }

            Console.WriteLine(FormattableString.Invariant(
                $"{all.Scenes} scenes from seed {from}, {all.Steps} steps, {all.Pulses} pulses, {all.Cuts} cuts of the power, {failures.Count} promises broken, {watch.Elapsed.TotalSeconds:0} s"));
            return failures.IsEmpty && missed.Length == 0 ? 0 : 1;
        }

        private static int Show(int seed)
        {
            Scene scene = new(seed);
            SceneFailure? failure = scene.Play(scene.Plan(), new SceneCounts(), Console.WriteLine);
            if (failure == null)
            {
                Console.WriteLine($"seed {seed}: every promise held");
                return 0;
            }

            IReadOnlyList<SceneStep> steps = SceneShrinker.Shrink(scene, failure);
            Console.WriteLine($"\n{steps.Count} of its steps do the same:");
            scene.Play(steps, new SceneCounts(), Console.WriteLine);
            return 1;
        }
    }
}
