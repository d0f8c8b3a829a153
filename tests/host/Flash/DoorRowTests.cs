using System;
using System.IO;
using System.Linq;
using DoorController.Flash;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Flash
{
    /// <summary>Boards of one kind, one after the other.</summary>
    [TestClass]
    [DoNotParallelize]
    public sealed class DoorRowTests : IDisposable
    {
        private readonly StandInBoard _board = new();

        public void Dispose()
        {
            _board.Dispose();
        }

        [TestMethod]
        public void A_folder_of_doors_is_provisioned_one_by_one_with_a_table_at_the_end()
        {
            string doors = WriteDoors("east", "north", "west");
            File.WriteAllBytes(Path.Combine(doors, "north", "list0"), new byte[3]);
            FlashRun run = _board.RunTyping("\n\n\n", All(doors));
            Assert.AreEqual(ExitCode.Failed, run.ExitCode, "the one in the middle failed");
            string[] table = run.Output.TrimEnd('\n').Split('\n')[^3..];
            Assert.AreEqual("east   written, the door itself was not asked", table[0]);
            StringAssert.StartsWith(table[1], "north  failed: list0 beside ", StringComparison.Ordinal);
            Assert.AreEqual("west   written, the door itself was not asked", table[2]);
            Assert.AreEqual(2, _board.Calls.Count(c => c.Contains("--deploy", StringComparison.Ordinal)), "a wrong file is found before the board is touched");
        }

        [TestMethod]
        public void A_door_may_be_left_out_and_an_end_of_the_input_leaves_out_the_rest()
        {
            FlashRun run = _board.RunTyping("skip\n", All(WriteDoors("a", "b")));
            Assert.AreEqual(ExitCode.Failed, run.ExitCode);
            CollectionAssert.AreEqual(new[] { "a  left out", "b  left out" }, run.Output.TrimEnd('\n').Split('\n')[^2..]);
            Assert.AreEqual(0, _board.Calls.Length);
        }

        [TestMethod]
        public void A_door_with_settings_of_its_own_gets_them()
        {
            string doors = WriteDoors("a");
            File.WriteAllText(Path.Combine(doors, "a", "door.json"), "{ \"hold_ms\": 7000 }");
            string[] all = [.. All(doors).Where(o => o != "--settings" && !o.EndsWith("door.json", StringComparison.Ordinal))];
            Assert.AreEqual(ExitCode.NotVerified, _board.RunTyping("\n", all).ExitCode);
            Assert.AreEqual("{ \"hold_ms\": 7000 }", File.ReadAllText(Path.Combine(_board.OnBoard, "door.json")));
        }

        private string WriteDoors(params string[] names)
        {
            string doors = Path.Combine(_board.Folder, "doors");
            foreach (string name in names)
            {
                string door = Path.Combine(doors, name);
                Directory.CreateDirectory(door);
                new DoorFiles().WriteTo(_board.Folder);
                foreach (string file in Directory.EnumerateFiles(Path.Combine(_board.Folder, "keys")))
                {
                    File.Copy(file, Path.Combine(door, Path.GetFileName(file)));
                }
            }

            return doors;
        }

        private string[] All(string doors)
        {
            string[] options = new DoorFiles().WriteTo(_board.Folder);
            options[1] = doors;
            return ["all", "--port", _board.Port, "--image", _board.WriteImage(), .. options];
        }
    }
}
