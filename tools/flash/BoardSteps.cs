using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using DoorController.Flash.Nanoff;
using DoorController.Flash.Provision;

namespace DoorController.Flash
{
    /// <summary>
    /// The steps of each command for the board on one port. They are made one after the other, since a later one depends on what an
    /// earlier one read; a dry run prints the same ones.
    /// </summary>
    internal sealed class BoardSteps
    {
        private readonly string _port;
        private readonly Platform _platform;
        private readonly string? _wishedTarget;
        private Variant? _variant;
        private string? _target;
        private int _flashMegabytes;

        /// <summary>Prepares steps.</summary>
        /// <param name="port">Serial port of the board.</param>
        /// <param name="platform">For advice.</param>
        /// <param name="variant">The board the user named; null lets the chip say.</param>
        /// <param name="wishedTarget">The image the user named; null lets the chip decide.</param>
        public BoardSteps(string port, Platform platform, Variant? variant, string? wishedTarget)
        {
            _port = port;
            _platform = platform;
            _wishedTarget = wishedTarget;
            _variant = variant;
            _target = variant?.ChooseTarget(null, wishedTarget);
        }

        /// <summary>Writes nanoFramework with Bluetooth and reads back that it runs.</summary>
        /// <param name="source">Where the image comes from.</param>
        /// <param name="firstTime">Erases the board first, unless it is a door already.</param>
        /// <param name="folder">Private folder, for a copy of the flash of a board on which nothing answers.</param>
        public IEnumerable<Step> Firmware(FirmwareSource source, bool firstTime, string folder)
        {
            yield return ReadChip();
            if (firstTime)
            {
                yield return new Step("See that the board is no door yet", NanoffCommand.Details(_port), RefuseDoor);
                yield return ReadFlash(folder);
            }

            yield return Update(source, firstTime);
            yield return new Step("Read the firmware back", NanoffCommand.Details(_port), r => ReadFirmwareBack(r, source));
        }

        /// <summary>What the person should know of the chip that was read; null when there is nothing.</summary>
        public string? Note { get; private set; }

        /// <summary>Writes the door's application and reads back that it is there.</summary>
        public IEnumerable<Step> App(AppImage image)
        {
            const string job = "Deploying managed application...";
            yield return new Step(
                "Write the application",
                NanoffCommand.Deploy(_port, image.FilePath),
                r => Require(r, "writing the application", r.SaysOk(job)));
            yield return new Step("Read the application back", NanoffCommand.Details(_port), r => ReadAppBack(r, image));
        }

        /// <summary>Sees that the application is there, which takes the files in.</summary>
        public Step SeeApp()
        {
            return new Step("See that the application is on the board", NanoffCommand.Details(_port), r => RequireDoor(ReadDetails(r, "reading the board")));
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
            yield return new Step("Restart the board", NanoffCommand.Chip(_port), JudgeChip);
        }

        /// <summary>Erases everything, keys included, and leaves bare nanoFramework.</summary>
        public IEnumerable<Step> Wipe(FirmwareSource source)
        {
            yield return ReadChip();
            yield return Update(source, erase: true);
            yield return new Step("See that the door is gone", NanoffCommand.Details(_port), SeeDoorGone);
        }

        /// <summary>Reads firmware and application without restarting the door.</summary>
        /// <param name="image">What should be on the board; null takes any version.</param>
        public IEnumerable<Step> Check(AppImage? image)
        {
            yield return new Step(
                "Read firmware and application",
                NanoffCommand.Details(_port),
                r =>
                {
                    DeviceDetails details = ReadDetails(r, "reading the board");
                    RequireNatives(details);
                    RequireDoor(details);
                    if (image != null)
                    {
                        RequireVersions(details, image);
                    }
                });
        }

        private Step ReadChip()
        {
            return new Step("Read the chip", NanoffCommand.Chip(_port), JudgeChip);
        }

        private Step Update(FirmwareSource source, bool erase)
        {
            string target = _target ?? throw new InvalidOperationException("the chip is read first");
            return new Step(
                erase ? "Erase the board and write the firmware" : "Write the firmware",
                NanoffCommand.Update(_port, target, source, erase),
                r => Require(r, "writing the firmware", !r.SaysNothingDone));
        }

        private Step Network(WifiSettings wifi, Func<string, byte[], string> store)
        {
            string document = store("wifi.json", Utf8(DeploymentDocuments.Network(_port, wifi, hide: false)));
            return new Step(
                "Write the Wi-Fi settings",
                NanoffCommand.Network(_port, document),
                r => Require(
                    r,
                    "writing the Wi-Fi settings",
                    r.SaysOk("Updating network configuration...") && r.SaysOk("Updating wireless configuration...")))
            {
                Documents = [(document, DeploymentDocuments.Network(_port, wifi, hide: true))],
            };
        }

        private Step Files(ProvisioningMaterial material, Func<string, byte[], string> store)
        {
            (string Name, string Source)[] files = material.Files.Select(f => (f.Name, store(f.Name, f.Content))).ToArray();
            string text = DeploymentDocuments.Files(_port, files);
            string document = store("files.json", Utf8(text));
            return new Step("Write settings, keys and lists", NanoffCommand.Files(_port, document), r => JudgeFiles(r, files))
            {
                Documents = [(document, text)],
            };
        }

        private void JudgeChip(NanoffResult result)
        {
            ChipDetails? chip = ChipDetails.Parse(result.Output);
            Require(result, "reading the chip", chip != null);
            _variant ??= Variant.ByChip(chip!);
            _flashMegabytes = chip!.FlashMegabytes;
            Note = chip.PsramMegabytes > 0
                ? null
                : "this board has no PSRAM, and the application does not fit into its heap: firmware/BUILD.md, \"Does it fit?\"";
            _target = _variant.ChooseTarget(chip, _wishedTarget);
        }

        /// <summary>
        /// A board whose loader answered on this port and on which no nanoFramework answers may be new, or a door that is stuck; one without
        /// the application may have kept its keys: the flash tells. Any other failure is no proof of anything, and ends the command.
        /// </summary>
        private void RefuseDoor(NanoffResult result)
        {
            if (result.SaysNoNanoFramework)
            {
                return;
            }

            if (ReadDetails(result, "reading the board").HasDoor)
            {
                throw new FlashException(
                    "this board is a door already, and --first-time would erase its keys",
                    "leave --first-time out, or run wipe first if the door is to go");
            }
        }

        private Step ReadFlash(string folder)
        {
            const string file = "flash.bin";
            return new Step(
                "Read the flash, to see that no keys are on it",
                NanoffCommand.Backup(_port, folder, file),
                r => RefuseFileSystem(r, Path.Combine(folder, file)));
        }

        private void RefuseFileSystem(NanoffResult result, string copy)
        {
            Require(result, "reading the flash", !result.SaysNothingDone);
            if (FlashContent.HasFileSystem(copy, _flashMegabytes))
            {
                throw new FlashException(
                    "the flash of this board has a file system, which may hold a door's keys",
                    "leave --first-time out, nothing needs erasing then; or run wipe first if a door is to go");
            }
        }

        private void ReadFirmwareBack(NanoffResult result, FirmwareSource source)
        {
            DeviceDetails? details = DeviceDetails.Parse(result.Output);
            if (details == null || result.AdmitsFailure)
            {
                throw new FlashException(
                    $"nanoff reported the firmware as written, but none answers on {_port}",
                    "press RESET and run the command again; on an S3 hold BOOT while you press RESET first");
            }

            if (details.Target != _target)
            {
                throw new FlashException(
                    $"nanoff reported {_target} as written, but the board runs {details.Target}",
                    "run the command again; if it stays, hold BOOT while you press RESET first");
            }

            if (source.Version != null && details.ClrVersion != source.Version)
            {
                throw new FlashException(
                    $"nanoff reported version {source.Version} as written, but the board runs {details.ClrVersion}",
                    "run the command again");
            }

            RequireNatives(details);
        }

        private void ReadAppBack(NanoffResult result, AppImage image)
        {
            DeviceDetails details = ReadDetails(result, "reading the application back");
            if (!details.HasDoor)
            {
                throw new FlashException("nanoff reported the application as written, but it is not on the board", "run the command app again");
            }

            RequireVersions(details, image);
        }

        private void SeeDoorGone(NanoffResult result)
        {
            if (ReadDetails(result, "reading the board after the wipe").HasDoor)
            {
                throw new FlashException("nanoff reported the board as erased, but the door is still on it", "do not let the board leave: run wipe again");
            }
        }

        private void JudgeFiles(NanoffResult result, (string Name, string Source)[] files)
        {
            foreach ((string name, string source) in files)
            {
                string destination = DeploymentDocuments.OnBoard(name);
                Require(result, $"writing the file {destination}", result.SaysOk($"Deploying file {source} to {destination}..."));
            }
        }

        private DeviceDetails ReadDetails(NanoffResult result, string job)
        {
            DeviceDetails? details = DeviceDetails.Parse(result.Output);
            Require(result, job, details != null);
            return details!;
        }

        private void Require(NanoffResult result, string job, bool seen)
        {
            if (result.AdmitsFailure)
            {
                throw NanoffFault.Explain(result, job, _port, _platform);
            }

            if (!seen)
            {
                throw new FlashException(
                    $"{job} failed on {_port}: nanoff ended with success, but does not say that it did it",
                    "run it by hand from --dry-run to see what it says");
            }
        }

        private static void RequireNatives(DeviceDetails details)
        {
            if (details.NativeChecksums.Contains(NativeAssemblies.Rmt2))
            {
                throw new FlashException(
                    $"the firmware {details.Target} {details.ClrVersion} is older than 23 August 2026: it has RMT 2.x, and the application wants 3.x",
                    $"run the command firmware with --archive FOLDER, filled by nanoff --updatearchive --platform esp32 --target {details.Target} --archivepath FOLDER, or without for the newest");
            }

            IReadOnlyList<string> missing = NativeAssemblies.MissingFrom(details.NativeChecksums);
            if (missing.Count > 0)
            {
                throw new FlashException(
                    $"the firmware {details.Target} {details.ClrVersion} does not fit the application: other or no {string.Join(", ", missing)}",
                    "run the command firmware with the --firmware-version that the README names");
            }
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
