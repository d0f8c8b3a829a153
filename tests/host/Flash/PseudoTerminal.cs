using System;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace DoorController.Tests.Flash
{
    /// <summary>A serial line without hardware: the tool opens <see cref="Name"/>, and <see cref="Far"/> is the other end.</summary>
    internal sealed class PseudoTerminal : IDisposable
    {
        private const int ReadWriteNoControl = 0x102;

        /// <summary>Opens a new pair.</summary>
        public PseudoTerminal()
        {
            int master = OpenMaster(ReadWriteNoControl);
            if (master < 0 || Grant(master) != 0 || Unlock(master) != 0)
            {
                throw new IOException("no pseudo-terminal");
            }

            byte[] name = new byte[64];
            if (NameOf(master, name, (nuint)name.Length) != 0)
            {
                throw new IOException("the pseudo-terminal has no name");
            }

            Name = Encoding.ASCII.GetString(name, 0, Array.IndexOf(name, (byte)0));
            Far = new FileStream(new SafeFileHandle(master, ownsHandle: true), FileAccess.ReadWrite, bufferSize: 0);
        }

        /// <summary>Path for the tool.</summary>
        public string Name { get; }

        /// <summary>The door's end.</summary>
        public FileStream Far { get; }

        /// <inheritdoc/>
        public void Dispose()
        {
            Far.Dispose();
        }

        [DllImport("libc", EntryPoint = "posix_openpt")]
        private static extern int OpenMaster(int flags);

        [DllImport("libc", EntryPoint = "grantpt")]
        private static extern int Grant(int master);

        [DllImport("libc", EntryPoint = "unlockpt")]
        private static extern int Unlock(int master);

        [DllImport("libc", EntryPoint = "ptsname_r")]
        private static extern int NameOf(int master, byte[] name, nuint length);
    }
}
