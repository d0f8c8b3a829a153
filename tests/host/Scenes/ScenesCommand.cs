using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
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
        private const int BlockOfALongRun = 10_000;

        private static readonly Option<int> From = new("--from") { Description = "First seed", DefaultValueFactory = _ => 1 };
        private static readonly Option<int> Count = new("--count") { Description = "How many seeds", DefaultValueFactory = _ => 1000 };
        private static readonly Option<bool> First = new("--first") { Description = "Stop at the first promise that is broken" };
        private static readonly Option<string?> Sum = new("--sum")
        {
            Description = "File that keeps the sums of a long run, a line for each 10,000 seeds: those that stand there are not played again",
        };

        public static Command Scenes()
        {
            Command command = new("scenes", "Plays scenes of many seeds, and prints what they reached; exit code 1 when a promise was broken, or 2,000 scenes and more did not reach all")
            {
                From, Count, First, Sum,
            };
            command.SetAction(parsed => parsed.GetValue(Sum) is string file
                ? RunLong(file, parsed.GetValue(From), parsed.GetValue(Count))
                : Run(parsed.GetValue(From), parsed.GetValue(Count), parsed.GetValue(First) ? 1 : MostFailures));
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
            (SceneCounts all, SceneFailure[] failures) = Play(from, count, most);
            string[] missed = count < LeastForCounts || failures.Length > 0 ? [] : [.. all.Missed()];
            foreach (string line in all.Lines().Concat(missed.Select(m => "not reached, or a fault in fewer than 5 % of the scenes: " + m)))
            {
                Console.WriteLine(line);
            }

            Tell(failures);
            Console.WriteLine($"{all.Scenes} scenes from seed {from}, {all.Steps} steps, {all.Pulses} pulses, {all.Cuts} cuts of the power, {failures.Length} promises broken");
            return failures.Length == 0 && missed.Length == 0 ? 0 : 1;
        }

        private static int RunLong(string file, int from, int count)
        {
            int broken = 0;
            HashSet<string> done = [.. File.Exists(file) ? File.ReadLines(file).Select(l => l.Split(' ')[0]) : []];
            for (int seed = from; seed < from + count; seed += BlockOfALongRun)
            {
                if (done.Contains($"{seed}"))
                {
                    continue;
                }

                (SceneCounts all, SceneFailure[] failures) = Play(seed, BlockOfALongRun, MostFailures);
                File.AppendAllText(file, FormattableString.Invariant($"{seed} {all.Scenes} {all.Steps} {all.Pulses} {all.Cuts} {failures.Length} {DateTime.UtcNow:yyyy-MM-dd}\n"));
                Tell(failures);
                broken += failures.Length;
                Console.WriteLine(SumOf(file));
            }

            Console.WriteLine(SumOf(file));
            return broken == 0 ? 0 : 1;
        }

        /// <summary>The sums of a file, in words.</summary>
        internal static string SumOf(string file)
        {
            string[][] rows = [.. File.ReadLines(file).Select(l => l.Split(' '))];
            long[] sums = [.. Enumerable.Range(1, 5).Select(i => rows.Sum(r => long.Parse(r[i], System.Globalization.CultureInfo.InvariantCulture)))];
            return $"{sums[0]} scenes, {sums[1]} steps, {sums[2]} pulses, {sums[3]} cuts of the power, {sums[4]} promises broken, {rows.Min(r => r[6])} to {rows.Max(r => r[6])}";
        }

        private static (SceneCounts All, SceneFailure[] Failures) Play(int from, int count, int most)
        {
            SceneCounts all = new();
            ConcurrentQueue<SceneFailure> failures = new();
            int next = from - 1;
            Parallel.For(0, Environment.ProcessorCount, _ =>
            {
                SceneCounts counts = new();
                int seed;
                while (failures.Count < most && (seed = Interlocked.Increment(ref next)) < from + count)
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
            return (all, [.. failures.OrderBy(f => f.Seed)]);
        }

        private static void Tell(SceneFailure[] failures)
        {
            foreach (SceneFailure failure in failures)
            {
                Console.WriteLine($"seed {failure.Seed}, step {failure.Step + 1}: {failure.Message}");
            }
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

            IReadOnlyList<SceneStep> steps = SceneShrinker.Shrink(
                [.. scene.Plan().Take(failure.Step + 1)], fewer => scene.Play(fewer, new SceneCounts())?.Promise == failure.Promise);
            Console.WriteLine($"\n{steps.Count} of its steps do the same:");
            scene.Play(steps, new SceneCounts(), Console.WriteLine);
            return 1;
        }
    }
}
