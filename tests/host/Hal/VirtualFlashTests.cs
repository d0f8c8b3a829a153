using System;
using System.Collections.Generic;
using System.Linq;
using DoorController.Hal.Host;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Hal
{
    /// <summary>The virtual flash against what littlefs does: where content lives, what a write costs, what a power cut leaves.</summary>
    [TestClass]
    public sealed class VirtualFlashTests
    {
        private readonly VirtualFlash _flash = new();

        [TestMethod]
        public void SmallFileLivesInTheMetadata_AndTakesNoBlock()
        {
            int free = _flash.Blocks.Free;
            Put("small", 512);
            Assert.AreEqual(free, _flash.Blocks.Free);
            Put("small", 513);
            Assert.AreEqual(free - 1, _flash.Blocks.Free);
            Put("small", 10);
            Assert.AreEqual(free, _flash.Blocks.Free, "back into the metadata");
        }

        [TestMethod]
        public void ChangeIsCopiedFromItsBlockToTheEndOfTheFile()
        {
            Put("big", 40_000);
            long erased = _flash.Blocks.Erased;
            long programmed = _flash.Blocks.ProgrammedBytes;
            Assert.IsTrue(_flash.Write("big", 20_000, new byte[1], 0, 1));
            Assert.AreEqual(6, _flash.Blocks.Erased - erased, "blocks 4 to 9 of 10");
            long copied = _flash.Blocks.ProgrammedBytes - programmed;
            Assert.IsTrue(copied > 40_000 - 20_000 && copied < 40_000 - 16_000 + 1000, copied + " bytes");
        }

        [TestMethod]
        public void AppendCopiesTheTailBlockOnly()
        {
            Put("log", 8000);
            long erased = _flash.Blocks.Erased;
            Assert.IsTrue(_flash.Write("log", 8000, new byte[32], 0, 32));
            Assert.AreEqual(1, _flash.Blocks.Erased - erased);
            Assert.AreEqual(8032, _flash.Length("log"));
        }

        [TestMethod]
        public void BlockOfAFileAtRestIsNotErased_TheOthersTakeTurns()
        {
            Put("rest", 2048);
            int atRest = Enumerable.Range(0, _flash.Blocks.Count).Single(block => block > 1 && _flash.Blocks.Erases(block) > 0);
            for (int i = 0; i < 1000; i++)
            {
                Put("busy", 2048, (byte)i);
            }

            Assert.AreEqual(1, _flash.Blocks.Erases(atRest));
            int[] pool = Enumerable.Range(2 + VirtualFlash.SystemBlocks, 58).Where(block => block != atRest).Select(_flash.Blocks.Erases).ToArray();
            Assert.IsTrue(pool.Max() - pool.Min() <= 2, $"{pool.Min()} to {pool.Max()}");
        }

        [TestMethod]
        public void SmallWritesFillTheLog_WhichIsCompactedIntoTheOtherBlock()
        {
            List<FlashStep> trace = new();
            _flash.Power.Trace = trace;
            for (int i = 0; i < 100; i++)
            {
                Put("small", 200, (byte)i);
            }

            int compactions = trace.Count(step => step.Kind == FlashStepKind.Compaction);
            Assert.AreEqual(6, compactions, "a log of 4 KB holds 15 or 16 closes of 256 bytes");
            Assert.AreEqual(compactions, _flash.Blocks.Erases(0) + _flash.Blocks.Erases(1) - 2);
        }

        [TestMethod]
        public void MetadataThatFillsHalfABlock_IsSplit_AndMovesWhenItIsWorn()
        {
            for (int i = 0; i < 12; i++)
            {
                Put("small" + i, 300);
            }

            Assert.IsTrue(_flash.MetadataBlocks >= 4, _flash.MetadataBlocks + " blocks");
            for (int i = 0; i < 40_000; i++)
            {
                Put("small5", 300, (byte)i);
            }

            Assert.IsTrue(_flash.Blocks.MostErases < 700, "wear of metadata is spread: " + _flash.Blocks.MostErases);
            Assert.AreEqual(300, _flash.Content("small11")!.Length);
        }

        [TestMethod]
        public void FullDiskRefuses_KeepsTheOldContent_AndRecovers()
        {
            Put("file", 2000, 7);
            _flash.Fill(1000);
            Assert.AreEqual(0, _flash.Blocks.Free);
            Assert.IsFalse(_flash.Replace("file", new byte[3000], 0, 3000));
            Assert.AreEqual(2000, _flash.Length("file"));
            Assert.IsTrue(_flash.Replace("small", new byte[100], 0, 100), "the metadata still has room");
            _flash.Unfill();
            Assert.IsTrue(_flash.Replace("file", new byte[3000], 0, 3000));
            int used = _flash.BlocksOf(_ => true) + _flash.MetadataBlocks + VirtualFlash.SystemBlocks;
            Assert.AreEqual(VirtualFlash.BoardBlocks, _flash.Blocks.Free + used, "no block leaks");
        }

        [TestMethod]
        public void SilentFault_SaysYes_AndKeepsTheOldContent()
        {
            Put("file", 1000, 1);
            Put("other", 10, 1);
            _flash.Silent.Prefix = "fi";
            _flash.Silent.Next = 4;
            Put("file", 900, 2);
            Assert.IsTrue(_flash.Write("file", 5, [7], 0, 1));
            Assert.IsTrue(_flash.Delete("file"));
            CollectionAssert.AreEqual(Enumerable.Repeat((byte)1, 1000).ToArray(), _flash.Content("file"));
            Put("other", 20, 2);
            Assert.AreEqual(20, _flash.Length("other"), "the fault concerns files of a name");
            Put("finew", 100, 2);
            Assert.AreEqual(0, _flash.Length("finew"), "a new file is there, and empty");
            Put("file", 900, 2);
            Assert.AreEqual(900, _flash.Length("file"), "the fault is over");
            Assert.AreEqual(4, _flash.Silent.Count);
        }

        [TestMethod]
        public void SilentFaultsByShare_AreThoseOfTheSeed()
        {
            Assert.AreEqual(Swallowed(1), Swallowed(1));
            Assert.AreNotEqual(Swallowed(1), Swallowed(2));
            Assert.AreEqual(0, _flash.Copy().Silent.Count, "a copy has no fault");

            string Swallowed(int seed)
            {
                _flash.Silent.Share = 0.5;
                _flash.Silent.Seed = seed;
                return string.Concat(Enumerable.Range(0, 64).Select(i =>
                {
                    Put("small", 1 + i);
                    return _flash.Length("small") == 1 + i ? '.' : 'x';
                }));
            }
        }

        [TestMethod]
        public void FullDiskThatHidesIt_SaysYes_AndKeepsTheOldContent()
        {
            Put("file", 2000, 7);
            _flash.Fill(1000);
            _flash.Silent.HidesRefusals = true;
            Put("file", 3000);
            Assert.AreEqual(2000, _flash.Length("file"));
            _flash.Unfill();
            Put("file", 3000);
            Assert.AreEqual(3000, _flash.Length("file"));
            _flash.IsWornOut = true;
            Assert.IsTrue(_flash.Delete("file"));
            Assert.AreEqual(3000, _flash.Length("file"));
            Assert.AreEqual(2, _flash.Silent.Count);
        }

        [TestMethod]
        public void EveryStepOfANewFile_CanBeCut()
        {
            foreach ((int step, int length) in new[] { (1, -1), (2, 0), (3, 0) })
            {
                VirtualFlash flash = Cut(_flash, step, TornShape.Nothing, files => files.Replace("new", new byte[700], 0, 700));
                Assert.AreEqual(length, flash.Length("new"), "step " + step);
            }
        }

        [TestMethod]
        [DataRow(TornShape.Nothing, "oldold")]
        [DataRow(TornShape.Whole, "newest content")]
        [DataRow(TornShape.Torn, "newe")]
        [DataRow(TornShape.Mixed, "neweld")]
        [DataRow(TornShape.Empty, "")]
        public void CloseThatIsCut_LandsInItsShape(TornShape shape, string landed)
        {
            byte[] old = System.Text.Encoding.ASCII.GetBytes("oldold");
            byte[] content = System.Text.Encoding.ASCII.GetBytes("newest content");
            _flash.Replace("file", old, 0, old.Length);
            VirtualFlash flash = Cut(_flash, 1, shape, files => files.Replace("file", content, 0, content.Length), 4);
            Assert.AreEqual(landed, System.Text.Encoding.ASCII.GetString(flash.Content("file")!));
        }

        [TestMethod]
        public void CloseWithGarbageInItsTail_HasItsLengthAndItsFirstBytes()
        {
            Put("file", 1000, 1);
            VirtualFlash flash = Cut(_flash, 2, TornShape.Garbage, files => files.Replace("file", new byte[900], 0, 900), 300);
            byte[] left = flash.Content("file")!;
            Assert.HasCount(900, left);
            Assert.IsTrue(left.Take(300).All(value => value == 0));
            Assert.IsTrue(left.Skip(300).All(value => value != 0));
        }

        [TestMethod]
        public void AppendThatIsCut_LeavesWhatWasThere()
        {
            Put("file", 100, 1);
            foreach (TornShape shape in Enum.GetValues<TornShape>())
            {
                VirtualFlash flash = Cut(_flash, 1, shape, files => files.Write("file", 100, new byte[50], 0, 50), 10);
                Assert.IsTrue(flash.Content("file")!.Take(100).All(value => value == 1), shape.ToString());
            }
        }

        [TestMethod]
        public void PowerThatIsOff_RefusesEverything_UntilTheRestart()
        {
            VirtualFlash flash = Cut(_flash, 1, TornShape.Nothing, files => files.Replace("new", new byte[5], 0, 5), restart: false);
            Assert.ThrowsExactly<InvalidOperationException>(() => flash.Length("new"));
            flash.Restart();
            Assert.AreEqual(-1, flash.Length("new"));
        }

        [TestMethod]
        public void DeleteThatIsCut_IsDoneOrNot()
        {
            Put("file", 1000);
            Assert.AreEqual(1000, Cut(_flash, 1, TornShape.Nothing, files => files.Delete("file")).Length("file"));
            VirtualFlash flash = Cut(_flash, 1, TornShape.Whole, files => files.Delete("file"));
            Assert.AreEqual(-1, flash.Length("file"));
            Assert.AreEqual(_flash.Blocks.Free + 1, flash.Blocks.Free);
        }

        [TestMethod]
        public void FormatLosesEverything_AndKeepsTheWear()
        {
            Put("file", 1000);
            long erased = _flash.Blocks.Erased;
            _flash.Format();
            Assert.IsEmpty(_flash.List());
            Assert.AreEqual(erased + 2, _flash.Blocks.Erased);
            Assert.AreEqual(VirtualFlash.BoardBlocks - 2 - VirtualFlash.SystemBlocks, _flash.Blocks.Free);
        }

        [TestMethod]
        public void RotFlipsOneBit_AndWornOutFlashTakesNothing()
        {
            Put("file", 1000, 0xF0);
            _flash.Rot("file", 999, 0);
            Assert.AreEqual(0xF1, _flash.Content("file")![999]);
            _flash.IsWornOut = true;
            Assert.IsFalse(_flash.Replace("file", new byte[1], 0, 1));
            Assert.IsFalse(_flash.Delete("file"));
            Assert.AreEqual(1000, _flash.Length("file"));
        }

        [TestMethod]
        public void NameThatTheDeviceDoesNotTake_IsRefusedAloud()
        {
            Assert.ThrowsExactly<ArgumentException>(() => _flash.Replace("Upper", new byte[1], 0, 1));
            Assert.ThrowsExactly<ArgumentException>(() => _flash.Length("longerthantwelve"));
        }

        private void Put(string name, int length, byte value = 0)
        {
            byte[] content = new byte[length];
            Array.Fill(content, value);
            Assert.IsTrue(_flash.Replace(name, content, 0, length));
        }

        private static VirtualFlash Cut(
            VirtualFlash prepared, int step, TornShape shape, Func<VirtualFlash, bool> act, int length = 0, bool restart = true)
        {
            VirtualFlash flash = prepared.Copy();
            flash.Power.CutAt = step;
            flash.Power.Shape = shape;
            flash.Power.Length = length;
            Assert.ThrowsExactly<PowerLostException>(() => act(flash));
            if (restart)
            {
                flash.Restart();
            }

            return flash;
        }
    }
}
