using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;

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

        private const int VersionOffset = 28;
        private const int HeaderBytes = 40;

        private AppImage(string path, IReadOnlyList<Version> versions)
        {
            FilePath = path;
            Versions = versions;
        }

        /// <summary>Full path of the file.</summary>
        public string FilePath { get; }

        /// <summary>Versions of the assemblies in it, sorted.</summary>
        public IReadOnlyList<Version> Versions { get; }

        /// <summary>Names a file that is not there yet, for a dry run.</summary>
        public static AppImage Named(string path)
        {
            return new AppImage(path, []);
        }

        /// <summary>Reads and checks a file.</summary>
        /// <exception cref="FlashException">There is none, or it is no application for firmware of the 1.x line.</exception>
        public static AppImage Load(string path)
        {
            if (!File.Exists(path))
            {
                throw FlashException.Input(
                    $"--image {path} is not there",
                    "build firmware/DoorController.nfproj in Release first (firmware/BUILD.md)");
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

            List<Version> versions = ReadVersions(image);
            if (versions.Count == 0)
            {
                throw FlashException.Input($"--image {path} is no nanoFramework application", "give the .bin that the device project builds");
            }

            versions.Sort();
            return new AppImage(Path.GetFullPath(path), versions);
        }

        private static List<Version> ReadVersions(byte[] image)
        {
            List<Version> versions = [];
            int at = Find(image, "NFMRK1\0\0"u8, 0);
            while (at >= 0 && at + HeaderBytes <= image.Length)
            {
                ReadOnlySpan<byte> version = image.AsSpan(at + VersionOffset, 8);
                versions.Add(new Version(Part(version, 0), Part(version, 1), Part(version, 2), Part(version, 3)));
                at = Find(image, "NFMRK1\0\0"u8, at + HeaderBytes);
            }

            return versions;
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
