using System;
using System.Linq;
using DoorController.Hal;
using DoorController.Issuer;
using DoorController.Radio;
using DoorController.Sync;
using DoorController.Tests.Support;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Protocol
{
    /// <summary>
    /// Frames that nobody meant: random, mutated, cut, doubled, in fragments, on both writable characteristics. None opens, none throws,
    /// and the door opens for a good key afterwards. Rerun a failure with the environment variable DOOR_SEED.
    /// </summary>
    [TestClass]
    public sealed class FrameFuzzTests
    {
        private const int Frames = 200_000;
        private const int FramesOfASession = 8;

        public TestContext TestContext { get; set; } = null!;

        [TestMethod]
        public void BadFrames_NeitherOpenNorThrow()
        {
            int seed = int.TryParse(Environment.GetEnvironmentVariable("DOOR_SEED"), out int given) ? given : Environment.TickCount;
            TestContext.WriteLine($"seed {seed}, {Frames} frames");
            Random random = new(seed);
            using VectorDoor door = new(Site.Bundle(1, scopes: Limits.Scopes), VectorMaker.Nonce);
            PhoneKey key = Site.Key(Site.Record(), 1);
            byte[] hello = [];
            byte[] list = ListBlob.ForDoor(Site.Root, 1, 1, ListBlob.Full(new ListHeader(Site.Scope, Site.Start, 1, 1, 0), [0x20]));
            int[] answers = new int[256];
            long memory = 0;
            for (int i = 0; i < Frames; i++)
            {
                if (i % FramesOfASession == 0)
                {
                    hello = door.Connect();
                }

                if (i == Frames / 10)
                {
                    memory = GC.GetTotalMemory(true);
                }

                int characteristic = random.Next(4) == 0 ? BleCharacteristic.Carry : BleCharacteristic.Unlock;
                byte[] good = characteristic == BleCharacteristic.Carry ? CarryFrame(random, list) : key.MakeUnlock(hello, PhoneKey.NewAttemptId());
                byte[] result = door.Push(characteristic, Spoil(random, good));
                answers[result.Length > 0 ? result[0] : 0]++;
            }

            Assert.AreEqual(0, door.Strike.Pulses, $"seed {seed}: a bad frame energised the strike");
            Assert.AreEqual(0u, door.Door.Memory.KeyStore.ListVersion(0), $"seed {seed}: a bad list came into force");
            Assert.IsLessThan(256 * 1024, GC.GetTotalMemory(true) - memory, $"seed {seed}: memory grows with what is sent");
            Assert.AreEqual(0, answers[Verdict.Granted], $"seed {seed}");
            Assert.IsGreaterThan(0, answers[Verdict.GenericRefusal]);
            Assert.IsGreaterThan(0, answers[Verdict.NoHello]);
            Assert.IsGreaterThan(0, answers[Verdict.BadVersion]);
            Assert.AreEqual(Verdict.Granted, (int)door.Write(key.MakeUnlock(door.Connect(), PhoneKey.NewAttemptId()))[0], "a good key still opens");
        }

        [TestMethod]
        public void EveryReaderOfBytes_TakesEveryLength()
        {
            Random random = new(1);
            using VectorDoor door = new(Site.Bundle(1), VectorMaker.Nonce);
            BlobIntake intake = door.MakeIntake();
            for (int length = 0; length < 600; length++)
            {
                byte[] data = new byte[length];
                random.NextBytes(data);
                Unlock.CheckForm(data);
                new Fragments().Add(data, 0, out _);
                Assert.IsFalse(BundleForm.IsBundle(data, 0, length));
                for (byte type = 0; type < 12 && length > 0; type++)
                {
                    data[0] = type;
                    Assert.AreEqual(CarryState.Refused, intake.Take(data, 0, length, 0), $"type {type}, {length} bytes");
                    Assert.IsFalse(BundleForm.IsBundle(data, 0, length));
                }
            }
        }

        /// <summary>Changes a frame so that it is surely another one.</summary>
        private static byte[] Spoil(Random random, byte[] good)
        {
            byte[] bad = random.Next(8) switch
            {
                0 => RandomBytes(random, random.Next(1, 120)),
                1 => good[..random.Next(1, good.Length)],
                2 => [.. good, .. RandomBytes(random, random.Next(1, 40))],
                3 => PhoneKey.Fragment(good)[random.Next(PhoneKey.Fragment(good).Count)],
                4 => [.. good[^(good.Length / 2)..], .. good[..^(good.Length / 2)]],
                _ => good.ToArray(),
            };
            if (bad.AsSpan().SequenceEqual(good))
            {
                bad[random.Next(bad.Length)] ^= (byte)(1 << random.Next(8));
            }

            return bad;
        }

        private static byte[] CarryFrame(Random random, byte[] list) => random.Next(5) switch
        {
            0 => [0x21, (byte)random.Next(12), (byte)random.Next(256), (byte)random.Next(16)],
            1 => [0x22, 0, 0, .. list],
            2 => [0x23, .. RandomBytes(random, 4)],
            3 => [0x24, .. RandomBytes(random, 2)],
            _ => [0x22, .. RandomBytes(random, random.Next(1, Limits.CarryFrameBytes))],
        };

        private static byte[] RandomBytes(Random random, int count)
        {
            byte[] bytes = new byte[count];
            random.NextBytes(bytes);
            return bytes;
        }
    }
}
