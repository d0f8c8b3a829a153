using System;
using System.Collections.Generic;
using System.Linq;
using DoorController.Hal;
using DoorController.Hal.Host;
using DoorController.Issuer;
using DoorController.Tests.Sync;
using DoorController.Wire;

namespace DoorController.Tests.Scenes
{
    /// <summary>A phone in front of a door of a scene. Whatever it meets, it goes on or goes away.</summary>
    internal sealed class ScenePhone(SceneDoor door, SceneWorld world)
    {
        private byte[] _hello = [];
        private long _helloMs;
        private int _helloBoot;

        public bool Connect(int mtu = 247)
        {
            door.Watch.NewVisit();
            for (int tries = 0; tries < 60 && !door.Phone.IsConnected; tries++)
            {
                if (!door.Phone.Connect(mtu))
                {
                    door.Run(100);
                }
            }

            door.Run(40);
            return door.Phone.IsConnected;
        }

        public void Leave()
        {
            door.Phone.Disconnect();
            door.Run(60);
        }

        public byte[] ReadHello()
        {
            byte[] hello = Read(BleCharacteristic.Hello);
            if (!hello.AsSpan().SequenceEqual(_hello) || _helloBoot != door.Host.Boots)
            {
                _hello = hello;
                _helloMs = door.WorldMs;
                _helloBoot = door.Host.Boots;
            }

            return hello;
        }

        /// <summary>A genuine frame for the Hello that was read last; null when none was.</summary>
        public SceneProof? Make(SceneKey key, byte[]? attemptId = null)
        {
            if (_hello.Length < Hello.LengthWith(0))
            {
                return null;
            }

            ulong? floors = door.Floors > 0 != (world.Random.Next(30) == 0) ? (ulong)world.Random.Next(1, 512) : null;
            byte[] id = attemptId ?? NewId();
            SceneProof proof = new(key, _hello, id, key.Key.MakeUnlock(_hello, id, floors), floors, _helloBoot, _helloMs);
            door.Watch.Sent(proof);
            return proof;
        }

        /// <summary>Connects, unlocks, reads the answer and goes away.</summary>
        /// <returns>The verdict on the air; −1 without one.</returns>
        public int Tap(SceneKey key, int mtu = 247)
        {
            int verdict = -1;
            if (Connect(mtu))
            {
                ReadHello();
                verdict = Make(key) is SceneProof proof ? Send(proof) : -1;
            }

            Leave();
            return verdict;
        }

        /// <summary>Sends a frame as the MTU has it, and reads the answer.</summary>
        public int Send(SceneProof proof)
        {
            proof.IsOver = proof.IsOver && !door.Phone.IsConnected;
            SendFrame(proof.Frame);
            return ReadAnswer(proof);
        }

        public void SendFrame(byte[] frame)
        {
            foreach (byte[] part in Parts(frame))
            {
                Write(BleCharacteristic.Unlock, part);
            }
        }

        public IReadOnlyList<byte[]> Parts(byte[] frame) => door.Phone.Mtu >= Unlock.MaxLength + 3 ? [frame] : PhoneKey.Fragment(frame);

        public int ReadAnswer(SceneProof? proof)
        {
            byte[] result = [];
            for (int i = 0; i < 40 && result.Length is 0 or 1 && door.Phone.IsConnected; i++)
            {
                door.Run(30);
                result = Read(BleCharacteristic.Result);
            }

            if (result.Length < 2)
            {
                return -1;
            }

            int verdict = result.Length == 2 && result[0] == Verdict.NoHello && door.Phone.Mtu == VirtualRadio.DefaultMtu ? Verdict.BadFragment : door.Door.LastVerdict;
            world.Tell($"    answer: {Verdict.Name(result[0])}, detail {result[1]}; judged {Verdict.Name(verdict)}");
            world.Counts.Reached(SceneCounts.VerdictOf(verdict));
            if (proof != null)
            {
                proof.IsOver = true;
            }

            if (proof != null && proof.IsAnswer(result))
            {
                door.Watch.Answered(proof, result);
            }
            else if (result[0] == Verdict.Granted && proof != null)
            {
                door.Watch.Broken("a Result is proven", "granted without the door's tag");
            }

            return result[0];
        }

        /// <summary>Reads the status of Carry; null when it cannot be read.</summary>
        public CarryStatus? Status()
        {
            byte[] value = Read(BleCharacteristic.Carry);
            if (value.Length != CarryStatus.Length)
            {
                return null;
            }

            world.Counts.Reached(SceneCounts.CarryOf(value[0]));
            return CarryStatus.Read(value);
        }

        /// <summary>Brings a blob, or as many of its frames as are wanted.</summary>
        /// <returns>The state it came to; −1 when the link went.</returns>
        public int Bring(byte[] blob, int mostFrames = int.MaxValue)
        {
            int state = BringOnce(blob, mostFrames);
            for (int tries = 0; tries < 3 && state == CarryState.Busy; tries++)
            {
                door.Run(1000);
                state = BringOnce(blob, mostFrames);
            }

            world.Tell($"    blob of type {blob[0]}, {blob.Length} bytes: state {state}");
            return state;
        }

        private int BringOnce(byte[] blob, int mostFrames)
        {
            int room = Math.Min(Limits.CarryFrameBytes, door.Phone.Mtu - 3) - 3;
            if (!door.Phone.IsConnected)
            {
                return -1;
            }

            Write(BleCharacteristic.Carry, CarryPhone.Begin(blob[0], blob.Length));
            foreach ((byte[] part, int i) in blob.Chunk(room).Select((part, i) => (part, i)).Take(mostFrames))
            {
                Write(BleCharacteristic.Carry, CarryPhone.Data(i * room, part));
            }

            int state = Status()?.State ?? -1;
            for (int tries = 0; tries < 100 && state == CarryState.Judging; tries++)
            {
                door.Run(50);
                state = Status()?.State ?? -1;
            }

            return state;
        }

        /// <summary>Brings the list of a scope, and remembers what was said of it.</summary>
        public int BringList(SceneScope scope, uint baseVersion)
        {
            byte[] body = scope.Body(baseVersion, world.Server.IsScattered);
            uint version = scope.Version;
            int state = Bring(ListBlob.ForDoor(Support.Site.Root, door.Id, door.Door.Memory.Keyring.Generation, body));
            if (state == CarryState.Accepted)
            {
                door.Watch.ListAcknowledged(scope.Id, version);
            }

            return state;
        }

        public int BringBundle()
        {
            Bundle bundle = door.Served.Bundle;
            int state = Bring(bundle.Seal(Support.Site.Root, door.Door.Memory.Keyring.Generation));
            if (state == CarryState.Accepted)
            {
                door.Watch.BundleAcknowledged(bundle.Version);
            }

            return state;
        }

        /// <summary>Brings the server's time for a challenge.</summary>
        public int BringTime(byte[] challenge, uint time)
        {
            int state = Bring(ServerBlobs.TimeToken(Support.Site.Root, door.Id, door.Door.Memory.Keyring.Generation, challenge, time));
            if (state == CarryState.Accepted && door.Door.Memory.Time.Floor >= time)
            {
                door.Watch.TimeAcknowledged(time);
            }

            return state;
        }

        public int BringReset(byte[] challenge, uint time)
        {
            door.Watch.MayReset();
            int state = Bring(ServerBlobs.FloorReset(Support.Site.Root, door.Id, door.Door.Memory.Keyring.Generation, challenge, time));
            if (state == CarryState.Accepted)
            {
                door.Watch.ResetAcknowledged(time);
            }

            return state;
        }

        /// <summary>Fetches a page and takes it to the server.</summary>
        /// <returns>The acknowledgement; null when there is none.</returns>
        public byte[]? FetchPage()
        {
            Write(BleCharacteristic.Carry, [0x23, 0, 0, 0, 0]);
            if (Status()?.State != CarryState.PageReady)
            {
                return null;
            }

            List<byte> page = new();
            int length = 1;
            while (page.Count < length)
            {
                Write(BleCharacteristic.Carry, [0x24, (byte)page.Count, (byte)(page.Count >> 8)]);
                byte[] slice = Read(BleCharacteristic.Carry);
                if (slice.Length < 6 || slice[0] != 0x24 || Bytes.U16(slice, 1) != page.Count)
                {
                    return null;
                }

                length = Bytes.U16(slice, 3);
                page.AddRange(slice[5..]);
            }

            return world.Server.Keep(door, [.. page]);
        }

        public void Write(int characteristic, byte[] frame)
        {
            if (door.Phone.IsConnected)
            {
                door.Phone.TryWrite(characteristic, frame);
                door.Run(SceneDoor.StepMs);
            }
        }

        public byte[] NewId()
        {
            byte[] id = new byte[Unlock.AttemptIdLength];
            world.Random.NextBytes(id);
            return id;
        }

        private byte[] Read(int characteristic)
        {
            if (!door.Phone.IsConnected)
            {
                return [];
            }

            return door.Phone.TryRead(characteristic, out byte[] value) == 0 ? value : [];
        }
    }
}
