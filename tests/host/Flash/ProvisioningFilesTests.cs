using System;
using System.IO;
using DoorController.Flash;
using DoorController.Flash.Provision;
using DoorController.Issuer;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Flash
{
    /// <summary>A bundle, list or setting that is wrong is found before the board is touched.</summary>
    [TestClass]
    [DoNotParallelize]
    public sealed class ProvisioningFilesTests : IDisposable
    {
        private readonly StandInBoard _board = new();
        private readonly DoorFiles _files = new();

        public void Dispose()
        {
            _board.Dispose();
        }

        [TestMethod]
        public void A_bundle_says_whose_it_is()
        {
            DoorBundle bundle = DoorBundle.Parse(_files.Bundle, "test");
            Assert.AreEqual(DoorFiles.DoorId, bundle.DoorId);
            Assert.AreEqual(DoorFiles.BundleVersion, bundle.Version);
            Assert.AreEqual(1, bundle.Generation);
            Assert.AreEqual("Lobby east", bundle.Name);
            CollectionAssert.AreEqual(new[] { 100, 200 }, (System.Collections.ICollection)bundle.Scopes);
        }

        [TestMethod]
        [DataRow(0, 8, "begins with 8, a bundle begins with 9")]
        [DataRow(70, 1, "1 scopes, that does not fit together")]
        [DataRow(70, 200, "200 scopes, that does not fit together")]
        [DataRow(43, 0, "a door name that is not 1 to 26 ASCII characters")]
        [DataRow(43, 27, "a door name that is not 1 to 26 ASCII characters")]
        [DataRow(44, 7, "a door name that is not 1 to 26 ASCII characters")]
        [DataRow(80, 0, "has a generation that is 0")]
        [DataRow(69, 1, "bytes that are not zero where they must be")]
        [DataRow(74, 64, "a door index above 63 in scope slot 0")]
        public void A_bundle_with_a_bad_field_is_refused(int offset, int value, string line)
        {
            byte[] bundle = _files.Bundle[..^4];
            bundle[offset] = (byte)value;
            _files.Bundle = DoorFiles.Seal(bundle);
            AssertRefused(line);
        }

        [TestMethod]
        public void What_the_issuer_makes_is_taken_and_answers_alike()
        {
            SiteRoot root = new(new byte[32]);
            Bundle bundle = new(7, 99, 2, "Car 3", [new BundleScope(5, 0, 1)]);
            byte[] list = ListBlob.ForDoor(root, 99, 2, ListBlob.Full(new ListHeader(5, 1_790_000_000, 1, 1, 0), [0x80]));
            ProvisioningSet set = ProvisioningSet.Make(bundle.EncodeProvisioning(root), slot => list, "issuer");
            Assert.AreEqual("Car 3", set.Bundle.Name);
            byte[] challenge = [8, 7, 6, 5, 4, 3, 2, 1];
            string wanted = ServerBlobs.TechnicianResponse(root, 99, 2, challenge, 1);
            Assert.AreEqual(wanted, Technician.Answer(set.Bundle, "strike", Convert.ToHexString(challenge)));
        }

        [TestMethod]
        public void A_damaged_or_short_bundle_is_refused()
        {
            _files.Bundle[20] ^= 1;
            AssertRefused("is damaged (its CRC-32 is wrong)");
            _files.Bundle = _files.Bundle[..40];
            AssertRefused("has 40 bytes");
        }

        [TestMethod]
        public void A_list_of_another_scope_another_door_or_another_form_is_refused()
        {
            _files.Lists[1] = DoorFiles.MakeList(100);
            AssertRefused("is not the list of scope 200, which is in slot 1");
            _files.Lists[1] = DoorFiles.MakeList(200);
            _files.Lists[1]![^1] ^= 1;
            AssertRefused("is not made for door 4711");
            _files.Lists[1] = DoorFiles.MakeList(200, baseVersion: 5);
            AssertRefused("is a delta");
            _files.Lists[1] = new byte[10];
            AssertRefused("is no list");
        }

        [TestMethod]
        [DataRow("[]", "is no JSON object")]
        [DataRow("{", "is no JSON at line 1, byte 2")]
        [DataRow("{ \"hold_ms\": 100 }", "door.json: hold_ms: wanted 500 to 20000, is 100")]
        [DataRow("{ \"hold_ms\": \"5\" }", "door.json: hold_ms: wanted a whole number")]
        [DataRow("{ \"has_rex\": true }", "door.json: has_rex: wanted a whole number")]
        [DataRow("{ \"hold_s\": 5 }", "door.json: hold_s: no such field")]
        [DataRow("{ \"floors\": 9 }", "door.json: floors: wanted 0 to 8, is 9")]
        [DataRow("{ \"hold_ms\": 5000, \"hold_ms\": 6000 }", "has the name hold_ms twice in one object at line 1, byte 20")]
        public void Settings_that_the_door_would_refuse_are_refused_before_the_board_is_touched(string settings, string line)
        {
            _files.Settings = settings;
            AssertRefused(line);
        }

        [TestMethod]
        public void Floors_are_judged_for_the_board_that_was_named()
        {
            _files.Settings = "{ \"floors\": 5 }";
            string[] command = ["provision", "--port", _board.Port, "--board", "esp32", .. _files.WriteTo(_board.Folder)];
            _board.Run(command).AssertOneLine(ExitCode.BadInput, "door.json: floors: wanted 0 to 4, is 5");
        }

        [TestMethod]
        [DataRow("short", "has 5 characters")]
        [DataRow("contraseña", "not ASCII")]
        public void A_password_that_WPA2_does_not_take_is_refused(string password, string part)
        {
            FlashException e = Assert.ThrowsExactly<FlashException>(() => WifiSettings.Make("site", password));
            StringAssert.Contains(e.Message, part, StringComparison.Ordinal);
            Assert.AreEqual(ExitCode.BadInput, e.ExitCode);
        }

        [TestMethod]
        [DataRow("strike", 1)]
        [DataRow("reboot", 2)]
        public void Respond_answers_as_the_protocol_says(string command, int number)
        {
            string[] options = _files.WriteTo(_board.Folder);
            byte[] challenge = [0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF];
            FlashRun run = _board.Run("respond", command, "--challenge", "0123 4567 89ab CDEF", options[0], options[1]).AssertDone();
            Assert.AreEqual(DoorFiles.Answer(challenge, (byte)number) + "\n", run.Output);
        }

        [TestMethod]
        public void Respond_refuses_what_is_no_challenge_and_no_command()
        {
            string[] options = _files.WriteTo(_board.Folder);
            _board.Run("respond", "strike", "--challenge", "0123", options[0], options[1]).AssertOneLine(ExitCode.BadInput, "is not 16 hex digits");
            _board.Run("respond", "log", "--challenge", "0123456789abcdef", options[0], options[1]).AssertOneLine(ExitCode.BadInput, "log asks for no answer");
            _board.Run("respond", "strike", "--challenge", "0123456789abcdef").AssertOneLine(ExitCode.BadInput, "give --from");
        }

        [TestMethod]
        public void A_secret_that_cannot_be_removed_is_said()
        {
            SecretFolder folder = SecretFolder.Create(_board.PrivateRoot);
            folder.Write("key", [1, 2, 3]);
            Directory.Move(folder.FullPath, folder.FullPath + "-moved");
            FlashException e = Assert.ThrowsExactly<FlashException>(folder.Dispose);
            StringAssert.Contains(e.Message, "secrets are left in " + folder.FullPath, StringComparison.Ordinal);
        }

        private void AssertRefused(string line)
        {
            string[] command = ["provision", "--port", _board.Port, .. _files.WriteTo(_board.Folder)];
            _board.Run(command).AssertOneLine(ExitCode.BadInput, line);
            Assert.AreEqual(0, _board.Calls.Length);
        }
    }
}
