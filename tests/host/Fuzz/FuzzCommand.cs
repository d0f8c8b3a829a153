using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Diagnostics;
using System.Linq;
using System.Threading.Tasks;

namespace DoorController.Tests.Fuzz
{
    /// <summary>The command "fuzz": every reader of bytes from outside is given inputs that nobody meant, for so long.</summary>
    internal static class FuzzCommand
    {
        private static readonly Option<int> Seconds = new("--seconds") { Description = "How long each reader is tried", DefaultValueFactory = _ => 10 };
        private static readonly Option<int?> Seed = new("--seed") { Description = "Of the inputs; without it another one each time" };
        private static readonly Option<string> Only = new("--only") { Description = "Readers whose name holds this text", DefaultValueFactory = _ => string.Empty };

        public static Command Make()
        {
            Command command = new("fuzz", "Gives every reader of bytes from outside inputs that nobody meant; exit code 1 and the input when one breaks") { Seconds, Seed, Only };
            command.SetAction(parsed => Run(parsed.GetValue(Seconds), parsed.GetValue(Seed) ?? Environment.TickCount, parsed.GetValue(Only)!));
            return command;
        }

        /// <summary>Tries one reader.</summary>
        /// <param name="goOn">Asked before each input.</param>
        /// <returns>Inputs, and different answers.</returns>
        /// <exception cref="FuzzException">One broke it.</exception>
        public static (int Inputs, int Answers) Try(FuzzTarget target, int seed, Func<int, bool> goOn)
        {
            Mutator mutator = new(target.Corpus, new Random(seed));
            Func<byte[], string> read = target.Make();
            int inputs = 0;
            for (; goOn(inputs); inputs++)
            {
                byte[] input = inputs < target.Corpus.Count ? target.Corpus[inputs] : mutator.Next();
                try
                {
                    mutator.Answered(input, read([.. input]));
                }
                catch (Exception e)
                {
                    throw new FuzzException(target.Name, input, e);
                }
            }

            return (inputs, mutator.Answers);
        }

        private static int Run(int seconds, int seed, string only)
        {
            FuzzTarget[] targets = [.. FuzzTargets.All().Where(t => t.Name.Contains(only, StringComparison.Ordinal))];
            Console.WriteLine($"seed {seed}, {targets.Length} readers, {seconds} s each");
            List<string> broken = [];
            Parallel.ForEach(targets, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, target =>
            {
                string said = Tell(target, seconds, seed, out bool isBroken);
                lock (broken)
                {
                    Console.WriteLine(said);
                    broken.AddRange(isBroken ? [target.Name] : []);
                }
            });
            Console.WriteLine($"{targets.Length - broken.Count} of {targets.Length} readers held");
            return broken.Count == 0 ? 0 : 1;
        }

        private static string Tell(FuzzTarget target, int seconds, int seed, out bool isBroken)
        {
            Stopwatch watch = Stopwatch.StartNew();
            try
            {
                (int inputs, int answers) = Try(target, seed, _ => watch.Elapsed.TotalSeconds < seconds);
                isBroken = false;
                return $"{target.Name,-28} {inputs,9} inputs, {answers,4} different answers";
            }
            catch (FuzzException e)
            {
                isBroken = true;
                return e.Message;
            }
        }
    }
}
