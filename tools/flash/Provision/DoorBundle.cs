using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using DoorController.Hal.Host;
using DoorController.Wire;

namespace DoorController.Flash.Provision
{
    /// <summary>A door's provisioning file, checked: a bundle and the CRC-32 behind it (PROTOCOL.md section 6, blob 9).</summary>
    internal sealed class DoorBundle
    {
        private const int MaxIndex = 63;
        private const int CrcBytes = 4;
        private const int DoorKeyOffset = 11;
        private const int NameLengthOffset = 43;
        private const int NameOffset = 44;
        private const int ScopeCountOffset = 70;

        private DoorBundle(byte[] file)
        {
            File = file;
            Scopes = Enumerable.Range(0, file[ScopeCountOffset])
                .Select(slot => Bytes.U24(file, BundleForm.HeaderLength + (slot * BundleForm.ScopeLength)))
                .ToArray();
        }

        /// <summary>The whole file, as the board gets it.</summary>
        public byte[] File { get; }

        /// <summary>Scope ids in the order of their slots.</summary>
        public IReadOnlyList<int> Scopes { get; }

        /// <summary>Version of the bundle.</summary>
        public uint Version => Bytes.U32(File, 1);

        /// <summary>Door id.</summary>
        public uint DoorId => Bytes.U32(File, 5);

        /// <summary>Generation of the door key.</summary>
        public int Generation => Bytes.U16(File, 9);

        /// <summary>Name in the advertisement.</summary>
        public string Name => Encoding.ASCII.GetString(File, NameOffset, File[NameLengthOffset]);

        /// <summary>Checks a provisioning file.</summary>
        /// <param name="file">Its content.</param>
        /// <param name="origin">Where it comes from, for the error line.</param>
        public static DoorBundle Parse(byte[] file, string origin)
        {
            string? problem = FindProblem(file);
            if (problem != null)
            {
                throw FlashException.Input($"{origin}: {problem}", "get the door's provisioning file from the key server again");
            }

            return new DoorBundle(file);
        }

        /// <summary>A sub-key of the door key (PROTOCOL.md section 1).</summary>
        /// <param name="label">One of the constants of <see cref="Keys"/>.</param>
        public byte[] SubKey(string label)
        {
            using HostCrypto crypto = new();
            return Keys.SubKey(crypto, File[DoorKeyOffset..(DoorKeyOffset + Keys.Length)], label);
        }

        /// <summary>Overwrites the keys in memory.</summary>
        public void Forget()
        {
            CryptographicOperations.ZeroMemory(File);
        }

        private static string? FindProblem(byte[] file)
        {
            if (file.Length < BundleForm.HeaderLength + CrcBytes)
            {
                return $"has {file.Length} bytes, a provisioning file has at least {BundleForm.HeaderLength + CrcBytes}";
            }

            if (file[0] != BlobType.Bundle)
            {
                return $"begins with {file[0]}, a bundle begins with {BlobType.Bundle}";
            }

            int scopes = file[ScopeCountOffset];
            int wanted = BundleForm.HeaderLength + (scopes * BundleForm.ScopeLength) + CrcBytes;
            if (scopes > Limits.Scopes || file.Length != wanted)
            {
                return $"has {file.Length} bytes and {scopes} scopes, that does not fit together";
            }

            using HostCrypto crypto = new();
            uint crc = Bytes.U32(file, file.Length - CrcBytes);
            if (crc != crypto.Crc32(file, 0, file.Length - CrcBytes))
            {
                return "is damaged (its CRC-32 is wrong)";
            }

            return FindProblemInFields(file, scopes);
        }

        private static string? FindProblemInFields(byte[] file, int scopes)
        {
            int nameBytes = file[NameLengthOffset];
            if (nameBytes is < 1 or > Limits.NameBytes || file.AsSpan(NameOffset, nameBytes).ContainsAnyExceptInRange((byte)0x20, (byte)0x7E))
            {
                return $"has a door name that is not 1 to {Limits.NameBytes} ASCII characters";
            }

            for (int slot = 0; slot < scopes; slot++)
            {
                if (file[BundleForm.HeaderLength + (slot * BundleForm.ScopeLength) + 3] > MaxIndex)
                {
                    return $"has a door index above {MaxIndex} in scope slot {slot}";
                }
            }

            if (scopes == 0)
            {
                return "has no scope, so no key could open the door";
            }

            return BundleForm.IsBundle(file, 0, file.Length - CrcBytes) ? null : "has a generation that is 0, or bytes that are not zero where they must be";
        }
    }
}
