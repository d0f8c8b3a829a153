using System.Collections.Generic;
using System.Linq;
using DoorController.Audit;
using DoorController.Issuer;
using DoorController.Tests.Support;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Sync
{
    /// <summary>What a door gets from a key server that does as it should.</summary>
    [TestClass]
    public sealed class SyncNewsTests
    {
        [TestMethod]
        public void TheServerIsAsked_EveryMinute()
        {
            using SyncRig rig = new();
            rig.RunLong(30 * 60000);
            List<long> times = rig.Server.Times;
            Assert.AreEqual(30, times.Count);
            foreach ((long first, long second) in times.Zip(times.Skip(1)))
            {
                Assert.IsTrue(second - first is >= Limits.SyncPollMs and <= Limits.SyncPollMs + 200, (second - first) + " ms");
            }

            Assert.AreEqual(30, rig.Server.Requests.Select(r => System.Convert.ToHexString(r.Nonce)).Distinct().Count());
            Assert.AreEqual(0, rig.Rig.Host.Faults.Count, rig.Rig.Host.Faults.ToString());
        }

        [TestMethod]
        public void ARequest_SaysWhatTheDoorHas()
        {
            using SyncRig rig = new(Site.Bundle(1, scopes: 2, version: 9));
            byte[] challenge = new byte[Keys.ChallengeLength];
            rig.Memory.Challenge.CopyTo(challenge, 0, rig.Rig.Host.Clock.NowMs);
            rig.Server.News = _ => [SyncRig.List(77)];
            rig.Run(70000);
            Assert.AreEqual(2, rig.Server.Requests.Count);
            SyncRequest first = rig.Server.Requests[0];
            Assert.AreEqual((1u, 1, 9u), (first.DoorId, first.DoorGeneration, first.BundleVersion));
            CollectionAssert.AreEqual(new[] { new KnownList(Site.Scope, 0), new KnownList(Site.Scope + 1, 0) }, first.Lists.ToArray());
            CollectionAssert.AreEqual(challenge, first.TimeChallenge);
            Assert.AreEqual((Firmware.Version, 0, 0u), (first.FirmwareVersion, first.ListLostBits, first.TimeFloor));
            Assert.AreEqual((rig.Memory.Audit.Epoch, 0u), (first.AuditEpoch, first.Acknowledged));

            SyncRequest second = rig.Server.Requests[1];
            Assert.AreEqual(new KnownList(Site.Scope, 77), second.Lists[0]);
            Assert.IsTrue(second.TimeFloor >= Site.Start + 55 && second.UptimeS is >= 59 and <= 62);
            Assert.IsTrue(second.Acknowledged >= 1 && second.NextSequence > second.Acknowledged);
            Assert.AreEqual(ClockQuality.Proven, second.Flags & 3);
        }

        [TestMethod]
        public void ARequest_SaysWhatBefellTheDoor()
        {
            using SyncRig rig = new();
            RebootNote.Leave(rig.Files, RebootReason.Technician);
            rig.Rig.Reboot();
            rig.Run(200);
            rig.Rig.Door.Supervisor.RestartRadio();
            rig.Run(1000);
            for (int i = 0; i < AuditTrail.Capacity + 300; i++)
            {
                Assert.IsTrue(rig.Memory.Audit.Append(AuditEvent.Rex, Verdict.Granted, 0, 0, 0, 0, 0));
            }

            rig.Server.Requests.Clear();
            rig.RunPastNextSync();
            SyncRequest request = rig.Server.Requests[0];
            Assert.AreEqual((1, RebootReason.Technician), (request.RadioRestarts, request.LastReboot));
            Assert.AreEqual(rig.Memory.Audit.Lost, request.RecordsLost);
            Assert.IsGreaterThan(0u, request.RecordsLost);
        }

        [TestMethod]
        public void TheAnswer_IsAClock()
        {
            using SyncRig rig = new();
            rig.Run(1000);
            Assert.AreEqual(ClockQuality.Proven, rig.Memory.Time.Quality);
            Assert.IsTrue(rig.Server.Now - rig.Memory.Time.Estimate <= 1);
            rig.Server.ClockErrorS = -300;
            rig.RunPastNextSync();
            Assert.IsTrue(rig.Memory.Time.Floor > rig.Server.Now, "the floor is only ever a lower bound of the true time, and stays");
        }

        [TestMethod]
        public void ARevocation_IsInForceWithinOnePoll()
        {
            using SyncRig rig = new();
            rig.Server.News = request => request.Lists[0].Version == 0 ? [SyncRig.List(100)] : [];
            rig.Run(5000);
            Assert.AreEqual(Verdict.Granted, rig.TapVerdict());

            rig.Server.News = request => request.Lists[0].Version == 100 ? [SyncRig.Delta(100, 101, 5)] : [];
            rig.RunPastNextSync();
            Assert.AreEqual(101u, rig.Memory.KeyStore.ListVersion(0));
            Assert.AreEqual(Verdict.Revoked, rig.TapVerdict());
            Assert.AreEqual(Verdict.Granted, rig.TapVerdict(6));
            rig.RunPastNextSync();
            Assert.AreEqual(101u, rig.Server.Requests[^1].Lists[0].Version);
        }

        [TestMethod]
        public void ADeltaThatDoesNotFit_ChangesNothing_AndTheFullFormComesNext()
        {
            using SyncRig rig = new();
            rig.Server.News = _ => [SyncRig.Delta(50, 101, 5)];
            rig.Run(2000);
            Assert.AreEqual(0u, rig.Memory.KeyStore.ListVersion(0));
            StringAssert.Contains(rig.Line, "was not taken, state " + CarryState.BaseMissing);
            Assert.AreEqual(Verdict.Granted, rig.TapVerdict());

            rig.Server.News = _ => [SyncRig.List(101, 5)];
            rig.RunPastNextSync();
            Assert.AreEqual(Verdict.Revoked, rig.TapVerdict());
            Assert.IsFalse(rig.Line.Contains("not taken"), rig.Line);
        }

        [TestMethod]
        public void ListsOfAllScopes_ComeInSeveralReplies_AtOnce()
        {
            using SyncRig rig = new(Site.Bundle(1, scopes: 3));
            byte[] full = Enumerable.Repeat((byte)0xFF, Limits.WindowBytes).ToArray();
            byte[] ListOf(int slot) => ListBlob.ForDoor(
                Site.Root, 1, 1, ListBlob.Full(SyncRig.Header(100) with { ScopeId = Site.Scope + slot }, full));
            rig.Server.News = request => request.Lists.Select((list, slot) => (list, slot)).Where(p => p.list.Version == 0).Select(p => ListOf(p.slot));
            rig.Server.SaysMore = true;
            rig.Run(400);
            rig.Server.SaysMore = false;
            rig.Run(3000);
            for (int slot = 0; slot < 3; slot++)
            {
                Assert.AreEqual(100u, rig.Memory.KeyStore.ListVersion(slot), "slot " + slot);
            }
        }

        [TestMethod]
        public void AKeyUpdate_ReKeysTheScope_AndTheOldKeyLivesOnUntilItsDeadline()
        {
            using SyncRig rig = new();
            rig.Run(2000);
            uint deadline = rig.Server.Now + 600;
            BundleScope scope = new(Site.Scope, 0, 2, PreviousGeneration: 1, PreviousUntil: deadline);
            byte[] update = new Bundle(2, 1, 1, "RENAMED", [scope]).Seal(Site.Root, 1);
            rig.Server.News = request => request.BundleVersion < 2 ? [update] : [];
            rig.RunPastNextSync();
            Assert.AreEqual(2u, rig.Memory.Keyring.Version);
            Assert.AreEqual("RENAMED", rig.Memory.Keyring.Name);

            PhoneKey renewed = Site.Key(Site.Record() with { Generation = 2 }, 1);
            Assert.AreEqual(Verdict.Granted, (int)rig.Rig.Tap(renewed)[0]);
            Assert.AreEqual(Verdict.Granted, rig.TapVerdict());
            rig.RunLong(600000);
            Assert.AreEqual(Verdict.GenericRefusal, rig.TapVerdict());
            Assert.AreEqual(Verdict.Granted, (int)rig.Rig.Tap(renewed)[0]);
            rig.Rig.Reboot();
            Assert.AreEqual(2u, rig.Memory.Keyring.Version);
        }

        [TestMethod]
        public void AListAndTheKeyUpdateBehindIt_AreBothTaken_ThoughTheScopesChangeTheirSlots()
        {
            using SyncRig rig = new(Site.Bundle(1, scopes: 2));
            Bundle swapped = Site.Bundle(1, version: 2) with
            {
                Scopes = [new BundleScope(Site.Scope + 1, 0, Site.Generation), new BundleScope(Site.Scope, 0, Site.Generation)],
            };
            rig.Server.News = request => request.BundleVersion == 1 ? [SyncRig.List(100, 5), swapped.Seal(Site.Root, 1)] : [];
            rig.Run(3000);
            Assert.AreEqual((2u, 0u, 100u), (rig.Memory.Keyring.Version, rig.Memory.KeyStore.ListVersion(0), rig.Memory.KeyStore.ListVersion(1)));
            Assert.AreEqual(100u, rig.Memory.Time.Versions.Highest(1), "the list was durable before its scope moved");
            Assert.AreEqual(Verdict.Revoked, rig.TapVerdict());
        }

        [TestMethod]
        public void ANewDoorKey_IsUsedFromTheNextWordOn()
        {
            using SyncRig rig = new();
            rig.Server.News = request => request.BundleVersion < 2
                ? [new Bundle(2, 1, 2, "DOOR 1", [new BundleScope(Site.Scope, 0, 1)]).Seal(Site.Root, 1)]
                : request.Lists[0].Version == 0
                    ? [ListBlob.ForDoor(Site.Root, 1, 2, ListBlob.Full(SyncRig.Header(100), [1]))]
                    : [];
            rig.Run(3 * Limits.SyncPollMs);
            CollectionAssert.AreEqual(new[] { 1, 2, 2 }, rig.Server.Requests.Select(r => r.DoorGeneration).ToArray());
            Assert.AreEqual(100u, rig.Memory.KeyStore.ListVersion(0));
            Assert.AreEqual(rig.Memory.Audit.NextSequence - 1, rig.Server.Kept.Keys.Last());
            Assert.IsTrue(rig.Server.Pages.All(p => p.FindBreaks(Site.Root, 2, 1).Count == 0));
        }

        [TestMethod]
        public void AFloorReset_SetsTheClockBack_AndEveryListIsLostUntilItComesAgain()
        {
            using SyncRig rig = new();
            rig.Server.News = request => request.Lists[0].Version == 0 ? [SyncRig.List(100, 6)] : [];
            rig.Server.ClockErrorS = 30 * 86400;
            rig.Run(2000);
            Assert.AreEqual(Verdict.Expired, rig.TapVerdict(), "the server's clock was wrong, and poisoned the floor");

            rig.Server.ClockErrorS = 0;
            rig.Server.News = request => request.TimeFloor > Site.Start + 86400
                ? [ServerBlobs.FloorReset(Site.Root, 1, 1, request.TimeChallenge, rig.Server.Now)]
                : [];
            rig.RunPastNextSync();
            Assert.IsTrue(rig.Memory.Time.Floor <= rig.Server.Now && rig.Server.Now - rig.Memory.Time.Floor <= 62);
            Assert.AreEqual(Verdict.ListLost, rig.TapVerdict());

            rig.Server.News = request => request.ListLostBits == 1 ? [SyncRig.List(100, 6)] : [];
            rig.RunPastNextSync();
            Assert.AreEqual(Verdict.Granted, rig.TapVerdict());
            Assert.AreEqual(Verdict.Revoked, rig.TapVerdict(6));
        }

        [TestMethod]
        public void NewsThatComesWhileItsPhoneStandsThere_ChangesTheHello()
        {
            using SyncRig rig = new();
            rig.Run(2000);
            rig.Server.News = request => request.Lists[0].Version == 0 ? [SyncRig.List(100, 5)] : [];
            rig.Run(58000);
            rig.Rig.Connect();
            byte[] before = rig.Rig.Read(DoorController.Hal.BleCharacteristic.Hello);
            rig.Rig.Phone.Disconnect();
            rig.Run(3000);
            rig.Rig.Connect();
            byte[] after = rig.Rig.Read(DoorController.Hal.BleCharacteristic.Hello);
            Assert.AreEqual((0, 100), (Bytes.U16(before, Hello.ListVersions), Bytes.U16(after, Hello.ListVersions)));
        }
    }
}
