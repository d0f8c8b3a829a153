using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using DoorController.Hal;
using DoorController.Issuer;
using DoorController.Tests.Support;
using DoorController.Tests.Sync;

namespace DoorController.Tests.Protocol
{
    /// <summary>One whole visit of a guest, every read and write of it in order: a list carried up, an unlock, a page down, its acknowledgement up.</summary>
    internal static class VisitVectors
    {
        /// <summary>Data bytes of a frame at MTU 23.</summary>
        private const int DataBytes = 17;

        /// <summary>Each step: its number, what the phone does, and the bytes that are written or read.</summary>
        public static IEnumerable<(string Name, byte[] Value)> Make()
        {
            using VectorDoor door = new(Site.Bundle(1), VectorMaker.Nonce);
            List<(string, byte[])> steps = [];
            Visit visit = new(door, steps);
            visit.Begin();
            visit.Bring(ListBlob.ForDoor(Site.Root, 1, 1, ListBlob.Full(new ListHeader(Site.Scope, Site.Start, 1, 1, 0), [0, 2])));
            door.Wait(Limits.HelloPartsMs + 100);
            byte[] hello = visit.Read("hello", BleCharacteristic.Hello);
            PhoneKey key = VectorMaker.KeyOf(VectorCases.All.Single(c => c.Name == "granted"));
            visit.Write("unlock", BleCharacteristic.Unlock, key.MakeUnlock(hello, VectorMaker.AttemptId));
            visit.Read("result", BleCharacteristic.Result);
            visit.Write("page", BleCharacteristic.Carry, [0x23, 0, 0, 0, 0]);
            visit.Read("carry", BleCharacteristic.Carry);
            visit.Write("slice", BleCharacteristic.Carry, [0x24, 0, 0]);
            byte[] slice = visit.Read("carry", BleCharacteristic.Carry);
            visit.Bring(AuditUpload.Open(Site.Root, slice[5..])!.Acknowledge(Site.Root));
            visit.Write("page", BleCharacteristic.Carry, [0x23, 0, 0, 0, 0]);
            visit.Read("carry", BleCharacteristic.Carry);
            return steps;
        }

        private sealed class Visit(VectorDoor door, List<(string, byte[])> steps)
        {
            public void Begin()
            {
                Note("read-hello", door.Connect());
                Read("carry", BleCharacteristic.Carry);
            }

            public byte[] Read(string what, int characteristic) => Note("read-" + what, door.Read(characteristic));

            public void Write(string what, int characteristic, byte[] frame)
            {
                Note("write-" + what, frame);
                door.Tell(characteristic, frame);
            }

            public void Bring(byte[] blob)
            {
                Write("begin", BleCharacteristic.Carry, CarryPhone.Begin(blob[0], blob.Length));
                foreach ((byte[] part, int at) in blob.Chunk(DataBytes).Select((part, i) => (part, i * DataBytes)))
                {
                    Write("data", BleCharacteristic.Carry, CarryPhone.Data(at, part));
                }

                Read("carry", BleCharacteristic.Carry);
            }

            private byte[] Note(string what, byte[] bytes)
            {
                steps.Add(($"visit.{(steps.Count + 1).ToString("00", CultureInfo.InvariantCulture)}-{what}", bytes));
                return bytes;
            }
        }
    }
}
