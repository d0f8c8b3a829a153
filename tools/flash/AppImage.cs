using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Text;
using DoorController.Flash.Images;

namespace DoorController.Flash
{
    /// <summary>
    /// The application as the device project builds it: assemblies in nanoFramework's format, one behind the other
    /// (nf-interpreter, nanoCLR_Types.h, CLR_RECORD_ASSEMBLY).
    /// </summary>
    internal sealed class AppImage
    {
        /// <summary>Smallest partition for applications among the variants, in bytes: 1,792 KB on a 4 MB ESP32.</summary>
        private const int MaxBytes = 1792 * 1024;

        private const int ChecksumOffset = 20;
        private const int VersionOffset = 28;
        private const int NameOffset = 36;
        private const int TablesOffset = 40;
        private const int ReferencesTable = 0;
        private const int StringsTable = 11;
        private const int HeaderBytes = TablesOffset + (16 * 4);

        // From this index on a name is one of those that the runtime has itself.
        private const int FirstBuiltInName = 0x8000;

        private AppImage(string path, IReadOnlyList<Version> versions, IReadOnlyList<NativeAssembly> natives)
        {
            FilePath = path;
            Versions = versions;
            Natives = natives;
        }

        /// <summary>Full path of the file.</summary>
        public string FilePath { get; }

        /// <summary>Versions of the assemblies in it, sorted.</summary>
        public IReadOnlyList<Version> Versions { get; }

        /// <summary>Native halves that the assemblies want of the firmware: those whose checksum is not 0.</summary>
        public IReadOnlyList<NativeAssembly> Natives { get; }

        /// <summary>Names a file without reading it, for a dry run.</summary>
        public static AppImage Named(string path)
        {
            return new AppImage(path, [], []);
        }

        /// <summary>Reads and checks a file.</summary>
        /// <exception cref="FlashException">There is none, or it is no application for firmware of the 1.x line.</exception>
        public static AppImage Load(string path)
        {
            if (!File.Exists(path))
            {
                throw FlashException.Input($"--image {path} is not there", "run the command build first (firmware/BUILD.md)");
            }

            byte[] image = File.ReadAllBytes(path);
            if (image.Length > MaxBytes)
            {
                throw FlashException.Input($"--image {path} has {image.Length} bytes", $"an application has at most {MaxBytes}");
            }

            if (Find(image, "NFMRK2"u8, 0) >= 0)
            {
                throw FlashException.Input(
                    $"--image {path} is built for nanoFramework 2",
                    "build it with the packages and the metadata processor of the 1.x line");
            }

            List<Version> versions = [];
            List<NativeAssembly> natives = [];
            ReadAssemblies(image, versions, natives);
            if (versions.Count == 0)
            {
                throw FlashException.Input($"--image {path} is no nanoFramework application", "give the .bin that the device project builds");
            }

            versions.Sort();
            return new AppImage(Path.GetFullPath(path), versions, natives);
        }

        private static void ReadAssemblies(byte[] image, List<Version> versions, List<NativeAssembly> natives)
        {
            int at = Find(image, "NFMRK1\0\0"u8, 0);
            while (at >= 0 && at + HeaderBytes <= image.Length)
            {
                ReadOnlySpan<byte> assembly = image.AsSpan(at);
                ReadOnlySpan<byte> version = assembly.Slice(VersionOffset, 8);
                versions.Add(new Version(Part(version, 0), Part(version, 1), Part(version, 2), Part(version, 3)));
                uint checksum = BinaryPrimitives.ReadUInt32LittleEndian(assembly[ChecksumOffset..]);
                if (checksum != 0)
                {
                    natives.Add(new NativeAssembly(Name(assembly), checksum));
                }

                at = Find(image, "NFMRK1\0\0"u8, at + HeaderBytes);
            }
        }

        private static string Name(ReadOnlySpan<byte> assembly)
        {
            int index = BinaryPrimitives.ReadUInt16LittleEndian(assembly[NameOffset..]);
            if (index >= FirstBuiltInName)
            {
                // Of those with a native half it is the core library, the one assembly that refers to no other.
                return Table(assembly, ReferencesTable) == Table(assembly, ReferencesTable + 1) ? NativeAssembly.CoreLibrary : string.Empty;
            }

            long start = (long)Table(assembly, StringsTable) + index;
            if (start >= assembly.Length)
            {
                return string.Empty;
            }

            ReadOnlySpan<byte> name = assembly[(int)start..];
            int end = name.IndexOf((byte)0);
            return end < 0 ? string.Empty : Encoding.ASCII.GetString(name[..end]);
        }

        private static uint Table(ReadOnlySpan<byte> assembly, int table)
        {
            return BinaryPrimitives.ReadUInt32LittleEndian(assembly[(TablesOffset + (table * 4))..]);
        }

        private static int Part(ReadOnlySpan<byte> version, int index)
        {
            return BinaryPrimitives.ReadUInt16LittleEndian(version[(index * 2)..]);
        }

        private static int Find(ReadOnlySpan<byte> image, ReadOnlySpan<byte> marker, int from)
        {
            for (int i = from; i + marker.Length <= image.Length; i += 4)
            {
                if (image.Slice(i, marker.Length).SequenceEqual(marker))
                {
                    return i;
                }
            }

            return -1;
        }
    }
}
