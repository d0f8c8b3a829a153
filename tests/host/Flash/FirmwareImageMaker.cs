using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Text;

namespace DoorController.Tests.Flash
{
    /// <summary>Makes files in the formats of nanoFramework and Espressif, from their descriptions alone: assemblies, programs, zips.</summary>
    internal static class FirmwareImageMaker
    {
        private const uint Strings = 0x3F400020;
        private const uint Code = 0x400D0020;

        /// <summary>The head of an assembly and its name, of 128 and some bytes.</summary>
        public static byte[] Assembly(string marker, string name, string version, uint checksum)
        {
            const int strings = 128;
            byte[] text = Encoding.ASCII.GetBytes(name + "\0");
            byte[] assembly = new byte[strings + ((text.Length + 3) / 4 * 4)];
            Encoding.ASCII.GetBytes(marker).CopyTo(assembly, 0);
            BinaryPrimitives.WriteUInt32LittleEndian(assembly.AsSpan(20), checksum);
            byte[] parts = [.. version.Split('.').SelectMany(p => BitConverter.GetBytes(ushort.Parse(p, CultureInfo.InvariantCulture)))];
            parts.CopyTo(assembly, 28);

            // The core library's name is one of the runtime's own, and it refers to no assembly: the first table is empty.
            bool core = name == "mscorlib";
            BinaryPrimitives.WriteUInt16LittleEndian(assembly.AsSpan(36), core ? (ushort)0xFCD2 : (ushort)0);
            BinaryPrimitives.WriteUInt32LittleEndian(assembly.AsSpan(40), 104);
            BinaryPrimitives.WriteUInt32LittleEndian(assembly.AsSpan(44), core ? 104u : 116u);
            BinaryPrimitives.WriteUInt32LittleEndian(assembly.AsSpan(40 + (11 * 4)), strings);
            text.CopyTo(assembly, strings);
            return assembly;
        }

        /// <summary>A program with a table of native assemblies in it: a segment with names and records, and one with code.</summary>
        public static byte[] Program((string Name, uint Checksum)[] natives)
        {
            List<byte> names = [];
            List<byte> records = [];
            uint at = Strings + (uint)(natives.Length * 20);
            foreach ((string name, uint checksum) in natives)
            {
                records.AddRange(BitConverter.GetBytes(at + (uint)names.Count));
                records.AddRange(BitConverter.GetBytes(checksum));
                records.AddRange(BitConverter.GetBytes(Code + 8));
                records.AddRange([100, 0, 0, 0, 5, 0, 1, 0]);
                names.AddRange(Encoding.ASCII.GetBytes(name + "\0"));
            }

            names.AddRange(new byte[(4 - (names.Count % 4)) % 4]);
            byte[] header = new byte[24];
            header[0] = 0xE9;
            header[1] = 2;
            return [.. header, .. Segment(Strings, [.. records, .. names]), .. Segment(Code, new byte[64])];
        }

        /// <summary>Writes an image as nanoff has it.</summary>
        public static void Write(string path, byte[] program)
        {
            using ZipArchive zip = new(File.Create(path), ZipArchiveMode.Create);
            foreach ((string name, byte[] content) in new[] { ("bootloader.bin", new byte[16]), ("nanoCLR.bin", program) })
            {
                using Stream stream = zip.CreateEntry(name).Open();
                stream.Write(content);
            }
        }

        private static byte[] Segment(uint address, byte[] content)
        {
            return [.. BitConverter.GetBytes(address), .. BitConverter.GetBytes(content.Length), .. content];
        }
    }
}
