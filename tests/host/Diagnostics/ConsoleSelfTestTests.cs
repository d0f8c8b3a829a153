using System;
using System.Collections.Generic;
using System.Linq;
using DoorController.Diagnostics;
using DoorController.Hal;
using DoorController.Hal.Host;
using DoorController.Tests.Support;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Diagnostics
{
    /// <summary>Command selftest finds each fault it looks for, by its symptom, and leaves the door as it was.</summary>
    [TestClass]
    public sealed class ConsoleSelfTestTests
    {
        private static readonly string[] Parts =
            ["strike", "contacts", "rex", "lamps", "flash", "random", "hmac", "aes", "radio", "network", "keys"];

        [TestMethod]
        public void A_well_door_passes_every_part_and_stays_as_it_was()
        {
            using ConsoleRig rig = new(settings: new Settings { HasServer = true });
            rig.Rig.Run(15000);
            SortedDictionary<string, string> before = ConsoleRig.Files(rig.Rig.Host.Flash);
            string[] lines = rig.Ask("selftest");
            CollectionAssert.AreEqual(Parts, lines.Select(l => l.Split(':')[0]).ToArray());
            Assert.IsTrue(lines.Where(l => !l.StartsWith("lamps", StringComparison.Ordinal)).All(l => l.EndsWith(": pass", StringComparison.Ordinal)), string.Join('\n', lines));
            SortedDictionary<string, string> after = ConsoleRig.Files(rig.Rig.Host.Flash);
            CollectionAssert.AreEqual(before.Keys, after.Keys);
            CollectionAssert.AreEqual(before.Values, after.Values);
            Assert.AreEqual(0, rig.Rig.Host.Strike.Pulses);
        }

        [TestMethod]
        public void Lamps_and_buzzer_are_shown_one_after_the_other_and_given_back()
        {
            using ConsoleRig rig = new();
            rig.Rig.Run(500);
            int before = rig.Rig.Host.Lamp.Changes.Count;
            rig.Ask("selftest");
            int[] shown = rig.Rig.Host.Lamp.Changes.Skip(before).Select(c => c.Outputs).ToArray();
            CollectionAssert.IsSubsetOf(new[] { LampOutput.Green, LampOutput.Red, LampOutput.Buzzer, 0 }, shown);
            rig.Rig.Run(4000);
            int at = rig.Rig.Host.Lamp.Changes.Count;
            rig.Rig.Run(6000);
            Assert.IsTrue(rig.Rig.Host.Lamp.Changes.Skip(at).All(c => c.Outputs is 0 or LampOutput.Green), "ready flashes again");
            Assert.IsTrue(rig.Rig.Host.Lamp.Changes.Count > at);
        }

        [TestMethod]
        public void Each_fault_is_told_by_its_symptom()
        {
            AssertFault("strike: FAULT, it did not take or end its last pulse", rig =>
            {
                rig.Rig.Host.Strike.Refuses = true;
                rig.Door.Opener.Open(AuditEvent.Rex, 0, rig.Rig.Host.Clock.NowMs);
            });
            AssertFault("contacts: FAULT, tamper or fire alarm is active", rig => rig.Rig.Host.Inputs.Set(Input.Tamper, true));
            AssertFault("rex: FAULT, it is active now", rig => rig.Rig.Host.Inputs.Set(Input.Rex, true));
            AssertFault("flash: FAULT, what is written does not come back", rig => ((VirtualFlash)rig.Rig.Host.Flash).IsWornOut = true);
            AssertFault("radio: FAULT, it does not advertise", rig =>
            {
                rig.Rig.Host.Radio.StartsToRefuse = int.MaxValue;
                rig.Door.Supervisor.RestartRadio();
            });
            AssertFault("network: FAULT, no address", rig => rig.Rig.Host.Network.IsUp = false);
            AssertFault("keys: FAULT, keys or a list are lost", rig =>
            {
                rig.Rig.Apply(ListBodies.Empty(Site.Start, 0));
                rig.Door.Memory.KeyStore.LoseLists();
            });
        }

        [TestMethod]
        public void A_stuck_random_source_and_wrong_cryptography_are_told()
        {
            using HostBoard host = new(new MemoryFiles());
            Door door = new(host.Board, new Settings());
            Board b = host.Board;
            Board broken = new(
                b.Clock, new StuckRandom(), new WrongCrypto(host.Crypto), b.Ble, b.Strike, b.Floors, b.Inputs, b.Lamp, b.Files, b.Network, b.Serial, b.Power);
            string[] lines = All(new SelfTest(door, broken), host.Clock);
            Assert.IsTrue(lines.Any(l => l.StartsWith("random: FAULT, the same bytes twice", StringComparison.Ordinal)));
            Assert.IsTrue(lines.Any(l => l.StartsWith("hmac: FAULT, a known answer is wrong", StringComparison.Ordinal)));
            Assert.IsTrue(lines.Any(l => l.StartsWith("aes: FAULT, a known answer is wrong", StringComparison.Ordinal)));
        }

        private static string[] All(SelfTest test, VirtualClock clock)
        {
            List<string> lines = [];
            for (string? line = test.Line(true, clock.NowMs); line != null; line = test.Line(false, clock.NowMs))
            {
                lines.Add(line);
                clock.Advance(10);
            }

            return lines.Where(l => l.Length > 0).ToArray();
        }

        private static void AssertFault(string wanted, Action<ConsoleRig> breakIt)
        {
            using ConsoleRig rig = new(settings: new Settings { HasServer = true });
            breakIt(rig);
            rig.Rig.Run(1000);
            string[] lines = rig.Ask("selftest");
            string part = wanted.Split(':')[0];
            StringAssert.StartsWith(lines.Single(l => l.StartsWith(part + ":", StringComparison.Ordinal)), wanted, StringComparison.Ordinal);
        }

        private sealed class StuckRandom : IRandom
        {
            public void Fill(byte[] buffer) => Array.Fill(buffer, (byte)7);
        }

        private sealed class WrongCrypto(ICrypto right) : ICrypto
        {
            public byte[] Hmac(byte[] key, byte[] data) => Flip(right.Hmac(key, data));

            public byte[] Encrypt(byte[] key, byte[] iv, byte[] data) => Flip(right.Encrypt(key, iv, data));

            public byte[] Decrypt(byte[] key, byte[] iv, byte[] data) => right.Decrypt(key, iv, data);

            public uint Crc32(byte[] data, int offset, int count) => right.Crc32(data, offset, count);

            private static byte[] Flip(byte[] bytes)
            {
                bytes[0] ^= 1;
                return bytes;
            }
        }
    }
}
