using System;
using System.Text;
using DoorController.Access;
using DoorController.Hal.Host;
using DoorController.Memory;
using DoorController.Storage;
using DoorController.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Cuts
{
    /// <summary>Power cut in every write of every operation of slot file, key store and door memory, in every shape; and again when it is done once more.</summary>
    [TestClass]
    public sealed class StorageCutTests
    {
        private const int OtherScope = 0x00A1B3;
        private static readonly HostCrypto Crypto = new();

        public TestContext TestContext { get; set; } = null!;

        [TestMethod]
        public void SlotFile_FirstSave() => TrySlotFile(0);

        [TestMethod]
        public void SlotFile_SecondSave() => TrySlotFile(1);

        [TestMethod]
        public void SlotFile_ThirdSave() => TrySlotFile(2);

        [TestMethod]
        public void SlotFile_LongestContent() => Try(
            new VirtualFlash(), files => OpenSlotFile(files).Save(new byte[SlotFile.MaxContent], 0, SlotFile.MaxContent), ReadSlotFile);

        [TestMethod]
        public void KeyStore_FirstList() => TryList(ListBodies.Revoking(5, 0, 3, 9000));

        [TestMethod]
        public void KeyStore_Delta() => TryList(ListBodies.Revoking(5, 0, 3, 9000), ListBodies.Delta(6, 5, 0, 4));

        [TestMethod]
        public void KeyStore_DeltaAfterDelta() => TryList(
            ListBodies.Revoking(5, 0, 3, 9000), ListBodies.Delta(6, 5, 0, 4), ListBodies.Delta(7, 5, 0, 12000));

        [TestMethod]
        public void KeyStore_RaisedWatermark() => TryList(ListBodies.Revoking(5, 0, 3, 9000), ListBodies.Delta(6, 5, 4096, 20000));

        [TestMethod]
        public void KeyStore_RaisedMinimumGeneration() => TryList(
            ListBodies.Revoking(5, 0, 3, 9000), ListBodies.OfMinimumGeneration(ListBodies.Delta(6, 5, 0, 4), 3));

        [TestMethod]
        public void KeyStore_WatermarkAboveTheWholeWindow() => TryList(ListBodies.Revoking(5, 0, 3, 9000), ListBodies.Empty(6, 40_000));

        [TestMethod]
        public void KeyStore_ChangedMode() => TryList(
            ListBodies.Revoking(5, 0, 3, 9000), ListBodies.Allowing(ListBodies.Revoking(6, 0, 4), 1));

        [TestMethod]
        public void KeyStore_ListThatEndsADeclaredLoss()
        {
            VirtualFlash files = new();
            Take(files, ListBodies.Revoking(5, 0, 3));
            OpenStore(files).LoseLists();
            Try(files, lost => Take(lost, ListBodies.Revoking(5, 0, 3)), ReadStore);
        }

        [TestMethod]
        public void KeyStore_DeclaredLoss()
        {
            VirtualFlash files = new();
            Take(files, ListBodies.Revoking(5, 0, 3));
            Try(files, present => OpenStore(present).LoseLists(), ReadStore);
        }

        [TestMethod]
        public void KeyStore_ScopeThatTakesThePlaceOfAnother()
        {
            VirtualFlash files = new();
            for (int scope = 1; scope <= Limits.Scopes; scope++)
            {
                Take(files, scope, ListBodies.ForScope(scope, ListBodies.Revoking(5, 0, (uint)scope)));
            }

            Try(files, full => Take(full, OtherScope, ListBodies.ForScope(OtherScope, ListBodies.Revoking(5, 0, 77))), ReadStore);
        }

        [TestMethod]
        public void KeyStore_ScrubThatWritesTheOtherSlot()
        {
            VirtualFlash files = new();
            Take(files, ListBodies.Revoking(5, 0, 3));
            Take(files, ListBodies.Delta(6, 5, 0, 9000));
            Try(files, present => ScrubAll(OpenStore(present)), ReadStore);
        }

        [TestMethod]
        public void KeyStore_ScrubThatRepairsTheSlotInForce()
        {
            VirtualFlash files = new();
            Take(files, ListBodies.Revoking(5, 0, 3));
            ScrubAll(OpenStore(files));
            files.Rot("win0.b", 0);
            Try(files, rotten => ScrubAll(OpenStore(rotten)), ReadStore);
        }

        [TestMethod]
        public void KeyStore_ScrubThatSavesTheStatesOnceMore()
        {
            VirtualFlash files = new();
            Take(files, ListBodies.Revoking(5, 0, 3));
            Try(files, present => ScrubAfter(present, ListBodies.Delta(6, 5, 0, 9000)), ReadStore);
        }

        [TestMethod]
        public void DoorMemory_ListAndItsVersionKeptApart()
        {
            VirtualFlash files = new();
            byte[] bundle = Site.Bundle(1).Encode(Site.Root);
            new SlotFile(files, Crypto, "bundle", new byte[Limits.ScratchBytes]).Save(bundle, 0, bundle.Length);
            TakeWholly(files, ListBodies.Revoking(5, 0, 3));
            Try(files, booted => TakeWholly(booted, ListBodies.Delta(6, 5, 0, 9000)), ReadMemory);
        }

        private void TrySlotFile(int savesBefore)
        {
            VirtualFlash files = new();
            for (byte save = 0; save < savesBefore; save++)
            {
                OpenSlotFile(files).Save([1, 2, 3, save], 0, 4);
            }

            Try(files, booted => OpenSlotFile(booted).Save([5, 6, 7, 8, 9], 0, 5), ReadSlotFile);
        }

        private void TryList(params byte[][] bodies)
        {
            VirtualFlash files = new();
            for (int i = 0; i < bodies.Length - 1; i++)
            {
                Take(files, bodies[i]);
            }

            Try(files, booted => Take(booted, bodies[^1]), ReadStore);
        }

        private void Try(VirtualFlash files, Action<VirtualFlash> act, Func<VirtualFlash, string> read)
        {
            CutRig rig = new(files, act, read) { Afterwards = act, SecondCuts = 8 };
            TestContext.WriteLine($"{rig.Try()} cut points, {rig.Pairs} pairs");
        }

        private static SlotFile OpenSlotFile(VirtualFlash files) => new(files, Crypto, "part", new byte[Limits.ScratchBytes]);

        private static string ReadSlotFile(VirtualFlash files)
        {
            byte[] content = new byte[SlotFile.MaxContent];
            int length = OpenSlotFile(files).Load(content);
            return length < 0 ? "nothing" : Convert.ToHexString(content, 0, length);
        }

        private static KeyStore OpenStore(VirtualFlash files, int scope = ListBodies.Scope)
        {
            KeyStore store = new(files, Crypto, new byte[Limits.ScratchBytes]);
            store.SetScope(0, scope, false, 0);
            for (int slot = 1; slot < Limits.Scopes; slot++)
            {
                store.SetScope(slot, slot == scope ? Limits.Scopes : slot, false, 0);
            }

            return store;
        }

        private static void Take(VirtualFlash files, byte[] body) => Take(files, ListBodies.Scope, body);

        private static void Take(VirtualFlash files, int scope, byte[] body)
        {
            KeyStore store = OpenStore(files, scope);
            int outcome = store.BeginList(0, body, body.Length);
            Assert.IsTrue(outcome is ListOutcome.Accepted or ListOutcome.Stale, "outcome " + outcome);
            Finish(store);
        }

        private static void Finish(KeyStore store)
        {
            while (store.IsPending)
            {
                store.Step();
            }

            Assert.AreEqual(0, store.FailedSteps);
        }

        private static void ScrubAfter(VirtualFlash files, byte[] body)
        {
            KeyStore store = OpenStore(files);
            store.BeginList(0, body, body.Length);
            Finish(store);
            ScrubAll(store);
        }

        private static void ScrubAll(KeyStore store)
        {
            for (int look = 0; look <= Limits.Scopes; look++)
            {
                store.Scrub();
            }
        }

        private static string ReadStore(VirtualFlash files)
        {
            StringBuilder text = new();
            foreach (int scope in new[] { ListBodies.Scope, OtherScope, 1, 2, 3, 4, 5 })
            {
                KeyStore store = OpenStore(files, scope);
                text.Append(scope).Append(": ").AppendLine(ReadSlot(store));
            }

            return text.ToString();
        }

        private static string ReadSlot(KeyStore store)
        {
            StringBuilder text = new();
            text.Append(store.ListVersion(0)).Append(" watermark ").Append(store.Watermark(0)).Append(" generation ").Append(store.MinimumGeneration(0))
                .Append(" lost ").Append(store.IsListLost(0));
            for (uint key = 0; key < 5 && store.ListVersion(0) != 0; key++)
            {
                text.Append(' ').Append(store.Judge(0, store.Watermark(0) + key));
            }

            foreach (uint key in new uint[] { 77, 9000, 9001, 12000, 20000, 20001 })
            {
                text.Append(' ').Append(store.Judge(0, key));
            }

            return text.ToString();
        }

        private static void TakeWholly(VirtualFlash files, byte[] body)
        {
            using HostBoard host = new(files);
            DoorMemory memory = new(host.Board);
            Assert.AreNotEqual(ListOutcome.Malformed, memory.KeyStore.BeginList(0, body, body.Length));
            for (int step = 0; step < 20; step++)
            {
                memory.FlashStep(0);
            }
        }

        private static string ReadMemory(VirtualFlash files)
        {
            using HostBoard host = new(files.Copy());
            DoorMemory memory = new(host.Board);
            return $"list {ReadSlot(memory.KeyStore)}, kept apart {memory.Time.Versions.Highest(0)}";
        }
    }
}
