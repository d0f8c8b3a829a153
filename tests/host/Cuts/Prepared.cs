using System;
using System.Linq;
using DoorController.Hal.Host;
using DoorController.Issuer;
using DoorController.Memory;
using DoorController.Storage;
using DoorController.Sync;
using DoorController.Tests.Support;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Cuts
{
    /// <summary>Flash of doors that have lived, and one life of a door's memory on it.</summary>
    internal static class Prepared
    {
        /// <summary>A door with two scopes, a list in both slots of the first, a proven time and a trail.</summary>
        public static VirtualFlash Door()
        {
            VirtualFlash flash = new();
            using HostBoard host = new(flash);
            byte[] bundle = Site.Bundle(1, scopes: 2).Encode(Site.Root);
            Assert.IsTrue(new SlotFile(flash, host.Crypto, "bundle", new byte[Limits.ScratchBytes]).Save(bundle, 0, bundle.Length));
            Live(flash, (board, memory) =>
            {
                memory.Time.Prove(Site.Start, 0);
                TakeList(board, memory, ListBodies.Revoking(5, 0, 3, 9000));
                TakeList(board, memory, ListBodies.Delta(6, 5, 0, 4));
                TakeList(board, memory, ListBodies.Delta(7, 6, 0, 5));
            }, seed: 7);
            return flash;
        }

        /// <summary>The same with a trail of so many records more.</summary>
        public static VirtualFlash DoorWithRecords(int records)
        {
            VirtualFlash flash = Door();
            Live(flash, (_, memory) =>
            {
                for (uint i = 0; i < records; i++)
                {
                    Assert.IsTrue(memory.Audit.Append(AuditEvent.Credential, Verdict.Granted, 1, Site.Scope, 1, i, 0));
                }
            });
            return flash;
        }

        /// <summary>Boots the memory of a door, lets something happen, and does every flash step that is due then.</summary>
        /// <param name="seed">Of its random bytes.</param>
        public static void Live(VirtualFlash flash, Action<HostBoard, DoorMemory> act, long nowMs = 0, int seed = 1)
        {
            using HostBoard host = new(flash, seed);
            DoorMemory memory = new(host.Board);
            memory.Poll(nowMs);
            act(host, memory);
            Settle(memory, nowMs);
        }

        /// <summary>The first 20 s of a whole door, which writes all that a boot does. It energises nothing.</summary>
        public static void Boot(VirtualFlash flash)
        {
            using HostBoard host = new(flash);
            Door door = new(host.Board, new Settings());
            host.Run(door.Poll, 20_000, 500);
            Assert.AreEqual(0, host.Strike.Pulses);
        }

        public static void Settle(DoorMemory memory, long nowMs)
        {
            for (int step = 0; step < 24; step++)
            {
                memory.FlashStep(nowMs);
            }
        }

        /// <summary>Takes a list as a carrier brings it, with its tag, until it is settled.</summary>
        public static void TakeList(HostBoard host, DoorMemory memory, byte[] body)
        {
            int state = Carry(host, memory, body);
            Assert.IsTrue(state is CarryState.Accepted or CarryState.NothingNew, "list state " + state);
        }

        /// <summary>The same, for a list that may come to anything.</summary>
        /// <returns>One of <see cref="CarryState"/>.</returns>
        public static int Carry(HostBoard host, DoorMemory memory, byte[] body)
        {
            BlobIntake intake = new(host.Board, memory);
            byte[] blob = ListBlob.ForDoor(Site.Root, 1, memory.Keyring.Generation, body);
            int state = intake.Take(blob, 0, blob.Length, 0);
            for (int step = 0; step < Limits.StepsOfOneList && state == CarryState.Judging; step++)
            {
                memory.FlashStep(0);
                state = intake.Settle();
            }

            return state;
        }

        /// <summary>Takes any other blob.</summary>
        public static int Take(HostBoard host, DoorMemory memory, byte[] blob) =>
            new BlobIntake(host.Board, memory).Take(blob, 0, blob.Length, 0);

        /// <summary>The challenge that is handed out at boot.</summary>
        public static byte[] Challenge(DoorMemory memory, long nowMs = 0)
        {
            byte[] challenge = new byte[8];
            memory.Challenge.CopyTo(challenge, 0, nowMs);
            return challenge;
        }

        /// <summary>Puts the files of the flash tool on a flash.</summary>
        public static VirtualFlash Provision(VirtualFlash flash, Bundle bundle, params byte[][] lists)
        {
            byte[] file = bundle.EncodeProvisioning(Site.Root);
            Assert.IsTrue(flash.Replace("provision", file, 0, file.Length));
            for (int slot = 0; slot < lists.Length; slot++)
            {
                byte[] blob = ListBlob.ForDoor(Site.Root, bundle.DoorId, bundle.DoorGeneration, lists[slot]);
                Assert.IsTrue(flash.Replace("list" + slot, blob, 0, blob.Length));
            }

            return flash;
        }

        /// <summary>A bundle of another generation of door and scopes.</summary>
        public static Bundle Renewed(uint version, int generation) =>
            new(version, 1, generation, "DOOR 1", Enumerable.Range(0, 2)
                .Select(slot => new BundleScope(Site.Scope + slot, 0, generation)).ToArray());
    }
}
