using System.Collections.Generic;
using System.Linq;
using DoorController.Issuer;
using DoorController.Tests.Support;
using DoorController.Wire;

namespace DoorController.Tests.Protocol
{
    /// <summary>Plays the cases against the firmware and gives the values of PROTOCOL.md section 11 in their order.</summary>
    internal static class VectorMaker
    {
        /// <summary>The IV of every credential of the vectors. A real IV is random and never used twice.</summary>
        public static byte[] Iv { get; } = Range(0x10, 16);

        /// <summary>The attempt id of every case but the attempt before "busy".</summary>
        public static byte[] AttemptId { get; } = Range(0xA0, 8);

        /// <summary>Nonce of the first Hello that a door of the vectors makes, less one.</summary>
        public static byte[] Nonce { get; } = [.. Range(0x40, 15), 0x50];

        /// <summary>Every value: name and bytes.</summary>
        public static IEnumerable<(string Name, byte[] Value)> Make() =>
            [.. MakeKeys(), .. VectorCases.All.SelectMany(Play), .. MakeFragments(), .. MakeLongHello(), .. VisitVectors.Make()];

        /// <summary>The credential of a case.</summary>
        public static byte[] SealedCredential(VectorCase vector)
        {
            byte[] credential = vector.Record.Seal(Site.Root, Iv);
            byte[] sealKey = Site.Root.SealKey(vector.Record.ScopeId, vector.Record.Generation);
            byte[] record = ServerCrypto.Instance.Decrypt(sealKey, Iv, credential[Credential.Sealed..]);
            record[0] = vector.RecordVersion;
            return [.. credential[..Credential.Sealed], .. ServerCrypto.Instance.Encrypt(sealKey, Iv, record)];
        }

        /// <summary>The 32 bytes inside the credential of a case.</summary>
        public static byte[] RecordOf(VectorCase vector)
        {
            byte[] sealKey = Site.Root.SealKey(vector.Record.ScopeId, vector.Record.Generation);
            return ServerCrypto.Instance.Decrypt(sealKey, Iv, SealedCredential(vector)[Credential.Sealed..]);
        }

        /// <summary>The frame of the case "granted-floors" as a phone writes it at MTU 23, and the Result of a door that got it so.</summary>
        public static IReadOnlyList<byte[]> Fragments() => PhoneKey.Fragment(Exchange(VectorCases.All.Single(c => c.Name == "granted-floors")).Unlock);

        /// <summary>Hello of a door with five scopes: lists in slots 0 and 2, and slot 3 has lost its list.</summary>
        public static byte[] LongHello()
        {
            using VectorDoor door = new(VectorCases.FiveScopes, Nonce);
            foreach ((int slot, uint version) in new[] { (0, 0x68500001u), (2, 0x6850ABCDu) })
            {
                door.Apply(ListBlob.Full(new ListHeader(Site.Scope + slot, version, 1, 1, 0, false), [0x20]), slot);
            }

            return door.Connect();
        }

        /// <summary>Sets a door up, writes what a phone writes, and returns Hello, the bytes written and Result.</summary>
        public static (byte[] Hello, byte[] Unlock, byte[] Result, int Verdict, int Pulses) Exchange(VectorCase vector, byte[]? written = null)
        {
            using VectorDoor door = new(vector.Bundle, Nonce, vector.Floors);
            if (vector.List != null)
            {
                door.Apply(vector.List);
            }

            door.Strike.Refuses = vector.IsStrikeBroken;
            PhoneKey key = KeyOf(vector);
            if (vector.Before != VectorBefore.Nothing)
            {
                byte[] id = vector.Before == VectorBefore.SameAttempt ? AttemptId : Range(0xB0, 8);
                door.Write(key.MakeUnlock(door.Connect(), id, vector.Asked));
            }

            byte[] hello = door.Connect();
            if (vector.WithoutHello)
            {
                door.Door.Link.OnSession(true);
                door.Door.Poll();
            }

            byte[] unlock = written ?? vector.Alter(key.MakeUnlock(hello, AttemptId, vector.Asked));
            int pulses = door.Strike.Pulses;
            byte[] result = door.Write(unlock);
            return (hello, unlock, result, door.Door.LastVerdict, door.Strike.Pulses - pulses);
        }

        /// <summary>What the phone of a case holds.</summary>
        public static PhoneKey KeyOf(VectorCase vector)
        {
            byte[] credential = SealedCredential(vector);
            return new PhoneKey(1, credential, Site.Root.CredentialKey(credential, vector.Record.ScopeId, vector.Record.Generation, 1));
        }

        private static IEnumerable<(string, byte[])> Play(VectorCase vector)
        {
            var (hello, unlock, result, _, _) = Exchange(vector);
            PhoneKey key = KeyOf(vector);
            yield return (vector.Name + ".verdict", [(byte)vector.Verdict]);
            yield return (vector.Name + ".record", RecordOf(vector));
            if (vector.Floors > 0)
            {
                yield return (vector.Name + ".floors-wired", [(byte)vector.Floors]);
            }

            if (vector.Bundle != null && !vector.Bundle.Encode(Site.Root).SequenceEqual(Site.Bundle(1).Encode(Site.Root)))
            {
                yield return (vector.Name + ".bundle", vector.Bundle.Encode(Site.Root));
            }

            if (vector.List != null)
            {
                yield return (vector.Name + ".list", vector.List);
            }

            yield return (vector.Name + ".credential", key.Credential);
            yield return (vector.Name + ".credential-key", key.CredentialKey);
            yield return (vector.Name + ".hello", hello);
            yield return (vector.Name + ".unlock", unlock);
            yield return (vector.Name + ".result", result);
        }

        private static IEnumerable<(string, byte[])> MakeFragments() => Fragments().Select((f, i) => ("fragments." + i, f));

        private static IEnumerable<(string, byte[])> MakeLongHello()
        {
            yield return ("five-scopes.bundle", VectorCases.FiveScopes.Encode(Site.Root));
            yield return ("five-scopes.hello", LongHello());
        }

        private static IEnumerable<(string, byte[])> MakeKeys()
        {
            SiteRoot root = Site.Root;
            yield return ("site-root", root.Export());
            yield return ("scope-key", root.ScopeKey(Site.Scope, Site.Generation));
            yield return ("door-scope-key", root.DoorScopeKey(Site.Scope, Site.Generation, 1));
            yield return ("seal-key", root.SealKey(Site.Scope, Site.Generation));
            yield return ("door-key", root.DoorKey(1, 1));
            foreach (string label in new[]
            {
                Keys.Request, Keys.Reply, Keys.List, Keys.Time, Keys.AuditPage, Keys.AuditChain, Keys.Acknowledgement, Keys.Update, Keys.Technician,
            })
            {
                yield return (label, root.SubKey(1, 1, label));
            }

            yield return ("attempt-id", AttemptId);
            byte[] list = VectorCases.All.Single(c => c.Name == "revoked").List!;
            yield return ("list-tag", ListBlob.Tag(root, 1, 1, list));
            yield return ("bundle", Site.Bundle(1).Encode(root));
        }

        private static byte[] Range(int first, int count) => Enumerable.Range(first, count).Select(i => (byte)i).ToArray();
    }
}
