using System.Collections.Generic;
using System.Linq;

namespace DoorController.Flash.Images
{
    /// <summary>
    /// The native assemblies of a firmware. In the program each is a record of pointer to its name, checksum, pointer to its methods, and four
    /// 16-bit numbers of its version (nf-interpreter, nanoCLR_Interop.h, CLR_RT_NativeAssemblyData). Not yet tried on an image of nanoFramework's own (bench test B10).
    /// </summary>
    internal sealed class NativeTable
    {
        private const int RecordBytes = 20;
        private const int MaxName = 80;

        private readonly Dictionary<string, uint> _checksums;

        private NativeTable(Dictionary<string, uint> checksums)
        {
            _checksums = checksums;
        }

        /// <summary>A table as a device or a test says it.</summary>
        public static NativeTable Of(IEnumerable<NativeAssembly> assemblies)
        {
            return new NativeTable(assemblies.ToDictionary(a => a.Name, a => a.Checksum));
        }

        /// <summary>Looks for the table in a program.</summary>
        /// <param name="program">Bytes of nanoCLR.bin.</param>
        /// <returns>Null when there is none: then nothing can be said about the firmware.</returns>
        public static NativeTable? Find(byte[] program)
        {
            if (EspImage.Parse(program) is not EspImage image)
            {
                return null;
            }

            Dictionary<string, uint> found = [];
            foreach (int place in image.Places(RecordBytes))
            {
                uint checksum = image.Word(place + 4);
                if (checksum != 0 && image.Holds(image.Word(place + 8)) && IsVersion(image, place + 12)
                    && image.Name(image.Word(place), MaxName) is string name)
                {
                    found.TryAdd(name, checksum);
                }
            }

            // Every firmware has the core library: what was found without it is something else.
            return found.ContainsKey(NativeAssembly.CoreLibrary) ? new NativeTable(found) : null;
        }

        /// <summary>The checksum of an assembly; null when the firmware has none of that name.</summary>
        public uint? Checksum(string name)
        {
            return _checksums.TryGetValue(name, out uint checksum) ? checksum : null;
        }

        private static bool IsVersion(EspImage image, int place)
        {
            const uint most = 999;
            uint first = image.Word(place);
            uint second = image.Word(place + 4);
            return (first & 0xFFFF) <= most && first >> 16 <= most && (second & 0xFFFF) <= most && second >> 16 <= most && (first != 0 || second != 0);
        }
    }
}
