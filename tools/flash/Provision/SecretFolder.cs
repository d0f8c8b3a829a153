using System;
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

        /// <summary>Keeps secrets for later in a folder of the user's choice, with owner-only rights. Nothing that is there is overwritten.</summary>
        public static void Keep(string folder, ProvisioningSet set)
        {
            if (Directory.Exists(folder))
            {
                throw FlashException.Input($"--keep {folder} is there already", "name a new folder");
            }

            MakeFolder(folder);
            foreach ((string name, byte[] content) in set.Files)
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
