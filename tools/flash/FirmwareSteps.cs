using System;
using System.Collections.Generic;
using System.IO;
using DoorController.Flash.Images;
using DoorController.Flash.Nanoff;

namespace DoorController.Flash
{
    /// <summary>The steps that put nanoFramework on a board. They are made one after the other, since a later one depends on what an earlier one read.</summary>
    internal sealed class FirmwareSteps
    {
        /// <summary>Stands for the version in a dry run, which has not looked for an image.</summary>
        private const string DryVersion = "VERSION";

        private readonly BoardChoice _board;
        private readonly FirmwareSource _source;
        private readonly string _folder;
        private readonly bool _dryRun;
        private FirmwareImage? _image;

        /// <summary>Prepares steps.</summary>
        /// <param name="board">The board.</param>
        /// <param name="source">Where the image comes from.</param>
        /// <param name="folder">Private folder, for a copy of the flash and for an image that is downloaded.</param>
        /// <param name="dryRun">True when the steps are only printed.</param>
        public FirmwareSteps(BoardChoice board, FirmwareSource source, string folder, bool dryRun)
        {
            _board = board;
            _source = source;
            _folder = folder;
            _dryRun = dryRun;
        }

        private string Archive => _source.Archive ?? Path.Combine(_folder, "image");

        private string Target => _board.Target ?? throw new InvalidOperationException("the chip is read first");

        private string ImageVersion => _image?.Version.ToString() ?? DryVersion;

        /// <summary>Writes nanoFramework with Bluetooth and reads back that it runs. Nothing is erased before the image was looked into.</summary>
        /// <param name="firstTime">Erases the board first, unless it is a door already.</param>
        public IEnumerable<Step> Write(bool firstTime)
        {
            yield return ReadChip();
            foreach (Step step in TakeImage())
            {
                yield return step;
            }

            if (firstTime)
            {
                yield return new Step("See that the board is no door yet", NanoffCommand.Details(_board.Port), RefuseDoor);
                yield return ReadFlash();
            }

            yield return Update(firstTime);
            yield return new Step("Read the firmware back", NanoffCommand.Details(_board.Port), ReadBack);
        }

        /// <summary>Erases everything, keys included, and leaves bare nanoFramework.</summary>
        public IEnumerable<Step> Wipe()
        {
            yield return ReadChip();
            foreach (Step step in TakeImage())
            {
                yield return step;
            }

            yield return Update(erase: true);
            yield return new Step("See that the door is gone", NanoffCommand.Details(_board.Port), SeeDoorGone);
        }

        private Step ReadChip()
        {
            if (_dryRun)
            {
                _board.ChooseDry();
            }

            return new Step("Read the chip", NanoffCommand.Chip(_board.Port), r => BoardSteps.ReadChip(r, _board));
        }

        private IEnumerable<Step> TakeImage()
        {
            string? version = _source.VersionFor(Target);
            if (_source.Archive == null)
            {
                yield return new Step(
                    "Download the image",
                    NanoffCommand.Download(Target, version, Archive),
                    r => Require(r, "downloading the image", FirmwareImage.Find(Archive, Target, version) != null));
            }

            yield return Step.Look($"Look into the image of {Target} in {Archive}" + (_source.App == null ? string.Empty : ": it must go with the application"), () => LookInto(version));
        }

        private void LookInto(string? version)
        {
            _image = FirmwareImage.Find(Archive, Target, version)
                ?? throw FlashException.Input(
                    $"--archive {Archive} has no image {Target}{(version == null ? string.Empty : " " + version)}",
                    $"fill it with {NanoffCommand.FillArchive(Target)}");
            if (_source.App is not AppImage app)
            {
                return;
            }

            NativeTable natives = _image.ReadNatives()
                ?? throw new FlashException(
                    $"no table of native assemblies is found in {_image.FilePath}, so nobody can tell whether the application runs on it",
                    "take another image; or, if you know that it goes with the application, say --unchecked-image");
            NativeMatch.Require(app, natives, Target, ImageVersion);
        }

        private Step Update(bool erase)
        {
            return new Step(
                erase ? "Erase the board and write the firmware" : "Write the firmware",
                NanoffCommand.Update(_board.Port, Target, Archive, ImageVersion, erase),
                r => Require(r, "writing the firmware", !r.SaysNothingDone));
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

            if (BoardSteps.ReadDetails(result, "reading the board", _board).HasDoor)
            {
                throw new FlashException(
                    "this board is a door already, and --first-time would erase its keys",
                    "leave --first-time out, or run wipe first if the door is to go");
            }
        }

        private Step ReadFlash()
        {
            const string file = "flash.bin";
            return new Step(
                "Read the flash, to see that no keys are on it",
                NanoffCommand.Backup(_board.Port, _folder, file),
                r => RefuseFileSystem(r, Path.Combine(_folder, file)));
        }

        private void RefuseFileSystem(NanoffResult result, string copy)
        {
            Require(result, "reading the flash", !result.SaysNothingDone);
            if (FlashContent.HasFileSystem(copy, _board.FlashMegabytes))
            {
                throw new FlashException(
                    "the flash of this board has a file system, which may hold a door's keys",
                    "leave --first-time out, nothing needs erasing then; or run wipe first if a door is to go");
            }
        }

        private void ReadBack(NanoffResult result)
        {
            DeviceDetails? details = DeviceDetails.Parse(result.Output);
            if (details == null || result.AdmitsFailure)
            {
                throw new FlashException(
                    $"nanoff reported the firmware as written, but none answers on {_board.Port}",
                    "press RESET and run the command again; on an S3 hold BOOT while you press RESET first");
            }

            if (details.Target != Target)
            {
                throw new FlashException(
                    $"nanoff reported {Target} as written, but the board runs {details.Target}",
                    "run the command again; if it stays, hold BOOT while you press RESET first");
            }

            if (details.ClrVersion != ImageVersion)
            {
                throw new FlashException($"nanoff reported version {ImageVersion} as written, but the board runs {details.ClrVersion}", "run the command again");
            }

            if (_source.App is AppImage app)
            {
                NativeMatch.Require(app, details.Natives, details.Target, details.ClrVersion);
            }
        }

        private void SeeDoorGone(NanoffResult result)
        {
            if (BoardSteps.ReadDetails(result, "reading the board after the wipe", _board).HasDoor)
            {
                throw new FlashException("nanoff reported the board as erased, but the door is still on it", "do not let the board leave: run wipe again");
            }
        }

        private void Require(NanoffResult result, string job, bool seen)
        {
            NanoffFault.Require(result, job, seen, _board.Port, _board.Platform);
        }
    }
}
