using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using DoorController.Flash;
using DoorController.Flash.Provision;
using DoorController.Hal;
using DoorController.Hal.Host;
using DoorController.Issuer;
using DoorController.Memory;
using DoorController.Storage;
using DoorController.Sync;
using DoorController.Tests.Cuts;
using DoorController.Tests.Protocol;
using DoorController.Tests.Support;
using DoorController.Wire;

namespace DoorController.Tests.Fuzz
{
    /// <summary>
    /// Every reader of bytes from outside. What stands under a seal or a tag is changed inside it, and sealed anew: whoever holds a door's key is tried too.
    /// The corpus are the vectors of the two documents, and what the issuer makes.
    /// </summary>
    internal static class FuzzTargets
    {
        private const uint Door = 1;
        private static readonly Vectors[] Documents =
        [
            Vectors.Read("firmware/PROTOCOL.md", "vectors"), Vectors.Read("firmware/PROTOCOL.md", "vectors-blobs"), Vectors.Read("firmware/STORAGE.md", "vectors"),
        ];

        public static IReadOnlyList<FuzzTarget> All() =>
        [
            new("unlock frames", Hex(), () => Frames(BleCharacteristic.Unlock)),
            new("carry frames", [[0x21, 1, 60, 0], [0x22, 0, 0, 1, 2, 3], [0x23, 0, 0, 0, 0], [0x24, 0, 0], .. Hex()], () => Frames(BleCharacteristic.Carry)),
            new("blobs as they come", Hex(), Blobs),
            new("lists", Lists(), () => Tagged(Prepared.Carry)),
            new("key updates", [Site.Bundle(Door, scopes: 2, version: 2).Encode(Site.Root)], KeyUpdates),
            new("time tokens", [new byte[12], .. Hex()], () => Tagged(TakeToken)),
            new("sync replies", [new byte[21], .. Lists().Select(l => (byte[])[.. new byte[21], (byte)l.Length, (byte)(l.Length >> 8), .. l])], SyncReplies),
            new("sync requests", [new byte[62 + 7], .. Hex()], SyncRequests),
            new("audit pages", [[.. new byte[16], 1, .. new byte[32]], .. Hex()], AuditPages),
            new("files of a door", Hex(), Files),
            new("provisioning files", [Site.Bundle(Door, scopes: 2).EncodeProvisioning(Site.Root)], Provisions),
            new("console", [.. new[] { "status\n", "log\n", "explain 5\n", "strike\n", "strike 0123456789\n", "selftest\n", "help\n" }.Select(Encoding.UTF8.GetBytes)], Console),
            new("instant keys", [File.ReadAllBytes(Path.Combine(Vectors.Root(), "tools/sim/instant-key.example.json"))], () => Text(b => InstantKey.Parse(b))),
            new("JSON of the tools", ["{\"a\":[1,2.5e3,null,true,\"\\u00e9\"]}"u8.ToArray()], () => Text(b => InputFile.ParseObject(b, "--file", "mend it"))),
            new("times", [.. new[] { "2025-06-14T16:54:17Z", "2025-06-14T16:54:17.123456+02:00" }.Select(Encoding.UTF8.GetBytes)], Times),
        ];

        private static byte[][] Hex() => [.. Documents.SelectMany(d => d.Names.Select(n => Try(() => d.Bytes(n)))).Where(b => b.Length > 0)];

        private static byte[] Try(Func<byte[]> read)
        {
            try
            {
                return read();
            }
            catch (FormatException)
            {
                return []; // A name of the document whose value is a text or a number.
            }
        }

        private static byte[][] Lists() =>
        [
            ListBlob.Full(new ListHeader(Site.Scope, 5, 1, 0, 0), [0x28]),
            ListBlob.Full(new ListHeader(Site.Scope, 6, 1, 0, 4096), new byte[300]),
            ListBlob.Full(new ListHeader(Site.Scope, 7, 2, 1, 8, true), [0xFF, 0x01]),
            ListBlob.Scattered(new ListHeader(Site.Scope, 8, 1, 0, 0), 0, [3, 77, 9000])!,
            ListBlob.Delta(new ListHeader(Site.Scope, 9, 1, 0, 0), 5, new byte[2048], [true, .. new bool[2047]])!,
        ];

        private static Func<byte[], string> Frames(int characteristic)
        {
            VectorDoor door = new(Site.Bundle(Door, scopes: 2), VectorMaker.Nonce);
            int frames = 0;
            return frame =>
            {
                if (frames++ % 8 == 0)
                {
                    door.Connect();
                }

                byte[] result = frame.Length == 0 ? [] : door.Push(characteristic, frame);
                Require(door.Strike.Pulses == 0, "a frame that nobody meant energised the strike");
                return result.Length == 0 ? "nothing" : $"{result[0]} {frame.Length / 8}";
            };
        }

        /// <summary>At a door that none of the documents' blobs is for.</summary>
        private static Func<byte[], string> Blobs()
        {
            VectorDoor door = new(Site.Bundle(99, scopes: 2), VectorMaker.Nonce);
            BlobIntake intake = door.MakeIntake();
            return blob =>
            {
                int state = intake.Take(blob, 0, blob.Length, 0);
                Require(state == CarryState.Refused, $"state {state} for a blob of nobody's");
                return $"{(blob.Length == 0 ? -1 : blob[0])} {blob.Length / 8}";
            };
        }

        /// <summary>A blob whose tag is right, whatever it says. The door is made anew for each: it has to know nothing of the one before.</summary>
        private static Func<byte[], string> Tagged(Func<HostBoard, DoorMemory, byte[], int> take) => content =>
        {
            using HostBoard host = new(Provisioned());
            DoorMemory memory = new(host.Board);
            int state = take(host, memory, content);
            Require(state != CarryState.Judging, "it is judged without end");
            return $"{state} {memory.KeyStore.Judge(0, 5)} {memory.KeyStore.Watermark(0)} {memory.KeyStore.MinimumGeneration(0)} {memory.Time.Quality}";
        };

        private static int TakeToken(HostBoard host, DoorMemory memory, byte[] content) => Prepared.Take(
            host, memory, ServerBlobs.TimeToken(Site.Root, Door, 1, [.. content, .. new byte[8]], content.Length < 4 ? 0 : BitConverter.ToUInt32(content, content.Length - 4)));

        private static Func<byte[], string> KeyUpdates() => given =>
        {
            byte[] plain = OneAtLeast(given);
            using HostBoard host = new(Provisioned());
            DoorMemory memory = new(host.Board);
            byte[] blob = Sealed.Make(host.Crypto, host.Random, Site.Root.SubKey(Door, 1, Keys.Update), BlobType.KeyUpdate, Door, 1, plain, plain.Length);
            int state = new BlobIntake(host.Board, memory).Take(blob, 0, blob.Length, 0);
            Require(memory.Keyring.HasKeys && memory.Keyring.DoorId == Door, "a key update took the door's keys or its id");
            return $"{state} {memory.Keyring.ScopeCount} {memory.Keyring.Name.Length}";
        };

        private static Func<byte[], string> SyncReplies()
        {
            byte[] plain = [];
            DoorRig rig = new(settings: new Settings { HasServer = true });
            rig.Host.Network.Server = (_, body) =>
            {
                if (SyncRequest.Open(Site.Root, body) is not SyncRequest request)
                {
                    return new NetworkAnswer(503, []); // An audit page.
                }

                byte[] reply = [.. request.Nonce, .. plain.Skip(SyncRequest.NonceLength)];
                return NetworkAnswer.Ok(Sealed.Make(rig.Host.Crypto, rig.Host.Random, Site.Root.SubKey(Door, request.DoorGeneration, Keys.Reply), BlobType.SyncReply, Door, request.DoorGeneration, reply, reply.Length));
            };
            return given =>
            {
                plain = given;
                int before = rig.Host.Network.Requests;
                for (int i = 0; i < 200 && rig.Host.Network.Requests == before; i++)
                {
                    rig.Host.Run(rig.Poll, 10_000, 5000);
                    if (rig.Host.Power.IsRebootOrdered)
                    {
                        rig.FollowReboot(); // It reboots by itself after 400 days.
                    }
                }

                rig.Host.Run(rig.Poll, 1000, 50);
                Require(rig.Host.Network.Requests > before, "the door asks no longer");
                Require(rig.Host.Strike.Pulses == 0 && rig.Host.Faults.Count == 0, "it was energised, or broke a rule of the hardware: " + rig.Host.Faults);
                return rig.Door.Sync.Describe(rig.Host.Clock.NowMs).Split(',')[0] + $" {rig.Door.Memory.KeyStore.ListVersion(0)}";
            };
        }

        private static Func<byte[], string> SyncRequests() => plain =>
        {
            SyncRequest? request = SyncRequest.Open(Site.Root, Seal(plain, BlobType.SyncRequest, Keys.Request));
            return request == null ? "none" : $"{request.Lists.Count} {request.Flags}";
        };

        private static Func<byte[], string> AuditPages() => plain =>
        {
            AuditUpload? page = AuditUpload.Open(Site.Root, Seal(plain, BlobType.AuditPage, Keys.AuditPage));
            return page == null ? "none" : $"{page.Records.Count} {page.FindBreaks(Site.Root, 1).Count} {page.IsFromOldest} {page.Acknowledge(Site.Root).Length}";
        };

        /// <summary>A file of a door that has lived is another one after a cut, half of the slot files with a right CRC: it boots, and opens for nobody by itself.</summary>
        private static Func<byte[], string> Files()
        {
            VirtualFlash lived = Prepared.DoorWithRecords(20);
            string[] names = [.. lived.List().Where(n => lived.Length(n) > 0).Order(StringComparer.Ordinal)];
            int turn = 0;
            return content =>
            {
                VirtualFlash flash = lived.Copy();
                string name = names[turn++ % names.Length];
                if (name[^2] != '.' || turn / names.Length % 2 == 0 || !new SlotFile(flash, ServerCrypto.Instance, name[..^2], new byte[Limits.ScratchBytes]).Save(content, 0, content.Length))
                {
                    flash.Replace(name, content, 0, content.Length);
                }

                using HostBoard host = new(flash);
                Door door = new(host.Board, new Settings());
                host.Run(door.Poll, 2000, 100);
                Require(host.Strike.Pulses == 0 && host.Faults.Count == 0, name + ": it was energised, or broke a rule of the hardware");
                return $"{name} {door.Memory.Keyring.HasKeys} {door.Memory.ListLostBits()} {door.Memory.Time.Quality} {door.Memory.Audit.IsFailing}";
            };
        }

        private static Func<byte[], string> Provisions() => content =>
        {
            VirtualFlash flash = new();
            byte[] whole = [.. content, .. BitConverter.GetBytes(ServerCrypto.Instance.Crc32(content, 0, content.Length))];
            flash.Replace("provision", whole, 0, whole.Length);
            using HostBoard host = new(flash);
            Door door = new(host.Board, new Settings());
            host.Run(door.Poll, 500, 100);
            Require(host.Strike.Pulses == 0, "it was energised");
            return $"{door.Memory.Keyring.HasKeys} {door.Memory.Keyring.ScopeCount} {flash.Length("provision") >= 0}";
        };

        private static Func<byte[], string> Console()
        {
            DoorRig rig = new();
            return line =>
            {
                rig.Host.Serial.Type(line.AsSpan(0, Math.Min(line.Length, rig.Host.Serial.InputCapacityBytes)));
                rig.Host.Run(rig.Poll, 2000, 50);
                byte[] said = rig.Host.Serial.TakeOutput();
                Require(rig.Host.Strike.Pulses == 0, "somebody who proved nothing energised the strike");
                Require(said.All(b => b is >= 0x20 and <= 0x7E or (byte)'\r' or (byte)'\n' or 0x08 or 0x07 or 0x1B), "the console sends what no terminal is to get");
                return $"{said.Length / 16}";
            };
        }

        private static Func<byte[], string> Times() => bytes =>
            Rfc3339.TryRead(Encoding.Latin1.GetString(bytes), out long us) ? $"time {us >= 0}" : $"none {bytes.Length}";

        /// <summary>A reader of a tool: it takes them, or refuses with one line.</summary>
        private static Func<byte[], string> Text(Action<byte[]> read) => bytes =>
        {
            try
            {
                read(bytes);
                return "taken";
            }
            catch (Exception e) when (e is InstantKeyException or FlashException or OutsideTextException)
            {
                Require(e.Message.IndexOfAny(['\n', '\r', '\u001b']) < 0, "more than one line: " + e.Message);
                return e.Message;
            }
        };

        private static byte[] Seal(byte[] given, byte type, string label)
        {
            byte[] plain = OneAtLeast(given);
            return Sealed.Make(ServerCrypto.Instance, ServerCrypto.Instance, Site.Root.SubKey(Door, 1, label), type, Door, 1, plain, plain.Length);
        }

        /// <summary>Nothing is never sealed.</summary>
        private static byte[] OneAtLeast(byte[] bytes) => bytes.Length == 0 ? [0] : bytes;

        private static VirtualFlash Provisioned()
        {
            VirtualFlash flash = new();
            byte[] bundle = Site.Bundle(Door, scopes: 2).Encode(Site.Root);
            new SlotFile(flash, ServerCrypto.Instance, "bundle", new byte[Limits.ScratchBytes]).Save(bundle, 0, bundle.Length);
            return flash;
        }

        private static void Require(bool holds, string promise)
        {
            if (!holds)
            {
                throw new InvalidOperationException(promise);
            }
        }
    }
}
