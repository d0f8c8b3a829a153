using System.Collections.Generic;
using DoorController.Hal;
using DoorController.Issuer;
using DoorController.Wire;

namespace DoorController.Tests.Scenes
{
    /// <summary>What people with phones do at a door, the honest and the others.</summary>
    internal static class GuestSteps
    {
        public static IReadOnlyList<SceneAction> All { get; } =
        [
            new("good key", 12, w => On(w, (door, phone) => phone.Tap(w.GoodKey(door), AnyMtu(w)))),
            new("any key", 14, w => On(w, (door, phone) => phone.Tap(w.AnyKey(door), AnyMtu(w)))),
            new("key that expires soon", 4, w => On(w, (door, phone) => phone.Tap(w.At(door, w.Issue(w.Random, life: 60, isForFloors: door.Floors > 0))))),
            new("key of tomorrow", 2, w => On(w, (door, phone) => phone.Tap(w.At(door, w.Issue(w.Random, notBefore: 90_000 * w.Random.Next(1, 3), life: 3600, isForFloors: door.Floors > 0))))),
            new("key of another place", 2, w => On(w, (door, phone) => phone.Tap(w.At(door, w.Issue(w.Random, mask: 1UL << w.Random.Next(8, 60), isForFloors: door.Floors > 0))))),
            new("key of a record to come", 1, UnknownRecord),
            new("attempt again over a new link", 5, Again),
            new("many attempts", 2, Flood),
            new("frame twice", 3, w => On(w, (door, phone) => Twice(w, phone, w.GoodKey(door)))),
            new("frame of an earlier visit", 3, Replay),
            new("frame after a long wait", 3, StaleHello),
            new("forged frame", 4, Forge),
            new("frame of no form", 4, Malform),
            new("frame without a Hello", 2, NoHello),
            new("fragments out of order", 3, Fragments),
            new("walks away", 4, WalkAway),
            new("holds on to the door", 2, Hog),
            new("news and then an unlock", 6, NewsFirst),
            new("list that is old", 2, w => On(w, (door, phone) => { phone.Connect(); phone.BringList(AnyScope(w), 1); phone.Leave(); })),
            new("list for a base that is not there", 2, WrongBase),
            new("blob with a wrong byte", 3, SpoiledBlob),
            new("transfer that breaks off", 3, BreakOff),
            new("frames of Carry out of order", 2, CarryDisorder),
            new("pages and acknowledgements", 5, Pages),
            new("page without an unlock", 1, w => On(w, (door, phone) => { phone.Connect(); phone.FetchPage(); phone.Leave(); })),
        ];

        public static SceneScope AnyScope(SceneWorld world) => world.Server.Scopes[world.Random.Next(world.Server.Scopes.Count)];

        /// <summary>Half of the phones never asked for more than 23.</summary>
        private static int AnyMtu(SceneWorld world) => world.Random.Next(4) == 0 ? 0 : 247;

        private static void On(SceneWorld world, System.Action<SceneDoor, ScenePhone> act)
        {
            SceneDoor door = world.AnyDoor();
            world.Tell($"    at door {door.Id}");
            act(door, new ScenePhone(door, world));
        }

        private static void UnknownRecord(SceneWorld w) => On(w, (door, phone) =>
        {
            (CredentialRecord record, byte[] credential) = w.Issue(w.Random, isForFloors: door.Floors > 0);
            byte[] other = (byte[])credential.Clone();
            other[Credential.Iv] ^= 4;
            phone.Tap(new SceneKey(record with { NotBefore = uint.MaxValue, ExpiresAt = 0 }, w.At(door, (record, other)).Key));
        });

        private static void Again(SceneWorld w) => On(w, (door, phone) =>
        {
            SceneKey key = w.GoodKey(door);
            byte[] id = phone.NewId();
            for (int visit = w.Random.Next(2, 4); visit > 0 && phone.Connect(); visit--)
            {
                phone.ReadHello();
                if (phone.Make(key, id) is SceneProof proof)
                {
                    phone.Send(proof);
                }

                phone.Leave();
                door.Run(w.Random.Next(0, 8000));
            }
        });

        private static void Flood(SceneWorld w) => On(w, (door, phone) =>
        {
            w.Counts.Reached(SceneFault.ManyAttempts);
            SceneKey key = w.GoodKey(door);
            for (int i = w.Random.Next(6, 24); i > 0 && (door.Phone.IsConnected || phone.Connect()); i--)
            {
                phone.ReadHello();
                if (phone.Make(key) is SceneProof proof)
                {
                    phone.Send(proof);
                    door.Run(w.Random.Next(1200));
                }
            }

            phone.Leave();
        });

        private static void Twice(SceneWorld w, ScenePhone phone, SceneKey key)
        {
            w.Counts.Reached(SceneFault.FrameRepeated);
            phone.Connect();
            phone.ReadHello();
            if (phone.Make(key) is SceneProof proof)
            {
                phone.SendFrame(proof.Frame);
                phone.SendFrame(proof.Frame);
                phone.ReadAnswer(proof);
                phone.SendFrame(proof.Frame);
                phone.ReadAnswer(null);
            }

            phone.Leave();
        }

        private static void Replay(SceneWorld w) => On(w, (door, phone) =>
        {
            w.Counts.Reached(SceneFault.FrameReplayed);
            SceneKey key = w.GoodKey(door);
            phone.Connect();
            phone.ReadHello();
            SceneProof? proof = phone.Make(key);
            if (proof != null && w.Random.Next(2) == 0)
            {
                phone.Send(proof);
            }

            phone.Leave();
            phone.Connect();
            if (w.Random.Next(2) == 0)
            {
                phone.ReadHello();
            }

            if (proof != null)
            {
                phone.SendFrame(proof.Frame);
                phone.ReadAnswer(null);
            }

            phone.Leave();
        });

        private static void StaleHello(SceneWorld w) => On(w, (door, phone) =>
        {
            phone.Connect();
            phone.ReadHello();
            SceneProof? proof = phone.Make(w.GoodKey(door));
            door.Run(w.Random.Next(5000, 15000), 100);
            if (proof != null)
            {
                phone.Send(proof);
            }

            phone.Leave();
        });

        private static void Forge(SceneWorld w) => On(w, (door, phone) =>
        {
            w.Counts.Reached(SceneFault.FrameForged);
            phone.Connect();
            phone.ReadHello();
            if (phone.Make(w.GoodKey(door)) is SceneProof proof)
            {
                proof.IsOver = true;
                byte[] frame = (byte[])proof.Frame.Clone();
                frame[w.Random.Next(frame.Length)] ^= (byte)(1 << w.Random.Next(8));
                phone.SendFrame(frame);
                phone.ReadAnswer(null);
            }

            phone.Leave();
        });

        private static void Malform(SceneWorld w) => On(w, (door, phone) =>
        {
            phone.Connect();
            phone.ReadHello();
            byte[] frame = new byte[w.Random.Next(1, 120)];
            w.Random.NextBytes(frame);
            frame[0] = w.Random.Next(4) switch { 0 => frame[0], 1 => Unlock.FirstByte(w.Random.Next(16)), 2 => 0x21, _ => (byte)(0x30 | w.Random.Next(16)) };
            phone.Write(w.Random.Next(4) == 0 ? BleCharacteristic.Carry : BleCharacteristic.Unlock, frame);
            phone.ReadAnswer(null);
            phone.Leave();
        });

        private static void NoHello(SceneWorld w) => On(w, (door, phone) =>
        {
            phone.Connect();
            phone.ReadHello();
            SceneProof? proof = phone.Make(w.GoodKey(door));
            phone.Leave();
            phone.Connect();
            if (proof != null)
            {
                phone.SendFrame(proof.Frame);
                phone.ReadAnswer(null);
            }

            phone.Leave();
        });

        private static void Fragments(SceneWorld w) => On(w, (door, phone) =>
        {
            w.Counts.Reached(SceneFault.FragmentsLostOrReordered);
            phone.Connect(0);
            phone.ReadHello();
            if (phone.Make(w.GoodKey(door)) is SceneProof proof)
            {
                List<byte[]> parts = [.. phone.Parts(proof.Frame)];
                switch (w.Random.Next(3))
                {
                    case 0:
                        parts.RemoveAt(w.Random.Next(parts.Count));
                        break;
                    case 1:
                        (parts[0], parts[^1]) = (parts[^1], parts[0]);
                        break;
                    default:
                        parts.Insert(w.Random.Next(parts.Count), parts[w.Random.Next(parts.Count)]);
                        break;
                }

                parts.ForEach(part => phone.Write(BleCharacteristic.Unlock, part));
                phone.ReadAnswer(proof);
                if (w.Random.Next(2) == 0)
                {
                    phone.Send(proof);
                }
            }

            phone.Leave();
        });

        private static void WalkAway(SceneWorld w) => On(w, (door, phone) =>
        {
            w.Counts.Reached(SceneFault.PhoneWalksAway);
            phone.Connect();
            if (w.Random.Next(3) != 0)
            {
                phone.ReadHello();
                if (phone.Make(w.GoodKey(door)) is SceneProof proof)
                {
                    door.Phone.Write(BleCharacteristic.Unlock, proof.Frame);
                    door.Run(w.Random.Next(0, 60));
                }
            }

            door.Phone.Disconnect();
            door.Run(100);
        });

        private static void Hog(SceneWorld w) => On(w, (door, phone) =>
        {
            w.Counts.Reached(SceneFault.PhoneHoldsOn);
            phone.Connect();
            long since = door.WorldMs;
            for (int i = w.Random.Next(1, 20); i > 0 && door.Phone.IsConnected; i--)
            {
                phone.ReadHello();
                phone.Status();
                door.Run(5000, 100);
            }

            if (door.Phone.IsConnected && door.WorldMs - since > Limits.SessionCarryMs + 5000 + door.Watch.FrozenMs)
            {
                door.Watch.Broken("nobody holds on for ever", $"connected since {since} ms");
            }

            phone.Leave();
        });

        private static void NewsFirst(SceneWorld w) => On(w, (door, phone) =>
        {
            SceneScope scope = AnyScope(w);
            phone.Connect();
            phone.ReadHello();
            uint known = door.Door.Memory.KeyStore.ListVersion(door.Door.Memory.Keyring.FindScope(scope.Id) is int slot and >= 0 ? slot : 0);
            if (scope.Version > 0 && phone.BringList(scope, w.Random.Next(3) == 0 ? 0 : known) == CarryState.BaseMissing)
            {
                phone.BringList(scope, 0);
            }

            phone.ReadHello();
            if (phone.Make(w.GoodKey(door)) is SceneProof proof)
            {
                phone.Send(proof);
            }

            phone.Leave();
        });

        private static void WrongBase(SceneWorld w) => On(w, (door, phone) =>
        {
            SceneScope scope = AnyScope(w);
            scope.Revoke(scope.NextKey + 500, w.Server.Now(door.WorldMs));
            phone.Connect();
            phone.BringList(scope, scope.Version - 1);
            phone.Leave();
        });

        private static void SpoiledBlob(SceneWorld w) => On(w, (door, phone) =>
        {
            w.Counts.Reached(SceneFault.BlobSpoiled);
            SceneScope scope = AnyScope(w);
            byte[] blob = w.Random.Next(2) == 0
                ? door.Served.Bundle.Seal(Support.Site.Root, door.Door.Memory.Keyring.Generation)
                : ListBlob.ForDoor(Support.Site.Root, door.Id, door.Door.Memory.Keyring.Generation, scope.Body(0, w.Server.IsScattered));
            blob[w.Random.Next(blob.Length)] ^= (byte)(1 << w.Random.Next(8));
            phone.Connect();
            int state = phone.Bring(blob);
            if (state is CarryState.Accepted or CarryState.Taken)
            {
                door.Watch.Broken("a blob that is not the server's changes nothing", $"state {state}");
            }

            phone.Leave();
        });

        private static void BreakOff(SceneWorld w) => On(w, (door, phone) =>
        {
            w.Counts.Reached(SceneFault.TransferBreaksOff);
            phone.Connect();
            phone.Bring(door.Served.Bundle.Seal(Support.Site.Root, door.Door.Memory.Keyring.Generation), w.Random.Next(0, 3));
            if (w.Random.Next(2) == 0)
            {
                phone.Bring(door.Served.Bundle.Seal(Support.Site.Root, door.Door.Memory.Keyring.Generation));
            }

            phone.Leave();
        });

        private static void CarryDisorder(SceneWorld w) => On(w, (door, phone) =>
        {
            w.Counts.Reached(SceneFault.CarryFramesReordered);
            phone.Connect();
            phone.Write(BleCharacteristic.Carry, [0x21, BlobType.List, 100, 0]);
            phone.Write(BleCharacteristic.Carry, [0x22, 50, 0, 1, 2, 3]);
            phone.Status();
            phone.Write(BleCharacteristic.Carry, [0x21, BlobType.List, 0, 0]);
            phone.Status();
            phone.Leave();
        });

        private static void Pages(SceneWorld w) => On(w, (door, phone) =>
        {
            phone.Connect();
            phone.ReadHello();
            if (phone.Make(w.AnyKey(door)) is SceneProof proof)
            {
                phone.Send(proof);
            }

            for (int page = 0; page < 3 && phone.FetchPage() is byte[] acknowledgement; page++)
            {
                phone.Bring(acknowledgement);
            }

            phone.FetchPage();
            phone.Status();
            phone.Leave();
        });
    }
}
