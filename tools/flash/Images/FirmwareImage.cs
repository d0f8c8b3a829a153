using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;

namespace DoorController.Flash.Images
{
    /// <summary>An image of nanoFramework in a folder that nanoff takes images from: TARGET-VERSION.zip, with a .json beside it that nanoff finds it by.</summary>
    /// <param name="Target">What it is for.</param>
    /// <param name="Version">Its version.</param>
    /// <param name="FilePath">The zip.</param>
    internal sealed record FirmwareImage(string Target, Version Version, string FilePath)
    {
        private const string Program = "nanoCLR.bin";

        /// <summary>Finds an image.</summary>
        /// <param name="folder">The folder.</param>
        /// <param name="target">The target.</param>
        /// <param name="version">The version; null takes the highest, as nanoff does.</param>
        /// <returns>Null when there is none.</returns>
        public static FirmwareImage? Find(string folder, string target, string? version)
        {
            if (!Directory.Exists(folder))
            {
                return null;
            }

            return Images(folder, target)
                .Where(i => version == null || i.Version.ToString() == version)
                .MaxBy(i => i.Version);
        }

        /// <summary>Reads its native assemblies.</summary>
        /// <returns>Null when no table is found in it: nothing can be said then.</returns>
        /// <exception cref="FlashException">It is no zip with a program in it.</exception>
        public NativeTable? ReadNatives()
        {
            try
            {
                using ZipArchive zip = ZipFile.OpenRead(FilePath);
                ZipArchiveEntry program = zip.Entries.FirstOrDefault(e => e.Name == Program) ?? throw Broken("has no " + Program + " in it");
                using MemoryStream bytes = new();
                using (Stream stream = program.Open())
                {
                    stream.CopyTo(bytes);
                }

                return NativeTable.Find(bytes.ToArray());
            }
            catch (InvalidDataException)
            {
                throw Broken("is no zip");
            }
        }

        private static IEnumerable<FirmwareImage> Images(string folder, string target)
        {
            const string zip = ".zip";
            foreach (string path in Directory.EnumerateFiles(folder, target + "-*" + zip))
            {
                string version = Path.GetFileName(path)[(target.Length + 1)..^zip.Length];
                if (Version.TryParse(version, out Version? parsed) && File.Exists(path + ".json"))
                {
                    yield return new FirmwareImage(target, parsed, path);
                }
            }
        }

        private FlashException Broken(string what)
        {
            return new FlashException($"{FilePath} {what}", "fill the folder again with nanoff --updatearchive");
        }
    }
}
