using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using DoorController.Hal.Host;
using DoorController.Wire;

namespace DoorController.Flash.Provision
{
    /// <summary>
    /// All that a door gets from the key server: the provisioning file and a list blob for each scope slot, under the names they have on
    /// the board (PROTOCOL.md section 6).
    /// </summary>
    internal sealed class ProvisioningSet
    {
        /// <summary>Name of the provisioning file.</summary>
        public const string BundleName = "provision";

        private readonly byte[]?[] _lists;

        private ProvisioningSet(DoorBundle bundle, byte[]?[] lists)
        {
            Bundle = bundle;
            _lists = lists;
        }

        /// <summary>The keys of the door.</summary>
        public DoorBundle Bundle { get; }

        /// <summary>Files for the board: name and content.</summary>
        public IEnumerable<(string Name, byte[] Content)> Files
        {
            get
            {
                yield return (BundleName, Bundle.File);
                for (int slot = 0; slot < _lists.Length; slot++)
                {
                    if (_lists[slot] is byte[] list)
                    {
                        yield return (ListName(slot), list);
                    }
                }
            }
        }

        /// <summary>Scope slots without a list: they open for nobody until one comes by sync or by phone.</summary>
        public IEnumerable<int> SlotsWithoutList => Enumerable.Range(0, _lists.Length).Where(slot => _lists[slot] == null);

        /// <summary>Name of the list file of a slot.</summary>
        public static string ListName(int slot)
        {
            return "list" + (char)('0' + slot);
        }

        /// <summary>Checks what came from a key server or a folder.</summary>
        /// <param name="bundle">The provisioning file.</param>
        /// <param name="list">Gives the list blob of a slot; null when there is none.</param>
        /// <param name="origin">Where it comes from, for the error line.</param>
        public static ProvisioningSet Make(byte[] bundle, Func<int, byte[]?> list, string origin)
        {
            DoorBundle door = DoorBundle.Parse(bundle, origin);
            byte[]?[] lists = new byte[]?[door.Scopes.Count];
            for (int slot = 0; slot < lists.Length; slot++)
            {
                lists[slot] = list(slot);
                if (lists[slot] is byte[] blob)
                {
                    CheckList(door, slot, blob, origin);
                }
            }

            return new ProvisioningSet(door, lists);
        }

        /// <summary>Reads a folder with <c>provision</c> and <c>list0</c> to <c>list4</c> in it.</summary>
        public static ProvisioningSet FromFolder(string folder)
        {
            string bundle = Path.Combine(folder, BundleName);
            if (!File.Exists(bundle))
            {
                throw FlashException.Input($"--from {folder} has no file {BundleName}", "give the folder that the key server's answer was kept in");
            }

            return Make(
                File.ReadAllBytes(bundle),
                slot => File.Exists(Path.Combine(folder, ListName(slot))) ? File.ReadAllBytes(Path.Combine(folder, ListName(slot))) : null,
                bundle);
        }

        private static void CheckList(DoorBundle door, int slot, byte[] blob, string origin)
        {
            string? problem = FindProblem(door, slot, blob);
            if (problem != null)
            {
                throw FlashException.Input($"{ListName(slot)} beside {origin}: {problem}", "get the door's files from the key server again");
            }
        }

        private static string? FindProblem(DoorBundle door, int slot, byte[] blob)
        {
            int body = blob.Length - Bytes.Tag;
            if (body is < ListBody.Data or > ListBody.Data + Limits.WindowBytes
                || blob[0] != BlobType.List
                || Bytes.U16(blob, ListBody.DataLength) != body - ListBody.Data)
            {
                return "is no list";
            }

            if (Bytes.U24(blob, ListBody.ScopeId) != door.Scopes[slot])
            {
                return $"is not the list of scope {door.Scopes[slot]}, which is in slot {slot}";
            }

            if (Bytes.U32(blob, ListBody.Base) != 0)
            {
                return "is a delta, and a new door needs the full form";
            }

            using HostCrypto crypto = new();
            byte[] message = [(byte)body, (byte)(body >> 8), .. blob.AsSpan(0, body)];
            byte[] tag = Keys.Mac(crypto, door.SubKey(Keys.List), "dc1listt", message, 0, message.Length);
            return CryptographicOperations.FixedTimeEquals(tag.AsSpan(0, Bytes.Tag), blob.AsSpan(body))
                ? null
                : $"is not made for door {door.DoorId}";
        }
    }
}
