using DoorController.Access;
using DoorController.Hal;
using DoorController.Issuer;
using DoorController.Tests.Support;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Access
{
    /// <summary>What a power cut may cost the floor, and that a refusal which rested on it stands after any cut.</summary>
    [TestClass]
    public sealed class FloorPromiseTests
    {
        private const int MinuteMs = 60_000;

        [TestMethod]
        [DataRow(880)]
        [DataRow(440)]
        [DataRow(60)]
        public void ACut_CostsTheFloorAQuarterOfAnHourAtMost_WhateverMovedIt(int aheadS)
        {
            using DoorRig rig = new();
            rig.ProveTime(Site.Start);
            RunTo(rig, 30 * MinuteMs + 5000);
            uint moved = rig.Door.Memory.Time.Floor + (uint)aheadS;
            rig.Tap(Site.Key(Site.Record() with { IssuedAt = moved, NotBefore = moved, ExpiresAt = moved + 86400 }, 1));
            uint longest = 0;
            for (int minute = 31; minute < 75; minute++)
            {
                RunTo(rig, minute * MinuteMs - 1000);
                uint cost = rig.Door.Memory.Time.Floor - new DoorTime(rig.Host.Flash, rig.Host.Crypto, new byte[Limits.ScratchBytes]).Floor;
                longest = cost > longest ? cost : longest;
            }

            Assert.IsTrue(longest <= 900, "a cut would have cost " + longest + " s");
        }

        /// <summary>The scene of the report: a key refused as expired must not open after the plug was pulled.</summary>
        [TestMethod]
        public void AKeyRefusedAsExpired_IsRefusedAfterTheCutToo()
        {
            using DoorRig rig = new();
            rig.ProveTime(Site.Start);
            RunTo(rig, 30 * MinuteMs + 5000);
            RunTo(rig, 44 * MinuteMs + 59_000);
            PhoneKey expired = Site.Key(Site.Record() with { ExpiresAt = rig.Door.Memory.Time.Floor - 600 }, 1);
            Assert.AreEqual(Verdict.Expired, (int)rig.Tap(expired)[0]);
            rig.Reboot();
            Assert.AreEqual(Verdict.Expired, (int)rig.Tap(expired)[0]);
            Assert.AreEqual(0, rig.Host.Strike.Pulses);
        }

        [TestMethod]
        public void ARefusalAsExpired_IsDurableBeforeTheResult_AndWritesOncePerKey()
        {
            CountingFiles files = new();
            using DoorRig rig = new(flash: files);
            rig.ProveTime(Site.Start);
            RunTo(rig, 16 * MinuteMs);
            rig.Run(100);
            PhoneKey key = Site.Key(Site.Record() with { ExpiresAt = rig.Door.Memory.Time.Floor - 10 }, 1);
            rig.Connect();
            int before = files.TimeWrites;
            for (int i = 0; i < 3; i++)
            {
                Assert.AreEqual(Verdict.Expired, (int)rig.Present(key, PhoneKey.NewAttemptId())[0]);
                Assert.AreEqual(before + 1, files.TimeWrites);
            }
        }

        /// <summary>A previous generation ends at its deadline by the same floor.</summary>
        [TestMethod]
        public void AKeyOfARetiredGeneration_IsRefusedAfterTheCutToo()
        {
            uint deadline = Site.Start + 44 * 60;
            using DoorRig rig = new(new Bundle(1, 1, 1, "DOOR 1", [new BundleScope(Site.Scope, 0, 2) { PreviousGeneration = 1, PreviousUntil = deadline }]));
            rig.ProveTime(Site.Start);
            RunTo(rig, 44 * MinuteMs + 30_000);
            PhoneKey old = Site.Key(Site.Record(), 1);
            Assert.AreEqual(Verdict.GenericRefusal, (int)rig.Tap(old)[0]);
            rig.Reboot();
            Assert.AreEqual(Verdict.GenericRefusal, (int)rig.Tap(old)[0]);
            Assert.AreEqual(0, rig.Host.Strike.Pulses);
        }

        [TestMethod]
        public void ARefusal_ThatFlashDoesNotTake_IsARefusalAllTheSame()
        {
            MemoryFiles files = new();
            using DoorRig rig = new(flash: files);
            rig.ProveTime(Site.Start);
            RunTo(rig, 16 * MinuteMs);
            files.WritesLeft = 0;
            PhoneKey key = Site.Key(Site.Record() with { ExpiresAt = rig.Door.Memory.Time.Floor - 10 }, 1);
            Assert.AreEqual(Verdict.Expired, (int)rig.Tap(key)[0]);
        }

        private static void RunTo(DoorRig rig, long ms)
        {
            while (rig.Host.Clock.NowMs < ms)
            {
                rig.Host.Run(rig.Door.Poll, System.Math.Min(5000, ms - rig.Host.Clock.NowMs), 200);
            }
        }

        /// <summary>Files that count what is written to the time record.</summary>
        private sealed class CountingFiles : IFiles
        {
            private readonly MemoryFiles _files = new();

            public int TimeWrites { get; private set; }

            public int Length(string name) => _files.Length(name);

            public int Read(string name, int position, byte[] buffer, int offset, int count) => _files.Read(name, position, buffer, offset, count);

            public bool Write(string name, int position, byte[] buffer, int offset, int count) =>
                Count(name) && _files.Write(name, position, buffer, offset, count);

            public bool Replace(string name, byte[] buffer, int offset, int count) => Count(name) && _files.Replace(name, buffer, offset, count);

            public bool Delete(string name) => _files.Delete(name);

            public string[] List() => _files.List();

            private bool Count(string name)
            {
                TimeWrites += name.StartsWith("time", System.StringComparison.Ordinal) ? 1 : 0;
                return true;
            }
        }
    }
}
