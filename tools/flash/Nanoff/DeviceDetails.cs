using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using DoorController.Flash.Images;

namespace DoorController.Flash.Nanoff
{
    /// <summary>What <c>nanoff --nanodevice --devicedetails</c> read from the running nanoFramework.</summary>
    internal sealed partial class DeviceDetails
    {
        /// <summary>Name of the device application's assembly (firmware/DoorController.nfproj).</summary>
        public const string AppName = "DoorController";

        private DeviceDetails(string target, string clrVersion, IReadOnlyDictionary<string, Version> assemblies, NativeTable natives)
        {
            Target = target;
            ClrVersion = clrVersion;
            Assemblies = assemblies;
            Natives = natives;
        }

        /// <summary>Image that is flashed, for example ESP32_S3_OCTAL.</summary>
        public string Target { get; }

        /// <summary>Version of the image.</summary>
        public string ClrVersion { get; }

        /// <summary>Assemblies of the application with their versions.</summary>
        public IReadOnlyDictionary<string, Version> Assemblies { get; }

        /// <summary>The native assemblies in the image.</summary>
        public NativeTable Natives { get; }

        /// <summary>True when the door's application is on the board.</summary>
        public bool HasDoor => Assemblies.ContainsKey(AppName);

        /// <summary>Reads nanoff's output.</summary>
        /// <returns>Null when the output has no device in it.</returns>
        public static DeviceDetails? Parse(string output)
        {
            Match target = TargetLine().Match(output);
            if (!target.Success)
            {
                return null;
            }

            Dictionary<string, Version> assemblies = [];
            foreach (Match match in AssemblyLine().Matches(Section(output, "\nAssemblies:", "\nNative Assemblies:")))
            {
                assemblies[match.Groups["name"].Value] = Version.Parse(match.Groups["version"].Value);
            }

            IEnumerable<NativeAssembly> natives = NativeLine().Matches(output)
                .Select(m => new NativeAssembly(
                    m.Groups["name"].Value,
                    uint.Parse(m.Groups["checksum"].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture)));
            return new DeviceDetails(
                target.Groups["target"].Value,
                ClrLine().Match(output).Groups["version"].Value,
                assemblies,
                NativeTable.Of(natives.DistinctBy(n => n.Name)));
        }

        private static string Section(string output, string from, string to)
        {
            int start = output.IndexOf(from, StringComparison.Ordinal);
            if (start < 0)
            {
                return string.Empty;
            }

            int end = output.IndexOf(to, start, StringComparison.Ordinal);
            return end < 0 ? output[start..] : output[start..end];
        }

        [GeneratedRegex(@"^\s*Target:\s+(?<target>[A-Z0-9_]+)", RegexOptions.Multiline)]
        private static partial Regex TargetLine();

        [GeneratedRegex(@"^\s*CLR Version:\s+(?<version>[\d.]+)", RegexOptions.Multiline)]
        private static partial Regex ClrLine();

        [GeneratedRegex(@"^\s+(?<name>[\w.]+), (?<version>\d+\.\d+\.\d+\.\d+)", RegexOptions.Multiline)]
        private static partial Regex AssemblyLine();

        [GeneratedRegex(@"^\s+(?<name>[\w.]+) v[\d.]+, checksum 0x(?<checksum>[0-9A-Fa-f]{8})", RegexOptions.Multiline)]
        private static partial Regex NativeLine();
    }
}
