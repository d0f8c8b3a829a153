using System;
using System.Linq;
using DoorController.Diagnostics;
using DoorController.Hal.Host;
using DoorController.Issuer;
using DoorController.Tests.Support;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Diagnostics
{
    /// <summary>Command explain says of a key number what the door then does with that key.</summary>
    [TestClass]
    public sealed class ConsoleExplainTests
    {
        private const uint Watermark = 800;

        [TestMethod]
        [DataRow(810u, "key 810 passes checks 13 to 15, list 2025-06-14 16:54:17", Verdict.Granted)]
        [DataRow(811u, "key 811 REFUSED by check 15, revoked: in list 2025-06-14 16:54:17", Verdict.Revoked)]
        [DataRow(799u, "key 799 REFUSED by check 14, key dead: below the watermark 800", Verdict.Revoked)]
        [DataRow(800u + Limits.WindowKeys, "key 17184 passes checks 13 to 15, list 2025-06-14 16:54:17", Verdict.Granted)]
        public void What_it_says_is_what_a_tap_gets(uint key, string line, int onAir)
        {
            using ConsoleRig rig = new();
            rig.Rig.Apply(ListBodies.Revoking(Site.Start, Watermark, 811));
            Assert.AreEqual("scope 00a1b2: " + line, rig.Ask("explain " + key)[1]);
            Assert.AreEqual(onAir, (int)rig.Rig.Tap(Site.Key(Site.Record(key), 1))[0]);
        }

        [TestMethod]
        public void Mode_allowed_and_a_lost_list_are_told()
        {
            using ConsoleRig rig = new();
            rig.Rig.Apply(ListBodies.Allowing(ListBodies.Revoking(Site.Start, Watermark, 811), 1));
            Assert.AreEqual("scope 00a1b2: key 811 passes checks 13 to 15, list 2025-06-14 16:54:17", rig.Ask("explain 811")[1]);
            Assert.AreEqual("scope 00a1b2: key 810 REFUSED by check 15, not listed: mode allowed, list 2025-06-14 16:54:17", rig.Ask("explain 810")[1]);
            Assert.AreEqual(Verdict.NotListed, (int)rig.Rig.Tap(Site.Key(Site.Record(810), 1))[0]);
            rig.Door.Memory.KeyStore.LoseLists();
            Assert.AreEqual("scope 00a1b2: key 811 REFUSED by check 13, list lost: see keys", rig.Ask("explain 811")[1]);
            Assert.AreEqual(Verdict.ListLost, (int)rig.Rig.Tap(Site.Key(Site.Record(811), 1))[0]);
        }

        [TestMethod]
        public void Every_scope_and_what_only_the_credential_knows_are_told()
        {
            using ConsoleRig rig = new(Site.Bundle(1, index: 7, scopes: 2));
            string[] lines = rig.Ask("explain 5");
            CollectionAssert.AreEqual(
                new[]
                {
                    "verdict: unknown here: never issued, or not tapped in the last 60 records; no list refuses it",
                    "scope 00a1b2: key 5 passes checks 13 to 15, list never",
                    "scope 00a1b2: check 12 wants generation 0 or later, check 19 door index 7",
                    "scope 00a1b3: key 5 passes checks 13 to 15, list never",
                    "scope 00a1b3: check 12 wants generation 0 or later, check 19 door index 7",
                    "check 16: wants expires at after issued at, no floor is known",
                    "check 17: passes, the clock is unknown",
                    "check 18: wants a credential for doors, and operation unlock",
                    "check 21: passes, the strike is well",
                },
                lines);
        }

        [TestMethod]
        public void The_line_of_not_before_is_where_the_door_begins_to_refuse()
        {
            using ConsoleRig rig = new();
            rig.Rig.ProveTime(Site.Start);
            Assert.IsTrue(rig.Ask("explain 5").Any(l => l.StartsWith("check 16: wants expires at after the floor, 2025-06-14 16:54:", StringComparison.Ordinal)));
            string line = rig.Ask("explain 5").Single(l => l.StartsWith("check 17", StringComparison.Ordinal));
            const string stamp = "2025-06-14 17:04:";
            StringAssert.StartsWith(line, "check 17: wants not before until " + stamp, StringComparison.Ordinal);
            uint until = Site.Start + 600;
            CredentialRecord good = Site.Record() with { NotBefore = until, IssuedAt = Site.Start };
            CredentialRecord late = Site.Record() with { NotBefore = until + 60, IssuedAt = Site.Start };
            Assert.AreEqual(Verdict.Granted, (int)rig.Rig.Tap(Site.Key(good, 1))[0]);
            Assert.AreEqual(Verdict.NotYetValid, (int)rig.Rig.Tap(Site.Key(late, 1))[0]);
        }

        [TestMethod]
        public void An_elevator_car_and_a_faulty_strike_are_told()
        {
            using ConsoleRig rig = new(floors: 4);
            rig.Rig.Host.Strike.Refuses = true;
            rig.Door.Opener.Open(AuditEvent.Rex, 1, rig.Rig.Host.Clock.NowMs);
            string[] lines = rig.Ask("explain 5");
            StringAssert.EndsWith(lines[2], "check 19 a floor that is wired", StringComparison.Ordinal);
            Assert.AreEqual("check 18: wants a credential for floors, and operation floors", lines[^2]);
            Assert.AreEqual("check 21: the strike did not take its last pulse, see selftest", lines[^1]);
        }

        [TestMethod]
        public void The_first_line_is_the_verdict()
        {
            using ConsoleRig rig = new();
            rig.Rig.ProveTime(Site.Start);
            rig.Rig.Apply(ListBodies.Revoking(Site.Start, Watermark, 811));
            Assert.AreEqual("verdict: refused, revoked", rig.Ask("explain 811")[0]);
            Assert.AreEqual("verdict: refused, key dead: its life is over", rig.Ask("explain 799")[0]);
            Assert.AreEqual("verdict: unknown here: never issued, or not tapped in the last 60 records; no list refuses it", rig.Ask("explain 820")[0]);
            Assert.AreEqual(Verdict.Granted, (int)rig.Rig.Tap(Site.Key(Site.Record(820), 1))[0]);
            Assert.AreEqual($"verdict: opens, granted at its last tap, record {rig.Door.Memory.Audit.NextSequence - 1}", rig.Ask("explain 820")[0]);
            CredentialRecord old = Site.Record(821) with { NotBefore = Site.Start - 7200, IssuedAt = Site.Start - 7200, ExpiresAt = Site.Start - 3600 };
            Assert.AreEqual(Verdict.Expired, (int)rig.Rig.Tap(Site.Key(old, 1))[0]);
            Assert.AreEqual($"verdict: refused, expired at its last tap, record {rig.Door.Memory.Audit.NextSequence - 1}", rig.Ask("explain 821")[0]);
        }

        [TestMethod]
        public void The_last_tap_is_found_across_the_files_of_the_trail()
        {
            using ConsoleRig rig = new();
            for (uint key = 1; key <= 150; key++)
            {
                rig.Door.Memory.Audit.Append(AuditEvent.Credential, Verdict.WrongDoor, 0, 0xA1B2, 1, key, 0);
            }

            Assert.IsTrue(rig.Ask("explain 150")[0].StartsWith("verdict: refused, wrong door at its last tap, record ", StringComparison.Ordinal));
            Assert.IsTrue(rig.Ask("explain 100")[0].StartsWith("verdict: refused, wrong door at its last tap, record ", StringComparison.Ordinal));
            Assert.IsTrue(rig.Ask("explain 10")[0].StartsWith("verdict: unknown here", StringComparison.Ordinal));
        }

        [TestMethod]
        public void A_door_without_keys_refuses_every_one()
        {
            using HostBoard board = new(new MemoryFiles());
            Door door = new(board.Board, new Settings());
            Explanation explanation = new(door, 0);
            Assert.AreEqual("check 5: REFUSES every key, keys lost: provision this board", explanation.Line(0, 5));
            Assert.IsNull(explanation.Line(1, 5));
        }
    }
}
