using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using DoorController.Tests.Support;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DoorController.Tests.Architecture
{
    /// <summary>
    /// The sources of one tree, compiled in memory, so that every name in them is known by what it means. Sources and not the assembly:
    /// a constant leaves no trace there. A tree never changes; <see cref="With"/> makes another one.
    /// </summary>
    internal sealed class SourceTree
    {
        /// <summary>What the Web SDK puts into every file.</summary>
        private const string WebUsings = """
            global using System;
            global using System.Collections.Generic;
            global using System.IO;
            global using System.Linq;
            global using System.Net.Http;
            global using System.Net.Http.Json;
            global using System.Threading;
            global using System.Threading.Tasks;
            global using Microsoft.AspNetCore.Builder;
            global using Microsoft.AspNetCore.Hosting;
            global using Microsoft.AspNetCore.Http;
            global using Microsoft.AspNetCore.Routing;
            global using Microsoft.Extensions.Configuration;
            global using Microsoft.Extensions.DependencyInjection;
            global using Microsoft.Extensions.Hosting;
            global using Microsoft.Extensions.Logging;
            """;

        /// <summary>A partial method whose other half a source generator writes: generators do not run here.</summary>
        private const string HasNoOtherHalf = "CS8795";

        private const string Usings = "usings";

        private readonly CSharpCompilation _compilation;

        private SourceTree(CSharpCompilation compilation) => _compilation = compilation;

        /// <summary>The key server, read once for all tests.</summary>
        public static SourceTree KeyServer { get; } = Read("tools/keyserver", "DoorController.KeyServer", WebUsings);

        /// <summary>The portable firmware with the contracts below it, read once for all tests.</summary>
        public static SourceTree Firmware { get; } = Read("firmware", "DoorController.Host", string.Empty, "hal");

        /// <summary>The sources; the path of each is from the root of the repository.</summary>
        public IEnumerable<SyntaxTree> Files => _compilation.SyntaxTrees.Where(t => t.FilePath != Usings);

        /// <summary>Reads and compiles a tree.</summary>
        /// <param name="folder">From the root of the repository.</param>
        /// <param name="assembly">Assembly that the tree is built into: the built one is left out of the references, and its friends stay friends.</param>
        /// <param name="usings">Global usings that the build adds; empty for none.</param>
        /// <param name="beside">Folders whose own files, without those of their subfolders, are compiled along.</param>
        public static SourceTree Read(string folder, string assembly, string usings, params string[] beside)
        {
            SyntaxTree[] trees = [.. ReadForms([folder], beside), Parse(Usings, usings)];
            bool isProgram = trees.Any(t => t.GetRoot().ChildNodes().OfType<GlobalStatementSyntax>().Any());
            return new SourceTree(CSharpCompilation.Create(assembly, trees, References(assembly), new CSharpCompilationOptions(
                isProgram ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary,
                allowUnsafe: true,
                nullableContextOptions: NullableContextOptions.Enable)));
        }

        /// <summary>Reads a tree without compiling it: its names mean nothing, only its form is known.</summary>
        /// <param name="folders">From the root of the repository, with their subfolders.</param>
        /// <param name="beside">Folders whose own files are read along, without those of their subfolders.</param>
        public static SyntaxTree[] ReadForms(IEnumerable<string> folders, params string[] beside)
        {
            string root = Vectors.Root();
            return
            [
                .. folders.SelectMany(f => Directory.EnumerateFiles(Path.Combine(root, f), "*.cs", SearchOption.AllDirectories))
                    .Concat(beside.SelectMany(b => Directory.EnumerateFiles(Path.Combine(root, b), "*.cs")))
                    .Select(f => Path.GetRelativePath(root, f).Replace('\\', '/'))
                    .Where(f => !f.Split('/').Any(part => part is "bin" or "obj"))
                    .Order(StringComparer.Ordinal)
                    .Select(f => Parse(f, File.ReadAllText(Path.Combine(root, f)))),
            ];
        }

        /// <summary>The same tree with another text in one file, or with one file more.</summary>
        public SourceTree With(string path, string text)
        {
            SyntaxTree? old = Files.SingleOrDefault(f => f.FilePath == path);
            SyntaxTree changed = Parse(path, text);
            return new SourceTree(old == null ? _compilation.AddSyntaxTrees(changed) : _compilation.ReplaceSyntaxTree(old, changed));
        }

        /// <summary>What the compiler knows of a file's names.</summary>
        public SemanticModel ModelOf(SyntaxTree file) => _compilation.GetSemanticModel(file);

        /// <summary>What does not compile: a name that means nothing would hide an arrow.</summary>
        public IReadOnlyList<string> Errors() =>
            [.. _compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error && d.Id != HasNoOtherHalf).Select(d => d.ToString())];

        private static SyntaxTree Parse(string path, string text) =>
            CSharpSyntaxTree.ParseText(text, new CSharpParseOptions(documentationMode: DocumentationMode.None), path);

        /// <summary>The runtime, ASP.NET Core and the packages as this test has them, and the assemblies beside it.</summary>
        private static IEnumerable<MetadataReference> References(string leftOut) =>
            ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
                .Concat(Directory.EnumerateFiles(AppContext.BaseDirectory, "*.dll"))
                .DistinctBy(Path.GetFileName)
                .Where(f => Path.GetFileNameWithoutExtension(f) != leftOut)
                .Select(f => MetadataReference.CreateFromFile(f));
    }
}
