using System;
using System.Buffers.Binary;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using DoorController.Hal.Host;

namespace DoorController.Tests.Flash
{
    /// <summary>
    /// A door's files as a key server gives them, made here from PROTOCOL.md alone: two scopes, a list each, keys that anybody may know.
    /// </summary>
    internal sealed class DoorFiles
    {
        public const uint DoorId = 4711;
        public const uint BundleVersion = 3;
        public const string WifiPassword = "correct horse";

        private static readonly byte[] DoorKey = Enumerable.Range(1, 32).Select(i => (byte)i).ToArray();

        public byte[] Bundle { get; set; } = MakeBundle();

        public byte[]?[] Lists { get; } = [MakeList(100), MakeList(200)];

        public string Settings { get; set; } = "{ \"hold_ms\": 5000 }";

        /// <summary>Answers a technician's challenge as PROTOCOL.md section 8 says.</summary>
        public static string Answer(byte[] challenge, byte command)
        {
            byte[] technician = Hmac(DoorKey, [.. "dc1techk"u8]);
            byte[] mac = Hmac(technician, [.. "dc1techr"u8, .. challenge, command]);
            return Convert.ToHexStringLower(mac)[..10];
        }

        /// <summary>A list blob in full form with a revoked key, tagged for the door.</summary>
        public static byte[] MakeList(int scope, uint baseVersion = 0)
        {
            byte[] body = new byte[25];
            body[0] = 1;
            body[1] = (byte)scope;
            BinaryPrimitives.WriteUInt32LittleEndian(body.AsSpan(4), 1_790_000_000);
            BinaryPrimitives.WriteUInt32LittleEndian(body.AsSpan(8), baseVersion);
            body[22] = 1;
            body[24] = 0x10;
            byte[] tag = Hmac(Hmac(DoorKey, [.. "dc1listk"u8]), [.. "dc1listt"u8, (byte)body.Length, 0, .. body]);
            return [.. body, .. tag.AsSpan(0, 16)];
        }

        /// <summary>Puts the right CRC-32 behind a changed bundle.</summary>
        public static byte[] Seal(ReadOnlySpan<byte> bundle)
        {
            byte[] file = [.. bundle, 0, 0, 0, 0];
            using HostCrypto crypto = new();
            BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(bundle.Length), crypto.Crc32(file, 0, bundle.Length));
            return file;
        }

        /// <summary>Writes everything into a folder and gives the options for it.</summary>
        public string[] WriteTo(string folder)
        {
            string keys = Path.Combine(folder, "keys");
            Directory.CreateDirectory(keys);
            File.WriteAllBytes(Path.Combine(keys, "provision"), Bundle);
            for (int slot = 0; slot < Lists.Length; slot++)
            {
                if (Lists[slot] is byte[] list)
                {
                    File.WriteAllBytes(Path.Combine(keys, "list" + slot), list);
                }
            }

            string settings = Path.Combine(folder, "door.json");
            File.WriteAllText(settings, Settings);
            string password = Path.Combine(folder, "wifi-password");
            File.WriteAllText(password, WifiPassword + "\n");
            return ["--from", keys, "--settings", settings, "--wifi", "site-iot", "--wifi-password-file", password];
        }

        private static byte[] Hmac(byte[] key, byte[] data)
        {
            return HMACSHA256.HashData(key, data);
        }

        private static byte[] MakeBundle()
        {
            byte[] bundle = new byte[71 + (2 * 113)];
            bundle[0] = 9;
            BinaryPrimitives.WriteUInt32LittleEndian(bundle.AsSpan(1), BundleVersion);
            BinaryPrimitives.WriteUInt32LittleEndian(bundle.AsSpan(5), DoorId);
            bundle[9] = 1;
            DoorKey.CopyTo(bundle, 11);
            bundle[43] = (byte)Encoding.ASCII.GetBytes("Lobby east", bundle.AsSpan(44));
            bundle[70] = 2;
            bundle[71] = 100;
            bundle[71 + 9] = 1;
            bundle[71 + 113] = 200;
            bundle[71 + 113 + 9] = 1;
            return Seal(bundle);
        }
    }
}
