using System;
using System.IO;
using System.Linq;
using DoorController.Tests.Support;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;

namespace DoorController.Tests.Planted
{
    /// <summary>The firmware and its host HAL, compiled with a fault in them, in the place of the sound ones.</summary>
    internal static class PlantedAssembly
    {
        private const string Name = "DoorController.Host";

        private const string Attributes = """
            [assembly: System.Runtime.CompilerServices.InternalsVisibleTo("HostTests")]
            [assembly: System.Reflection.AssemblyVersion("1.0.0.0")]
            """;

        private static readonly string[] Rooms = ["hal/", "hal/host/", "firmware/"];

        /// <summary>Copies these tests, and all that they need, to where a planted assembly can take the place of the sound one: in the repository, because tests read its documents.</summary>
        /// <returns>The folder.</returns>
        public static string CopyTests()
        {
            string folder = Path.Combine(Vectors.Root(), "tests", "host", "bin", "planted");
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }

            foreach (string file in Directory.EnumerateFiles(AppContext.BaseDirectory, "*", SearchOption.AllDirectories))
            {
                string copy = Path.Combine(folder, Path.GetRelativePath(AppContext.BaseDirectory, file));
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(file, copy);
            }

            return folder;
        }

        /// <summary>Compiles with a fault.</summary>
        /// <exception cref="FormatException">It does not compile, or the patch does not apply.</exception>
        public static void Plant(PlantedBug bug, string folder)
        {
            string planted = bug.Apply();
            string[] sources = [.. RepositoryFiles.Ending(".cs").Where(IsPart)];
            CSharpParseOptions options = CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.Latest);
            CSharpCompilation compilation = CSharpCompilation.Create(
                Name,
                [.. sources.Select(f => CSharpSyntaxTree.ParseText(f == bug.File ? planted : RepositoryFiles.Text(f), options, f)), CSharpSyntaxTree.ParseText(Attributes, options)],
                [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
                    .Where(f => Path.GetFileNameWithoutExtension(f) != Name).Select(f => MetadataReference.CreateFromFile(f))],
                new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, nullableContextOptions: NullableContextOptions.Enable));
            EmitResult result = compilation.Emit(Path.Combine(folder, Name + ".dll"));
            if (!result.Success)
            {
                throw new FormatException($"{bug.Name}.patch: {result.Diagnostics.First(d => d.Severity == DiagnosticSeverity.Error)}");
            }
        }

        private static bool IsPart(string file)
        {
            string room = Rooms.Last(r => file.StartsWith(r, StringComparison.Ordinal) || r == Rooms[0]);
            return file.StartsWith(room, StringComparison.Ordinal) && !file.StartsWith("hal/esp32/", StringComparison.Ordinal)
                && file != "firmware/Program.cs" && !file.StartsWith("firmware/Properties/", StringComparison.Ordinal);
        }
    }
}
