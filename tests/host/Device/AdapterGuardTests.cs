using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using DoorController.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Device
{
    /// <summary>
    /// The device's own code, which no PC can run, read as text: every thread and every event handler in it lets no exception out, because
    /// that would end a thread, or leave a phone's request without its rules (PLATFORM.md 1.5, 10.1).
    /// </summary>
    [TestClass]
    public sealed class AdapterGuardTests
    {
        /// <summary>Calls that never throw, as <see cref="MainLoopTests"/> shows, and the pause between them.</summary>
        private static readonly string[] Guarded = ["loop.Pass();", "_watchdog!.Check();", "Thread.Sleep("];

        [TestMethod]
        public void EveryThread_IsALoopWithAGuardInside()
        {
            List<(string File, string Method)> threads = Find(@"new Thread\((\w+)\)");
            Assert.HasCount(3, threads, "the network's, the station's and the watchdog's");
            foreach ((string file, string method) in threads.Append(("Program.cs", "Main")))
            {
                string body = Body(file, method);
                string loop = body[body.IndexOf("while (true)", System.StringComparison.Ordinal)..];
                string inside = loop[(loop.IndexOf('{') + 1)..].Trim();
                bool isTry = Regex.IsMatch(inside, @"^try\s*\{.*\}\s*catch \(Exception\)", RegexOptions.Singleline);
                bool callsGuarded = inside.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0 && line != "}")
                    .All(line => Guarded.Any(call => line.StartsWith(call, System.StringComparison.Ordinal)));
                Assert.IsTrue(isTry || callsGuarded, file + ": " + method);
            }
        }

        [TestMethod]
        public void EveryHandlerOfTheRadio_IsOneGuardedBlock()
        {
            List<(string File, string Method)> handlers = Find(@"(?:\+= |_table = new GattTable\()(On\w+)");
            handlers.AddRange(Find(@"new GattTable\(On\w+, (On\w+)"));
            CollectionAssert.AreEquivalent(
                new[] { "OnRead", "OnWrite", "OnSession", "OnMtu" }, handlers.Select(handler => handler.Method).ToArray());
            foreach ((string file, string method) in handlers)
            {
                StringAssert.Matches(Body(file, method).Trim(), new Regex(@"^try\s*\{.*\}\s*catch \(Exception\)\s*\{[^{}]*\}$", RegexOptions.Singleline), method);
            }
        }

        /// <summary>Whether it is too late is asked before anything is looked into, and answering is the last thing that a handler does, at one place for each outcome: no path answers twice.</summary>
        [TestMethod]
        [DataRow("OnRead", 2)]
        [DataRow("OnWrite", 2)]
        public void EachHandler_AnswersInBranchesThatExcludeEachOther(string method, int answers)
        {
            string body = Body("BlePeripheral.cs", method);
            Assert.HasCount(answers, Regex.Matches(body, @"\.Respond\w*\("));
            StringAssert.Matches(
                body,
                new Regex(@"^\s*if \(!MayAnswer\(\)\)\s*\{\s*request\.Leave\(\);\s*return;\s*\}\s[^{}]*if \(answer == BleAnswer\.Ok\)\s*\{[^{}]*\.Respond[^{}]*\}\s*else\s*\{[^{}]*\.Respond[^{}]*\}\s*$"));
        }

        private static List<(string File, string Method)> Find(string pattern) => Files()
            .SelectMany(file => Regex.Matches(File.ReadAllText(file), pattern).Select(match => (Path.GetFileName(file), match.Groups[1].Value)))
            .ToList();

        private static IEnumerable<string> Files() =>
            Directory.EnumerateFiles(Path.Combine(Vectors.Root(), "hal", "esp32"), "*.cs").Append(Path.Combine(Vectors.Root(), "firmware", "Program.cs")).Append(Path.Combine(Vectors.Root(), "hal", "BlePeripheral.cs"));

        /// <summary>What stands between the braces of a method.</summary>
        private static string Body(string file, string method)
        {
            string text = File.ReadAllText(Files().Single(path => Path.GetFileName(path) == file));
            Match start = Regex.Match(text, @"(?:private|public) (?:static )?void " + method + @"\([^)]*\)\s*\{");
            Assert.IsTrue(start.Success, file + ": " + method);
            int at = start.Index + start.Length;
            int depth = 1;
            int end = at;
            while (depth > 0)
            {
                depth += text[end] == '{' ? 1 : text[end] == '}' ? -1 : 0;
                end++;
            }

            return text[at..(end - 1)];
        }
    }
}
