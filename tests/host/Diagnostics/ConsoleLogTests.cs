using System;
using System.Globalization;
using System.Linq;
using DoorController.Tests.Support;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Diagnostics
{
    /// <summary>Command log pages through the audit trail, and delays nobody.</summary>
    [TestClass]
    public sealed class ConsoleLogTests
    {
        [TestMethod]
        public void Pages_follow_one_another_without_a_gap_or_a_repeat()
        {
            using ConsoleRig rig = new();
            for (int i = 0; i < 300; i++)
            {
                rig.Door.Memory.Audit.Append(AuditEvent.Rex, Verdict.Granted, 0, 0, 0, 0, 0);
                rig.Rig.Run(20);
            }

            uint end = rig.Door.Memory.Audit.NextSequence;
            string command = "log 1";
            uint next = 1;
            while (command.Length > 0)
            {
                string[] lines = rig.Ask(command);
                string[] records = lines.Where(l => !l.StartsWith("more", StringComparison.Ordinal)).ToArray();
                Assert.IsTrue(records.Length <= Limits.ConsoleLogRecords);
                foreach (string record in records)
                {
                    uint number = uint.Parse(record.Split(' ')[0], CultureInfo.InvariantCulture);
                    Assert.AreEqual(next, number);
                    next++;
                }

                command = lines.SingleOrDefault(l => l.StartsWith("more: ", StringComparison.Ordinal))?[6..] ?? "";
            }

            Assert.AreEqual(end, next);
        }

        [TestMethod]
        public void The_newest_page_ends_with_the_last_record_and_says_what_happened()
        {
            using ConsoleRig rig = new();
            rig.Rig.ProveTime(Site.Start);
            rig.Rig.Tap(Site.Key(Site.Record(5), 1));
            rig.Rig.Run(20000);
            string[] lines = rig.Ask("log");
            string opened = lines.Single(l => l.Contains(" key 5", StringComparison.Ordinal));
            StringAssert.Contains(opened, "2025-06-14 16:54:", StringComparison.Ordinal);
            StringAssert.EndsWith(opened, "credential, granted, scope 00a1b2 key 5", StringComparison.Ordinal);
            StringAssert.StartsWith(lines[^1], (rig.Door.Memory.Audit.NextSequence - 1) + " ", StringComparison.Ordinal);
        }

        [TestMethod]
        public void Numbers_that_were_never_used_say_so()
        {
            using ConsoleRig rig = new();
            Assert.AreEqual("log: no records from 4000000000 on", rig.Ask("log 4000000000").Single());
        }

        [TestMethod]
        public void Skipped_numbers_cost_a_bounded_number_of_flash_reads_in_one_Poll()
        {
            MemoryFiles files = new();
            using ConsoleRig rig = new(flash: files);
            for (int i = 0; i < 40; i++)
            {
                rig.Door.Memory.Audit.Append(AuditEvent.Rex, Verdict.Granted, 0, 0, 0, 0, 0);
                rig.Rig.Run(20);
            }

            // A damaged stage makes the trail skip to the end of what is reserved.
            files.Rot("austage", 40);
            rig.Rig.Reboot();
            rig.ReadToPrompt();
            rig.Rig.Host.Serial.Type("log 36\r");
            int most = 0;
            string text = "";
            for (int i = 0; i < 300; i++)
            {
                int before = files.Reads;
                rig.Rig.Run(10);
                most = Math.Max(most, files.Reads - before);
                text += rig.Rig.Host.Serial.TakeText();
            }

            uint[] numbers = text.Split("\r\n")[1..^1].Where(l => char.IsAsciiDigit(l[0])).Select(l => uint.Parse(l.Split(' ')[0], CultureInfo.InvariantCulture)).ToArray();
            Assert.IsTrue(numbers.Zip(numbers.Skip(1), (a, b) => b - a).Max() > 60, "numbers were skipped: " + text);
            Assert.IsTrue(most is > 1 and <= 16, "reads of flash in one Poll: " + most);
        }
    }
}
