using System;
using DoorController.Diagnostics;
using DoorController.Hal.Host;
using DoorController.Issuer;
using DoorController.Memory;
using DoorController.Sync;
using DoorController.Tests.Support;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Cuts
{
    /// <summary>
    /// Power cut in every step of what a door stores besides its trail: lists, keys, provisioning, time, challenge, technician's lock and
    /// reboot reason. After each the whole door is booted, and nothing it knew may be behind.
    /// </summary>
    [TestClass]
    public sealed class DoorCutTests
    {
        public TestContext TestContext { get; set; } = null!;

        [TestMethod]
        public void FullList() => Try(Prepared.Door(), (host, memory) => Prepared.TakeList(host, memory, ListBodies.Revoking(9, 0, 3, 77)));

        [TestMethod]
        public void Delta() => Try(Prepared.Door(), (host, memory) => Prepared.TakeList(host, memory, ListBodies.Delta(9, 7, 0, 77)));

        [TestMethod]
        public void FirstListOfAScope() => Try(
            Prepared.Door(), (host, memory) => Prepared.TakeList(host, memory, ListBodies.ForScope(Site.Scope + 1, ListBodies.Revoking(9, 0, 1))));

        [TestMethod]
        public void ListThatRaisesWatermarkAndGeneration() => Try(
            Prepared.Door(),
            (host, memory) => Prepared.TakeList(host, memory, ListBodies.OfMinimumGeneration(ListBodies.Delta(9, 7, 4096, 9001), 1)));

        [TestMethod]
        public void KeyUpdate() => Try(
            Prepared.Door(),
            (host, memory) => Prepared.Take(host, memory, Prepared.Renewed(2, 2).Seal(Site.Root, 1)));

        [TestMethod]
        public void ProvisioningOfANewBoard()
        {
            byte[] second = ListBodies.ForScope(Site.Scope + 1, ListBodies.Revoking(6, 0, 1));
            Try(Prepared.Provision(new VirtualFlash(), Site.Bundle(1, scopes: 2), ListBodies.Revoking(5, 0, 3), second), Prepared.Boot, isRepeatable: false);
        }

        [TestMethod]
        public void ProvisioningOfABoardThatHasLived() => Try(
            Prepared.Provision(Prepared.Door(), Prepared.Renewed(3, 2), ListBodies.Revoking(9, 0, 3, 77)), Prepared.Boot, isRepeatable: false);

        [TestMethod]
        public void ProvenTime() => Try(Prepared.Door(), (host, memory) => memory.Time.Prove(Site.Start + 90_000, 0));

        [TestMethod]
        public void TimeToken() => Try(
            Prepared.Door(),
            (host, memory) => Prepared.Take(
                host, memory, ServerBlobs.TimeToken(Site.Root, 1, 1, Prepared.Challenge(memory), Site.Start + 90_000)),
            isRepeatable: false);

        [TestMethod]
        public void TimeOfEveryFifteenMinutes() => Try(Prepared.Door(), (_, _) => { }, 15 * 60_000, isRepeatable: false);

        [TestMethod]
        public void BootThatIsCounted() => Try(Prepared.Door(), (_, _) => { }, isRepeatable: false);

        [TestMethod]
        public void FloorReset()
        {
            const uint Earlier = Site.Start - 1_000_000;
            VirtualFlash flash = Prepared.Door();
            byte[] token = [];
            Try(
                flash,
                (host, memory) =>
                {
                    token = ServerBlobs.FloorReset(Site.Root, 1, 1, Prepared.Challenge(memory), Earlier);
                    Prepared.Take(host, memory, token);
                },
                isRepeatable: false,
                mayFall: "floor",
                check: found =>
                {
                    using HostBoard host = new(found.Copy());
                    DoorMemory memory = new(host.Board);
                    Assert.IsTrue(memory.Time.Floor == Site.Start || memory.Time.Floor == Earlier, "floor " + memory.Time.Floor);
                    Assert.IsTrue(memory.Time.Floor == Site.Start || memory.KeyStore.IsListLost(0), "the floor fell, and the lists count");
                    Assert.AreEqual(CarryState.Refused, new BlobIntake(host.Board, memory).Take(token, 0, token.Length, 0), "after a cut it answers nothing");
                });
        }

        [TestMethod]
        public void TechniciansFirstWrongAnswer() => Try(Prepared.Door(), AnswerWrongly, isRepeatable: false);

        [TestMethod]
        public void TechniciansNextWrongAnswer()
        {
            VirtualFlash flash = Prepared.Door();
            AnswerWrongly(flash);
            Try(flash, AnswerWrongly, isRepeatable: false);
        }

        [TestMethod]
        public void RebootReason()
        {
            VirtualFlash flash = Prepared.Door();
            Try(flash, files => RebootNote.Leave(files, DoorController.RebootReason.Technician));
            RebootNote.Leave(flash, DoorController.RebootReason.Technician);
            Try(flash, files => RebootNote.Take(files));
        }

        [TestMethod]
        public void WholeLifeOfABoot_TheStrikeStaysReleased() => Try(Prepared.Door(), Prepared.Boot, isRepeatable: false);

        private static void AnswerWrongly(VirtualFlash flash)
        {
            using HostBoard host = new(flash);
            DoorMemory memory = new(host.Board);
            TechnicianProof technician = new(host.Board, memory.Keyring);
            long now = technician.SecondsLocked(0) * 1000L;
            technician.Challenge(TechnicianCommand.Strike, now);
            Assert.AreEqual(ProofOutcome.Wrong, technician.Judge(TechnicianCommand.Strike, "0000000000", now));
        }

        private void Try(
            VirtualFlash prepared,
            Action<HostBoard, DoorMemory> act,
            long nowMs = 0,
            bool isRepeatable = true,
            string mayFall = "",
            Action<VirtualFlash>? check = null) =>
            Try(prepared, flash => Prepared.Live(flash, act, nowMs), isRepeatable, mayFall, check);

        private void Try(VirtualFlash prepared, Action<VirtualFlash> act, bool isRepeatable = true, string mayFall = "", Action<VirtualFlash>? check = null)
        {
            Recall recall = new();
            CutRig rig = new(prepared, act, flash => recall.On(flash).Text)
            {
                IsRepeatable = isRepeatable,
                Afterwards = Prepared.Boot,
                SecondCuts = 4,
                Check = (last, found) =>
                {
                    recall.On(found).AssertNotBehind(recall.On(last), mayFall);
                    check?.Invoke(found);
                },
            };
            TestContext.WriteLine($"{rig.Try()} cut points, {rig.Pairs} pairs");
        }
    }
}
