using System;
using System.IO;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;
using System.Threading;

namespace DoorController.Flash
{
    /// <summary>The operating systems that the tool gives advice for.</summary>
    internal enum Platform
    {
        /// <summary>Linux.</summary>
        Linux,

        /// <summary>macOS.</summary>
        MacOS,

        /// <summary>Windows.</summary>
        Windows,
    }

    /// <summary>What a look at a serial port gave.</summary>
    internal enum PortState
    {
        /// <summary>It is there and may be opened.</summary>
        Ready,

        /// <summary>No such port.</summary>
        Missing,

        /// <summary>It is there, and this user may not open it.</summary>
        NoRights,
    }

    /// <summary>Everything outside the tool: streams, the PATH, the ports. A test makes its own.</summary>
    internal class FlashHost
    {
        /// <summary>Where results go.</summary>
        public TextWriter Out { get; init; } = System.Console.Out;

        /// <summary>Where the one error line goes.</summary>
        public TextWriter Error { get; init; } = System.Console.Error;

        /// <summary>What the user types.</summary>
        public TextReader In { get; init; } = System.Console.In;

        /// <summary>True when a person sits at the terminal and can be asked.</summary>
        public bool IsInteractive { get; init; } = !System.Console.IsInputRedirected && !System.Console.IsOutputRedirected;

        /// <summary>Folders in which <c>nanoff</c> is looked for.</summary>
        public string SearchPath { get; init; } = Environment.GetEnvironmentVariable("PATH") ?? string.Empty;

        /// <summary>Folder in which the private folder for secrets is made; in memory where the system offers that.</summary>
        public string PrivateRoot { get; init; } = DefaultPrivateRoot();

        /// <summary>Silence on the console after which an answer counts as not coming, in ms.</summary>
        public int ConsoleSilenceMs { get; init; } = 2000;

        /// <summary>The operating system, for advice.</summary>
        public Platform Platform { get; init; } = CurrentPlatform();

        /// <summary>Waits a second between two looks at something that takes its time.</summary>
        public virtual void Pause(CancellationToken cancel)
        {
            cancel.WaitHandle.WaitOne(TimeSpan.FromSeconds(1));
            cancel.ThrowIfCancellationRequested();
        }

        /// <summary>Reads an environment variable that can hold a secret.</summary>
        /// <returns>Null when it is not set or empty.</returns>
        public virtual string? ReadVariable(string name)
        {
            string? value = Environment.GetEnvironmentVariable(name);
            return string.IsNullOrEmpty(value) ? null : value;
        }

        /// <summary>Looks for a program in <see cref="SearchPath"/>.</summary>
        /// <returns>Its full path; null when it is not there.</returns>
        public string? FindProgram(string name)
        {
            string[] names = Platform == Platform.Windows ? [name + ".exe", name + ".cmd"] : [name];
            foreach (string folder in SearchPath.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
            {
                foreach (string candidate in names)
                {
                    string path = Path.Combine(folder, candidate);
                    if (File.Exists(path))
                    {
                        return path;
                    }
                }
            }

            return null;
        }

        /// <summary>Looks at a port without opening it: opening one can restart the board behind it.</summary>
        public virtual PortState ProbePort(string port)
        {
            if (OperatingSystem.IsWindows())
            {
                string[] names = System.IO.Ports.SerialPort.GetPortNames();
                return Array.Exists(names, n => string.Equals(n, port, StringComparison.OrdinalIgnoreCase))
                    ? PortState.Ready
                    : PortState.Missing;
            }

            if (!File.Exists(port))
            {
                return PortState.Missing;
            }

            return MayReadAndWrite(port) ? PortState.Ready : PortState.NoRights;
        }

        [UnsupportedOSPlatform("windows")]
        private static bool MayReadAndWrite(string path)
        {
            const int readAndWrite = 6;
            return Access(Encoding.UTF8.GetBytes(path + '\0'), readAndWrite) == 0;
        }

        [DllImport("libc", EntryPoint = "access")]
        [UnsupportedOSPlatform("windows")]
        private static extern int Access(byte[] path, int mode);

        private static Platform CurrentPlatform()
        {
            if (OperatingSystem.IsWindows())
            {
                return Platform.Windows;
            }

            return OperatingSystem.IsMacOS() ? Platform.MacOS : Platform.Linux;
        }

        private static string DefaultPrivateRoot()
        {
            string? runtime = Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR");
            return !string.IsNullOrEmpty(runtime) && Directory.Exists(runtime) ? runtime : Path.GetTempPath();
        }
    }
}
