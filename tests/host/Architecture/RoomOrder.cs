using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using DoorController.Tests.Support;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DoorController.Tests.Architecture
{
    /// <summary>
    /// The rooms of one tree, bottom to top, as the table of ARCHITECTURE.md has them, and what breaks their order: a name in a file that
    /// means something of a room above. A cref is none: it says something to people, not to the compiler.
    /// </summary>
    internal sealed partial class RoomOrder
    {
        private readonly string _tree;
        private readonly Room[] _rooms;
        private readonly Dictionary<string, int> _roomOf = [];

        private RoomOrder(string tree, Room[] rooms)
        {
            _tree = tree;
            _rooms = rooms;
        }

        /// <summary>Reads the order of a tree from ARCHITECTURE.md.</summary>
        /// <param name="tree">Heading of its section, such as "tools/keyserver".</param>
        public static RoomOrder Read(string tree) => Parse(File.ReadAllText(Path.Combine(Vectors.Root(), "ARCHITECTURE.md")), tree);

        /// <summary>
        /// Reads the order of a tree from the first table below its heading: one room a row, bottom to top. In code quotes in the first
        /// cell stands what the room holds, as paths from the folder of the tree: <c>Folder/</c> with all below it, <c>../folder/*.cs</c>
        /// without, or <c>File.cs</c>. One room may hold several.
        /// </summary>
        /// <exception cref="FormatException">There is no such table, or a row without a room.</exception>
        public static RoomOrder Parse(string document, string tree) =>
            new(tree, [.. MarkdownTable.Rows(document, tree).Select(row => MakeRoom(tree, row[0]))]);

        /// <summary>All that breaks the order, one line each; where table and folders disagree, that alone.</summary>
        public IReadOnlyList<string> Check(SourceTree sources)
        {
            string[] wrong = [.. CheckTable(sources)];
            return wrong.Length > 0 ? wrong : [.. sources.Files.SelectMany(file => CheckFile(sources, file.FilePath))];
        }

        /// <summary>The names in one file that mean something of a room above its own.</summary>
        /// <returns>Lines such as "tools/keyserver/Lists/A.cs:7: Lists names B, which is in Doors above it".</returns>
        public IReadOnlyList<string> CheckFile(SourceTree sources, string path)
        {
            SyntaxTree file = sources.Files.Single(f => f.FilePath == path);
            SemanticModel model = sources.ModelOf(file);
            int own = RoomOf(path);
            return
            [
                .. file.GetRoot().DescendantNodes()
                    .Where(n => n is SimpleNameSyntax or BaseObjectCreationExpressionSyntax or ConstructorInitializerSyntax)
                    .Select(n => (Line: n.GetLocation().GetLineSpan().StartLinePosition.Line + 1, Type: TypeOf(model, n)))
                    .Where(n => n.Type != null && RoomOf(n.Type) > own)
                    .Select(n => $"{path}:{n.Line}: {_rooms[own].Name} names {n.Type!.Name}, which is in {_rooms[RoomOf(n.Type)].Name} above it")
                    .Distinct(),
            ];
        }

        private static Room MakeRoom(string tree, string cell)
        {
            string[] parts = [.. Quoted().Matches(cell).Select(m => m.Groups[1].Value)];
            return parts.Length == 0
                ? throw new FormatException($"## {tree}: wanted a room in code quotes, is {cell}")
                : new Room(string.Join(' ', parts.Select(p => p.TrimEnd('/'))), [.. parts.Select(p => MakePattern(tree, p))]);
        }

        private static Regex MakePattern(string tree, string part)
        {
            string path = Path.GetRelativePath("/", Path.Combine("/", tree, part.TrimEnd('/'))).Replace('\\', '/');
            return new Regex("^" + Regex.Escape(path).Replace(@"\*", "[^/]*", StringComparison.Ordinal) + (part.EndsWith('/') ? "/" : "$"));
        }

        /// <summary>A row and the files of its room belong together, one to one.</summary>
        private IEnumerable<string> CheckTable(SourceTree sources)
        {
            foreach (SyntaxTree file in sources.Files)
            {
                int rooms = _rooms.Count(r => r.Holds(file.FilePath));
                if (rooms != 1)
                {
                    yield return $"{file.FilePath}: is in {rooms} rooms of the table of {_tree}, wanted one";
                }
            }

            foreach (Room room in _rooms.Where(r => !r.Parts.All(p => sources.Files.Any(f => p.IsMatch(f.FilePath)))))
            {
                yield return $"{room.Name}: a row of the table of {_tree} without a file";
            }
        }

        private int RoomOf(string path)
        {
            if (!_roomOf.TryGetValue(path, out int room))
            {
                room = Array.FindIndex(_rooms, r => r.Holds(path));
                _roomOf.Add(path, room);
            }

            return room;
        }

        /// <summary>The highest room that has a part of a type; -1 for one of elsewhere.</summary>
        private int RoomOf(INamedTypeSymbol type) =>
            type.OriginalDefinition.DeclaringSyntaxReferences.Select(r => RoomOf(r.SyntaxTree.FilePath)).DefaultIfEmpty(-1).Max();

        /// <summary>The type that a name means, or whose member it means; null for a namespace or something without a type around it.</summary>
        private static INamedTypeSymbol? TypeOf(SemanticModel model, SyntaxNode name)
        {
            SymbolInfo info = model.GetSymbolInfo(name);
            ISymbol? symbol = info.Symbol ?? info.CandidateSymbols.FirstOrDefault();
            return symbol switch
            {
                INamedTypeSymbol type => type,
                ILocalSymbol or IParameterSymbol or IRangeVariableSymbol or ITypeParameterSymbol => null,
                _ => symbol?.ContainingType,
            };
        }

        [GeneratedRegex("`([^`]+)`")]
        private static partial Regex Quoted();

        private sealed record Room(string Name, Regex[] Parts)
        {
            public bool Holds(string path) => Parts.Any(p => p.IsMatch(path));
        }
    }
}
