using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using DoorController.Flash;
using DoorController.Flash.Provision;
using DoorController.Issuer;
using DoorController.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Flash
{
    /// <summary>Whatever bytes stand in a file that the flash tool or the sim is given: it is taken, or refused with one line that is documented.</summary>
    [TestClass]
    [DoNotParallelize]
    public sealed class OutsideBytesTests : IDisposable
    {
        private const int Rounds = 400;
        private const string HalfACharacter = "{\"name\":\"Ada \\ud83d\"}";

        private readonly StandInBoard _board = new();
        private readonly DoorFiles _files = new();

        private static readonly byte[][] Pieces =
        [
            [0xEF, 0xBB, 0xBF], [0xFF, 0xFE], [0xFE, 0xFF], [0], [0x80], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5], "\\ud83d"u8.ToArray(), "\\udc00\\ud800"u8.ToArray(),
            "\\u0000"u8.ToArray(), "\r\n"u8.ToArray(), "{\"\\ud83d\":1}"u8.ToArray(), "[\"\\ud83d\"]"u8.ToArray(), "\"name\":null,"u8.ToArray(),
            "\"settings\":{\"server\":[]},"u8.ToArray(), "\"floors\":1e9999,"u8.ToArray(), "\"hold_ms\":5e3,"u8.ToArray(), "[[[[[[[[[[[[[[[[[[[["u8.ToArray(),
            [.. Enumerable.Repeat((byte)'9', 400)],
        ];

        public void Dispose()
        {
            _board.Dispose();
        }

        [TestMethod]
        public void Every_reader_takes_or_refuses_any_bytes()
        {
            string folder = Path.Combine(_board.Folder, "bytes");
            string path = Path.Combine(folder, "provision");
            Directory.CreateDirectory(folder);
            (string Name, byte[] Good, Action Read)[] readers =
            [
                ("door.json", "{\"hold_ms\":5000,\"server\":\"10.0.0.5\"}"u8.ToArray(), () => DoorSettings.Load(path, 8)),
                ("register.json", "{\"name\":\"Lobby\",\"floors\":0,\"settings\":{\"hold_ms\":5000}}"u8.ToArray(), () => ReadRegistration(path)),
                ("provision", _files.Bundle, () => ProvisioningSet.FromFolder(folder)),
                ("password", "correct horse\n"u8.ToArray(), () => WifiSettings.Make("site", InputFile.ReadLine("--wifi-password-file", path, 4096))),
                ("instant key", File.ReadAllBytes(Path.Combine(Vectors.Root(), "tools/sim/instant-key.example.json")), () => InstantKey.Parse(File.ReadAllBytes(path))),
            ];
            foreach ((string name, byte[] good, Action read) in readers)
            {
                int refused = 0;
                Random random = new(14);
                for (int round = 0; round < Rounds; round++)
                {
                    byte[] bytes = round == 0 ? good : Spoil(good, random);
                    File.WriteAllBytes(path, bytes);
                    refused += Refuses(read, name, bytes) ? 1 : 0;
                }

                Assert.IsTrue(refused is > Rounds / 2 and < Rounds, $"{name}: {refused} of {Rounds} refused");
            }
        }

        [TestMethod]
        public void Every_list_file_is_taken_or_refused()
        {
            Random random = new(15);
            string[] options = _files.WriteTo(_board.Folder);
            string list = Path.Combine(options[1], "list0");
            for (int round = 0; round < Rounds; round++)
            {
                byte[] bytes = Spoil(_files.Lists[0]!, random);
                File.WriteAllBytes(list, bytes);
                Refuses(() => ProvisioningSet.FromFolder(options[1]), "list0", bytes);
            }
        }

        [TestMethod]
        [DataRow("--settings", HalfACharacter, "has half a character")]
        [DataRow("--register", HalfACharacter, "has half a character")]
        [DataRow("--register", "{\"\\udc00\":1}", "has half a character")]
        [DataRow("--register", "{\"name\":5}", "name: wanted 1 to 26 printable ASCII characters")]
        [DataRow("--register", "{\"name\":\"A\",\"floors\":\"4\"}", "floors: wanted a whole number")]
        [DataRow("--register", "{\"name\":\"A\",\"settings\":7}", "settings: wanted an object")]
        [DataRow("--api-key-file", "two\nlines", "the API key is empty, or holds something that is in no key")]
        [DataRow("--api-key-file", "", "the API key is empty")]
        public void What_is_wrong_in_a_file_is_said_before_the_board_is_touched(string option, string content, string line)
        {
            string path = Path.Combine(_board.Folder, "outside");
            File.WriteAllText(path, content);
            string[] options = Register();
            options[Array.IndexOf(options, option) + 1] = path;
            _board.Run(options).AssertOneLine(ExitCode.BadInput, line);
            Assert.AreEqual(0, _board.Calls.Length);
        }

        [TestMethod]
        [DataRow("utf-8", true, "\n")]
        [DataRow("utf-8", true, "\r\n")]
        [DataRow("utf-16", true, "\r\n")]
        [DataRow("utf-16BE", true, "\r\n")]
        public void Each_encoding_that_an_editor_writes_is_taken_everywhere_and_the_board_gets_UTF_8(string encoding, bool mark, string end)
        {
            _files.Settings = "{" + end + "\"hold_ms\": 6000" + end + "}" + end;
            string[] options = _files.WriteTo(_board.Folder);
            Encoding form = Encoding.GetEncoding(encoding);
            byte[] Coded(string text) => [.. mark ? form.GetPreamble() : [], .. form.GetBytes(text)];
            File.WriteAllBytes(Path.Combine(_board.Folder, "door.json"), Coded(_files.Settings));
            File.WriteAllBytes(Path.Combine(_board.Folder, "wifi-password"), Coded("correct horse" + end));
            _board.Target = "ESP32_S3_OCTAL";
            _board.PutApp("1.0.0.0");
            _board.Run(["provision", "--port", _board.Port, .. options]).AssertOneLine(ExitCode.NotVerified, "not asked");
            CollectionAssert.AreEqual(Encoding.UTF8.GetBytes(_files.Settings), File.ReadAllBytes(Path.Combine(_board.OnBoard, "door.json")));
            StringAssert.Contains(File.ReadAllText(Path.Combine(_board.Folder, "wifi.json")), "\"Password\": \"correct horse\"", StringComparison.Ordinal);
            string registration = Path.Combine(_board.Folder, "coded.json");
            File.WriteAllBytes(registration, Coded("{" + end + "\"name\": \"Lobby\"}" + end));
            Assert.AreEqual("Lobby", (string?)Registration.Load("--register", registration).Fields["name"]);
            File.WriteAllBytes(registration, Coded(File.ReadAllText(Path.Combine(Vectors.Root(), "tools/sim/instant-key.example.json")).ReplaceLineEndings(end)));
            Assert.AreNotEqual(Guid.Empty, InstantKey.Parse(File.ReadAllBytes(registration)).InstantKeyId);
        }

        [TestMethod]
        public void A_folder_in_place_of_a_file_is_said()
        {
            string[] options = Register();
            options[Array.IndexOf(options, "--register") + 1] = _board.Folder;
            _board.Run(options).AssertOneLine(ExitCode.BadInput, "cannot be read");
        }

        private static void ReadRegistration(string path)
        {
            Registration registration = Registration.Load("--register", path);
            _ = registration.Server ?? registration.ServerPort?.ToString();
        }

        private static bool Refuses(Action read, string name, byte[] bytes)
        {
            try
            {
                read();
                return false;
            }
            catch (Exception e) when (e is FlashException or InstantKeyException)
            {
                Assert.AreEqual(-1, e.Message.IndexOfAny(['\n', '\r', '\u001b']), e.Message);
                return true;
            }
            catch (Exception e)
            {
                throw new AssertFailedException($"{name}: {Convert.ToHexString(bytes)}: {e.Message}", e);
            }
        }

        /// <summary>Puts pieces that are known to hurt, and random ones, into random places.</summary>
        private static byte[] Spoil(byte[] good, Random random)
        {
            List<byte> bytes = [.. good];
            for (int i = random.Next(1, 4); i > 0; i--)
            {
                byte[] piece = Pieces[random.Next(Pieces.Length)];
                int at = random.Next(4) == 0 ? 0 : random.Next(bytes.Count + 1);
                switch (random.Next(3))
                {
                    case 0:
                        bytes.InsertRange(at, piece);
                        break;
                    case 1 when at < bytes.Count:
                        bytes[at] = (byte)random.Next(256);
                        break;
                    default:
                        bytes.RemoveRange(at, Math.Min(bytes.Count - at, random.Next(8)));
                        break;
                }
            }

            return [.. bytes];
        }

        private string[] Register()
        {
            _files.WriteTo(_board.Folder);
            string registration = Path.Combine(_board.Folder, "register.json");
            File.WriteAllText(registration, "{\"name\":\"Lobby east\"}");
            string key = Path.Combine(_board.Folder, "api-key");
            File.WriteAllText(key, "the-api-key\n");
            return
            [
                "provision", "--port", _board.Port, "--settings", Path.Combine(_board.Folder, "door.json"), "--server", "http://127.0.0.1:9/",
                "--register", registration, "--api-key-file", key,
            ];
        }
    }
}
