using DoorController.Issuer;
using DoorController.Tests.Support;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Diagnostics
{
    /// <summary>The console delays no unlock: counted in Polls, not in time.</summary>
    [TestClass]
    public sealed class ConsoleLoadTests
    {
        [TestMethod]
        [DataRow("log 1")]
        [DataRow("selftest")]
        [DataRow("help")]
        public void An_unlock_during_a_command_is_judged_in_the_next_Poll(string command)
        {
            int offsets = 0;
            for (int polls = 0; polls < 60; polls++)
            {
                using ConsoleRig rig = MakeBusy(command, polls, out bool isRunning);
                offsets += isRunning ? 1 : 0;
                Assert.AreEqual(1, PollsToPulse(rig.Rig), $"{command}, {polls} Polls after its line");
            }

            Assert.IsTrue(offsets > 10, "the command was under way at some of them: " + offsets);
        }

        [TestMethod]
        public void A_serial_line_that_takes_nothing_delays_nothing()
        {
            using ConsoleRig rig = new();
            rig.Rig.Host.Serial.OutputCapacityBytes = 0;
            rig.Rig.Host.Serial.Type("log\r");
            rig.Rig.Run(500);
            Assert.AreEqual(1, PollsToPulse(rig.Rig));
        }

        private static ConsoleRig MakeBusy(string command, int polls, out bool isRunning)
        {
            ConsoleRig rig = new();
            for (int i = 0; i < 24; i++)
            {
                rig.Door.Memory.Audit.Append(AuditEvent.Rex, Verdict.Granted, 0, 0, 0, 0, 0);
                rig.Rig.Run(10);
            }

            rig.Rig.Connect();
            rig.Rig.Host.Serial.Type(command + "\r");
            rig.Rig.Run(polls * 10);
            isRunning = rig.Rig.Host.Serial.TakeText() is string text && text.Length > 0 && !text.EndsWith("> ", System.StringComparison.Ordinal);
            return rig;
        }

        /// <summary>A key's frame is put into the queue; Polls are counted until the strike is energised.</summary>
        private static int PollsToPulse(DoorRig rig)
        {
            if (!rig.Door.Link.IsActive)
            {
                rig.Connect();
            }

            byte[] hello = [];
            rig.Door.Link.OnRead(DoorController.Hal.BleCharacteristic.Hello, out byte[]? value);
            hello = value ?? throw new AssertFailedException("no Hello is published");
            byte[] frame = Site.Key(Site.Record(), rig.Bundle.DoorId).MakeUnlock(hello, PhoneKey.NewAttemptId(), null);
            Assert.AreEqual(DoorController.Hal.BleAnswer.Ok, rig.Door.Link.OnWrite(DoorController.Hal.BleCharacteristic.Unlock, frame));
            for (int polls = 1; polls < 100; polls++)
            {
                rig.Poll();
                if (rig.Host.Strike.Pulses > 0)
                {
                    return polls;
                }
            }

            return int.MaxValue;
        }
    }
}
