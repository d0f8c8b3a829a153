using System;
using System.Collections.Generic;
using System.IO;

namespace DoorController.Flash.Provision
{
    /// <summary>
    /// A folder that only its owner can enter, for what nanoff must read from files; overwritten and removed when the work is over, also
    /// when it failed. On Windows the rights are those of the user's own temporary folder.
    /// </summary>
    internal sealed class SecretFolder : IDisposable
    {
        private const UnixFileMode OwnerOnlyFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        private const UnixFileMode OwnerOnlyFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

        /// <summary>More than a door's files take together.</summary>
        private const int ProbeBytes = 64 * 1024;

        private SecretFolder(string path)
        {
            FullPath = path;
        }

        /// <summary>Where it is.</summary>
        public string FullPath { get; }

        /// <summary>Makes a new folder.</summary>
        /// <param name="root">Folder to make it in.</param>
        public static SecretFolder Create(string root)
        {
            string path = Path.Combine(root, "door-flash-" + Path.GetRandomFileName());
            MakeFolder(path);
            return new SecretFolder(path);
        }

        /// <summary>Writes a new file that only its owner can read.</summary>
        /// <returns>Its full path.</returns>
        public string Write(string name, ReadOnlySpan<byte> content)
        {
            string path = Path.Combine(FullPath, name);
            WriteFile(path, content);
            return path;
        }

        /// <summary>
        /// Makes the folder in which a door's files will be kept, and sees that they can be: they are told once, so all that can fail is tried
        /// before. It is empty then, and <see cref="GiveUp"/> takes it away again.
        /// </summary>
        /// <param name="folder">A new folder of the user's choice; nothing that is there is overwritten.</param>
        public static void Prepare(string folder)
        {
            if (Path.Exists(folder))
            {
                throw FlashException.Input($"{Options.Keep.Name} {folder} is there already", "name a new folder");
            }

            string probe = Path.Combine(folder, ProvisioningSet.BundleName);
            try
            {
                MakeFolder(folder);
                WriteFile(probe, new byte[ProbeBytes]);
                File.Delete(probe);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
            {
                GiveUp(folder);
                throw FlashException.Input($"{Options.Keep.Name} {folder} cannot be made ({e.Message.Split('\n')[0].TrimEnd('.')})", "name a folder that you may write");
            }
        }

        /// <summary>Takes away what <see cref="Prepare"/> made, when no door came of it.</summary>
        public static void GiveUp(string folder)
        {
            try
            {
                File.Delete(Path.Combine(folder, ProvisioningSet.BundleName));
                Directory.Delete(folder);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
            {
                // An empty folder is left, or there was none. No secret is in it.
            }
        }

        /// <summary>Keeps secrets for later in a prepared folder, with owner-only rights.</summary>
        public static void Keep(string folder, IEnumerable<(string Name, byte[] Content)> files)
        {
            foreach ((string name, byte[] content) in files)
            {
                WriteFile(Path.Combine(folder, name), content);
            }
        }

        /// <summary>Overwrites and removes everything in the folder, and the folder.</summary>
        /// <exception cref="FlashException">Something could not be removed.</exception>
        public void Dispose()
        {
            try
            {
                foreach (string file in Directory.EnumerateFiles(FullPath, "*", SearchOption.AllDirectories))
                {
                    Overwrite(file);
                }

                Directory.Delete(FullPath, recursive: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new FlashException($"secrets are left in {FullPath} ({e.Message})", "delete that folder by hand, now");
            }
        }

        private static void MakeFolder(string path)
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(path);
            }
            else
            {
                Directory.CreateDirectory(path, OwnerOnlyFolder);
            }
        }

        private static void WriteFile(string path, ReadOnlySpan<byte> content)
        {
            FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = OwnerOnlyFile;
            }

            using FileStream stream = new(path, options);
            stream.Write(content);
        }

        private static void Overwrite(string path)
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Write);
            byte[] zeros = new byte[4096];
            for (long left = stream.Length; left > 0; left -= zeros.Length)
            {
                stream.Write(zeros, 0, (int)Math.Min(left, zeros.Length));
            }

            stream.Flush(flushToDisk: true);
        }
    }
}
