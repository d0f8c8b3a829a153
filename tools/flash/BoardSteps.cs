using System;
using System.Collections.Generic;
using System.Linq;
using DoorController.Flash.Images;
using DoorController.Flash.Nanoff;
using DoorController.Flash.Provision;

namespace DoorController.Flash
{
    /// <summary>
    /// The steps that put application, settings and keys on a board with nanoFramework. They are made one after the other, since a later one
    /// depends on what an earlier one read; a dry run prints the same ones.
    /// </summary>
    internal sealed class BoardSteps
    {
        private readonly BoardChoice _board;

        /// <summary>Prepares steps.</summary>
        /// <param name="board">The board.</param>
        public BoardSteps(BoardChoice board)
        {
            _board = board;
        }

        private string Port => _board.Port;

        /// <summary>Takes what the chip says.</summary>
        /// <param name="result">nanoff's answer.</param>
        /// <param name="board">Gets what was read.</param>
        /// <exception cref="FlashException">The chip does not answer, or cannot run the door.</exception>
        public static void ReadChip(NanoffResult result, BoardChoice board)
        {
            ChipDetails? chip = ChipDetails.Parse(result.Output);
            NanoffFault.Require(result, "reading the chip", chip != null, board.Port, board.Platform);
            board.Judge(chip!);
        }

        /// <summary>Reads what runs on the board.</summary>
        /// <param name="result">nanoff's answer.</param>
        /// <param name="job">What it is for.</param>
        /// <param name="board">The board.</param>
        /// <exception cref="FlashException">No nanoFramework answers.</exception>
        public static DeviceDetails ReadDetails(NanoffResult result, string job, BoardChoice board)
        {
            DeviceDetails? details = DeviceDetails.Parse(result.Output);
            NanoffFault.Require(result, job, details != null, board.Port, board.Platform);
            return details!;
        }

        /// <summary>Sees that the firmware on the board goes with the application.</summary>
        /// <param name="image">The application.</param>
        public Step SeeFirmware(AppImage image)
        {
            return new Step(
                "See that the firmware goes with the application",
                NanoffCommand.Details(Port),
                r => RequireNatives(ReadDetails(r, "reading the board", _board), image));
        }

        /// <summary>Writes the door's application and reads back that it is there.</summary>
        public IEnumerable<Step> App(AppImage image)
        {
            const string job = "Deploying managed application...";
            yield return new Step(
                "Write the application",
                NanoffCommand.Deploy(Port, image.FilePath),
                r => Require(r, "writing the application", r.SaysOk(job)));
            yield return new Step("Read the application back", NanoffCommand.Details(Port), r => ReadAppBack(r, image));
        }

        /// <summary>Sees that the application is there, which takes the files in.</summary>
        public Step SeeApp()
        {
            return new Step("See that the application is on the board", NanoffCommand.Details(Port), r => RequireDoor(ReadDetails(r, "reading the board", _board)));
        }

        /// <summary>Writes Wi-Fi, settings, keys and lists, and restarts the board so that the door takes them in.</summary>
        /// <param name="material">What to write.</param>
        /// <param name="store">Keeps a file in the private folder and gives its path; a dry run gives a path and keeps nothing.</param>
        public IEnumerable<Step> Provision(ProvisioningMaterial material, Func<string, byte[], string> store)
        {
            if (material.Wifi is WifiSettings wifi)
            {
                yield return Network(wifi, store);
            }

            yield return Files(material, store);
            yield return new Step("Restart the board", NanoffCommand.Chip(Port), r => ReadChip(r, _board));
        }

        /// <summary>Reads firmware and application without restarting the door.</summary>
        /// <param name="image">What should be on the board; null takes any version.</param>
        public IEnumerable<Step> Check(AppImage? image)
        {
            yield return new Step(
                "Read firmware and application",
                NanoffCommand.Details(Port),
                r =>
                {
                    DeviceDetails details = ReadDetails(r, "reading the board", _board);
                    RequireDoor(details);
                    if (image != null)
                    {
                        RequireNatives(details, image);
                        RequireVersions(details, image);
                    }
                });
        }

        private Step Network(WifiSettings wifi, Func<string, byte[], string> store)
        {
            string document = store("wifi.json", Utf8(DeploymentDocuments.Network(Port, wifi, hide: false)));
            return new Step(
                "Write the Wi-Fi settings",
                NanoffCommand.Network(Port, document),
                r => Require(
                    r,
                    "writing the Wi-Fi settings",
                    r.SaysOk("Updating network configuration...") && r.SaysOk("Updating wireless configuration...")))
            {
                Documents = [(document, DeploymentDocuments.Network(Port, wifi, hide: true))],
            };
        }

        private Step Files(ProvisioningMaterial material, Func<string, byte[], string> store)
        {
            (string Name, string Source)[] files = material.Files.Select(f => (f.Name, store(f.Name, f.Content))).ToArray();
            string text = DeploymentDocuments.Files(Port, files);
            string document = store("files.json", Utf8(text));
            return new Step("Write settings, keys and lists", NanoffCommand.Files(Port, document), r => JudgeFiles(r, files))
            {
                Documents = [(document, text)],
            };
        }

        private void ReadAppBack(NanoffResult result, AppImage image)
        {
            DeviceDetails details = ReadDetails(result, "reading the application back", _board);
            if (!details.HasDoor)
            {
                throw new FlashException("nanoff reported the application as written, but it is not on the board", "run the command app again");
            }

            RequireVersions(details, image);
        }

        private void JudgeFiles(NanoffResult result, (string Name, string Source)[] files)
        {
            foreach ((string name, string source) in files)
            {
                string destination = DeploymentDocuments.OnBoard(name);
                Require(result, $"writing the file {destination}", result.SaysOk($"Deploying file {source} to {destination}..."));
            }
        }

        private void Require(NanoffResult result, string job, bool seen)
        {
            NanoffFault.Require(result, job, seen, Port, _board.Platform);
        }

        private static void RequireNatives(DeviceDetails details, AppImage image)
        {
            NativeMatch.Require(image, details.Natives, details.Target, details.ClrVersion);
        }

        private static void RequireDoor(DeviceDetails details)
        {
            if (!details.HasDoor)
            {
                throw new FlashException("the door's application is not on the board", "run the command app first");
            }
        }

        private static void RequireVersions(DeviceDetails details, AppImage image)
        {
            if (!details.Assemblies.Values.Order().SequenceEqual(image.Versions))
            {
                throw new FlashException("the board has another version of the application than " + image.FilePath, "run the command app");
            }
        }

        private static byte[] Utf8(string text)
        {
            return System.Text.Encoding.UTF8.GetBytes(text);
        }
    }
}
