using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using DoorController.Tests.Support;
using Microsoft.CodeAnalysis;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Architecture
{
    /// <summary>The rooms of each tree stand on each other as ARCHITECTURE.md has them, and no wrong arrow escapes the checker.</summary>
    [TestClass]
    public sealed class RoomOrderTests
    {
        private const string Tree = "tools/keyserver";
        private const string Rooms = "DoorController.KeyServer";
        private const string Member = "internal static class Columns\n{\n";
        private const string Attribute = "namespace DoorController.KeyServer.Store;\n\n";
        private const string Alias = "using System.Data.Common;\n";
        private const string OnTop = "CertificateFile.cs DoorListener.cs KeyServerApp.cs Serving.cs Commands.cs Program.cs";

        private static readonly string Document = File.ReadAllText(Path.Combine(Vectors.Root(), "ARCHITECTURE.md"));

        [TestMethod]
        public void Every_name_in_the_sources_means_something()
        {
            IReadOnlyList<string> errors = SourceTree.KeyServer.Errors();
            Assert.IsEmpty(errors, string.Join('\n', errors));
            Assert.IsGreaterThan(60, SourceTree.KeyServer.Files.Count());
        }

        [TestMethod]
        public void Each_room_knows_only_those_below_it()
        {
            IReadOnlyList<string> wrong = RoomOrder.Read(Tree).Check(SourceTree.KeyServer);
            Assert.IsEmpty(wrong, string.Join('\n', wrong));
        }

        /// <summary>Program.cs alone names the adapters of the board, which are not read here.</summary>
        [TestMethod]
        public void The_firmware_is_read_whole_and_its_rooms_know_only_those_below()
        {
            string[] errors = [.. SourceTree.Firmware.Errors().Where(e => !e.StartsWith("firmware/Program.cs", StringComparison.Ordinal))];
            Assert.IsEmpty(errors, string.Join('\n', errors));
            Assert.IsGreaterThan(80, SourceTree.Firmware.Files.Count());
            IReadOnlyList<string> wrong = RoomOrder.Read("firmware").Check(SourceTree.Firmware);
            Assert.IsEmpty(wrong, string.Join('\n', wrong));
        }

        [TestMethod]
        [DataRow("a constant", "private const int Late = DoorController.Diagnostics.ProofOutcome.Wrong;", "ProofOutcome", "Diagnostics")]
        [DataRow("a constant of the layout above", "private const int Words = DoorController.Access.AppliedVersions.Length;", "AppliedVersions", "Access")]
        [DataRow("a type in a signature", "public static void Show(DoorController.Memory.DoorMemory memory) { }", "DoorMemory", "Memory")]
        [DataRow("the door itself", "private static DoorController.Door _door;", "Door", "Door.cs")]
        [DataRow("a static call", "private static int Run() { return DoorController.Strike.DoorNews.Rex; }", "DoorNews", "Strike")]
        public void A_wrong_arrow_in_the_firmware_is_named(string what, string line, string type, string room)
        {
            const string file = "firmware/Wire/Hello.cs";
            (SourceTree changed, int number) = Insert(file, "public static class Hello\n    {\n", line, SourceTree.Firmware);
            Assert.AreSequenceEqual(
                [$"{file}:{number}: Wire names {type}, which is in {room} above it"], RoomOrder.Read("firmware").CheckFile(changed, file), what);
        }

        [TestMethod]
        [DataRow("a constant", Member, $"private const int Most = {Rooms}.Redeem.LinkGuard.Burst;", "LinkGuard", "Redeem")]
        [DataRow("a type in a signature", Member, $"public static void Show({Rooms}.Doors.DoorRow? door) => _ = door;", "DoorRow", "Doors")]
        [DataRow("a base type", Attribute, $"internal class Late : {Rooms}.Root.Marks;", "Marks", "Root")]
        [DataRow("an argument of an attribute", Attribute, $"[System.ComponentModel.Description({Rooms}.Issue.Events.GrantDeleted)]", "Events", "Issue")]
        [DataRow("a generic argument", Member, $"private static readonly List<{Rooms}.Sync.SyncDesk> Desks = [];", "SyncDesk", "Sync")]
        [DataRow("a static call", Member, $"private static string Now() => {Rooms}.Requests.IsoTime.FromS(0);", "IsoTime", "Requests")]
        [DataRow("a nameof", Member, $"private static string Said() => nameof({Rooms}.Audit.AuditBook.TakeAsync);", "AuditBook", "Audit")]
        [DataRow("a pattern", Member, $"private static bool Is(object o) => o is {Rooms}.Seam.InstantKey;", "InstantKey", "Seam")]
        [DataRow("an alias", Alias, $"using Care = {Rooms}.Keeping.Upkeep;", "Upkeep", "Keeping")]
        [DataRow("a file on top", Member, $"private static object Make() => {Rooms}.KeyServerApp.Build(null!, null!);", "KeyServerApp", OnTop)]
        public void A_wrong_arrow_is_named(string what, string anchor, string line, string type, string room)
        {
            const string file = $"{Tree}/Store/Columns.cs";
            (SourceTree changed, int number) = Insert(file, anchor, line);
            Assert.AreSequenceEqual(
                [$"{file}:{number}: Store names {type}, which is in {room} above it"], RoomOrder.Read(Tree).CheckFile(changed, file), what);
        }

        /// <summary>The call names the session only; what it calls is of another room.</summary>
        [TestMethod]
        public void A_wrong_arrow_of_an_extension_method_is_named()
        {
            const string file = $"{Tree}/Root/MarkWriting.cs";
            (SourceTree changed, _) = Insert(file, "using DoorController.KeyServer.Store;\n", $"using {Rooms}.Issue;");
            (changed, int number) = Insert(file, "public static class MarkWriting\n{\n", "private static Task Tell(Session s) => s.AddEventAsync(\"\", \"\", []);", changed);
            Assert.AreSequenceEqual(
                [$"{file}:{number}: Root names Events, which is in Issue above it"], RoomOrder.Read(Tree).CheckFile(changed, file));
        }

        [TestMethod]
        [DataRow("a cref", $"/// <summary>See <see cref=\"{Rooms}.Doors.DoorBook\"/>.</summary>")]
        [DataRow("a comment", $"// {Rooms}.Doors.DoorBook")]
        [DataRow("a text", $"private const string Name = \"{Rooms}.Doors.DoorBook\";")]
        [DataRow("a type of its own that has the name", "private sealed record DoorBook(int Alarms);")]
        [DataRow("a room below", $"private const int Most = {Rooms}.Store.DatabaseSettings.MaxConnections;")]
        public void What_is_no_wrong_arrow_is_let_be(string what, string line)
        {
            const string file = $"{Tree}/Lists/ListBodies.cs";
            (SourceTree changed, _) = Insert(file, "public static class ListBodies\n{\n", line);
            Assert.IsEmpty(RoomOrder.Read(Tree).CheckFile(changed, file), what);
        }

        [TestMethod]
        public void The_order_is_that_of_the_document()
        {
            string[] rows = [.. Document.Split('\n').Where(l => l.StartsWith("| `Lists/`", StringComparison.Ordinal) || l.StartsWith("| `Doors/`", StringComparison.Ordinal))];
            string swapped = Document.Replace($"{rows[0]}\n{rows[1]}", $"{rows[1]}\n{rows[0]}", StringComparison.Ordinal);
            IReadOnlyList<string> wrong = RoomOrder.Parse(swapped, Tree).Check(SourceTree.KeyServer);
            Assert.HasCount(1, wrong);
            Assert.EndsWith(": Doors names ListBodies, which is in Lists above it", wrong[0]);
            Assert.StartsWith($"{Tree}/Doors/RegisterRoutes.cs:", wrong[0]);
        }

        [TestMethod]
        public void A_folder_without_a_row_is_named()
        {
            string file = $"{Tree}/Parcels/Parcel.cs";
            SourceTree more = SourceTree.KeyServer.With(file, $"namespace {Rooms}.Parcels;\ninternal sealed class Parcel;\n");
            Assert.AreSequenceEqual([$"{file}: is in 0 rooms of the table of {Tree}, wanted one"], RoomOrder.Read(Tree).Check(more));
        }

        [TestMethod]
        public void A_row_without_a_folder_and_a_file_in_two_rooms_are_named()
        {
            string more = Document.Replace("\n| `Lists/`", "\n| `Parcels/` | | |\n| `../keyserver/Store/Col*.cs` | | |\n| `Lists/`", StringComparison.Ordinal);
            Assert.AreSequenceEqual(
                [
                    $"{Tree}/Store/Columns.cs: is in 2 rooms of the table of {Tree}, wanted one",
                    $"Parcels: a row of the table of {Tree} without a file",
                ],
                RoomOrder.Parse(more, Tree).Check(SourceTree.KeyServer));
        }

        /// <summary>Puts a line behind a text that stands once in a file.</summary>
        /// <returns>The changed tree, and the number of the line.</returns>
        private static (SourceTree Changed, int Line) Insert(string file, string anchor, string line, SourceTree? tree = null)
        {
            tree ??= SourceTree.KeyServer;
            string[] parts = tree.Files.Single(f => f.FilePath == file).ToString().Split(anchor);
            Assert.HasCount(2, parts, anchor);
            string before = parts[0] + anchor;
            return (tree.With(file, $"{before}{line}\n{parts[1]}"), before.Count(c => c == '\n') + 1);
        }
    }
}
