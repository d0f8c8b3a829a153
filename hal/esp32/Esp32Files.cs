using System;
using System.Collections;
using System.IO;

namespace DoorController.Hal.Esp32
{
    /// <summary>
    /// The littlefs partition, drive I: (PLATFORM.md 5). Only closing makes data durable, and each call opens, acts and closes once;
    /// nothing rests on a rename. FileMode.Create empties an existing file and writes it anew within one open and close, which
    /// littlefs commits as a whole.
    /// </summary>
    public sealed class Esp32Files : IFiles
    {
        private const string Root = "I:\\";
        private const int MaxNameCharacters = 12;

        /// <inheritdoc/>
        public int Length(string name)
        {
            try
            {
                if (!File.Exists(Root + name))
                {
                    return -1;
                }

                using FileStream file = Open(name, FileMode.Open, FileAccess.Read);
                return (int)file.Length;
            }
            catch (Exception)
            {
                return -1;
            }
        }

        /// <inheritdoc/>
        public int Read(string name, int position, byte[] buffer, int offset, int count)
        {
            try
            {
                if (!File.Exists(Root + name))
                {
                    return -1;
                }

                using FileStream file = Open(name, FileMode.Open, FileAccess.Read);
                int left = (int)file.Length - position;
                if (left <= 0)
                {
                    return 0;
                }

                file.Seek(position, SeekOrigin.Begin);
                return file.Read(buffer, offset, left < count ? left : count);
            }
            catch (Exception)
            {
                return -1;
            }
        }

        /// <inheritdoc/>
        public bool Write(string name, int position, byte[] buffer, int offset, int count)
        {
            try
            {
                using FileStream file = Open(name, FileMode.OpenOrCreate, FileAccess.ReadWrite);
                file.Seek(position, SeekOrigin.Begin);
                file.Write(buffer, offset, count);
            }
            catch (Exception)
            {
                return false;
            }

            return true;
        }

        /// <inheritdoc/>
        public bool Replace(string name, byte[] buffer, int offset, int count)
        {
            try
            {
                using FileStream file = Open(name, FileMode.Create, FileAccess.ReadWrite);
                file.Write(buffer, offset, count);
            }
            catch (Exception)
            {
                return false;
            }

            return true;
        }

        /// <inheritdoc/>
        public bool Delete(string name)
        {
            try
            {
                File.Delete(Root + name);
                return !File.Exists(Root + name);
            }
            catch (Exception)
            {
                return false;
            }
        }

        /// <summary>The files whose names the firmware may give. Wi-Fi and certificates are stored in others, con_*.sys (PLATFORM.md 2.3).</summary>
        public string[] List()
        {
            ArrayList names = new ArrayList();
            try
            {
                AddOurs(names);
            }
            catch (Exception)
            {
                // A directory that cannot be read lists nothing more.
            }

            return (string[])names.ToArray(typeof(string));
        }

        /// <summary>Every stream here is disposed: without its finaliser it leaves 132 bytes less for the collector.</summary>
        private static FileStream Open(string name, FileMode mode, FileAccess access)
        {
            FileStream file = new FileStream(Root + name, mode, access);
            GC.SuppressFinalize(file);
            return file;
        }

        private static void AddOurs(ArrayList names)
        {
            foreach (string path in Directory.GetFiles(Root))
            {
                string name = Path.GetFileName(path);
                if (IsOurs(name))
                {
                    names.Add(name);
                }
            }
        }

        private static bool IsOurs(string name)
        {
            if (name.Length == 0 || name.Length > MaxNameCharacters)
            {
                return false;
            }

            foreach (char c in name)
            {
                if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '.')
                {
                    return false;
                }
            }

            return true;
        }
    }
}
