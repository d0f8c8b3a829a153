using System;
using System.IO;

namespace DoorController.Flash.Build
{
    /// <summary>
    /// The file that a board takes: assemblies in nanoFramework's format one behind the other, each filled up with zeros to a whole number of
    /// 4 bytes, the application last (nf-Visual-Studio-extension, GenerateBinaryOutputTask).
    /// </summary>
    internal static class AssemblyChain
    {
        /// <summary>Writes the file.</summary>
        /// <param name="references">Text file with the full path of each referenced .dll, one a line; its .pe lies beside it.</param>
        /// <param name="app">The application's own .pe.</param>
        /// <param name="image">The file to write.</param>
        /// <exception cref="FlashException">An assembly is missing.</exception>
        public static void Write(string references, string app, string image)
        {
            using MemoryStream chain = new();
            foreach (string reference in File.ReadAllLines(references))
            {
                Append(chain, Path.ChangeExtension(reference, ".pe"));
            }

            Append(chain, app);
            File.WriteAllBytes(image, chain.ToArray());
        }

        private static void Append(MemoryStream chain, string path)
        {
            if (!File.Exists(path))
            {
                throw new FlashException($"{path} is not there: its package has no assembly in nanoFramework's format", "take the package of the version in firmware/packages.config");
            }

            chain.Write(File.ReadAllBytes(path));
            chain.Write(new byte[-(int)chain.Length & 3]);
        }
    }
}
