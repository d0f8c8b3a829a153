using DoorController.Storage;
using nanoFramework.TestFramework;

namespace DoorController.Tests
{
    /// <summary>The slot file: newest valid content, whatever is wrong with the other slot.</summary>
    [TestClass]
    public class SlotFileTests
    {
        private const int ContentLength = 40;

        [TestMethod]
        public void NothingThereIsSaid()
        {
            Assert.AreEqual(-1, Open(new MemoryFiles()).Load(new byte[ContentLength]));
        }

        [TestMethod]
        public void NewestContentIsLoadedAfterEachSave()
        {
            MemoryFiles files = new MemoryFiles();
            for (int value = 1; value <= 5; value++)
            {
                Assert.IsTrue(Open(files).Save(Content(value), 0, ContentLength));
                Assert.AreEqual(value, LoadedValue(files));
            }
        }

        [TestMethod]
        public void OneObjectSavesManyTimesWithoutLoading()
        {
            MemoryFiles files = new MemoryFiles();
            SlotFile file = Open(files);
            for (int value = 1; value <= 5; value++)
            {
                Assert.IsTrue(file.Save(Content(value), 0, ContentLength));
                Assert.AreEqual(value, LoadedValue(files));
            }
        }

        [TestMethod]
        public void ContentMayChangeItsLengthAndStartAnywhere()
        {
            MemoryFiles files = new MemoryFiles();
            SlotFile file = Open(files);
            file.Save(Content(1), 0, ContentLength);
            Assert.IsTrue(file.Save(Content(2), 3, 7));
            Assert.AreEqual(7, Open(files).Load(new byte[ContentLength]));
            Assert.AreEqual(7 + SlotFile.Overhead, files.Length("part.b"));
        }

        [TestMethod]
        public void EveryDamagedByteOfTheNewestFallsBackToTheOneBefore()
        {
            for (int position = 0; position < ContentLength + SlotFile.Overhead; position++)
            {
                MemoryFiles files = new MemoryFiles();
                SlotFile file = Open(files);
                file.Save(Content(1), 0, ContentLength);
                file.Save(Content(2), 0, ContentLength);
                files.Rot("part.b", position);
                Assert.AreEqual(1, LoadedValue(files));
                Assert.IsTrue(Open(files).Save(Content(3), 0, ContentLength));
                Assert.AreEqual(3, LoadedValue(files));
            }
        }

        [TestMethod]
        public void EveryDamagedByteOfTheOlderOneIsHarmless()
        {
            for (int position = 0; position < ContentLength + SlotFile.Overhead; position++)
            {
                MemoryFiles files = new MemoryFiles();
                SlotFile file = Open(files);
                file.Save(Content(1), 0, ContentLength);
                file.Save(Content(2), 0, ContentLength);
                files.Rot("part.a", position);
                Assert.AreEqual(2, LoadedValue(files));
            }
        }

        [TestMethod]
        public void EveryTornLengthOfTheNewestFallsBackToTheOneBefore()
        {
            for (int length = 0; length < ContentLength + SlotFile.Overhead; length++)
            {
                MemoryFiles files = new MemoryFiles();
                SlotFile file = Open(files);
                file.Save(Content(1), 0, ContentLength);
                file.Save(Content(2), 0, ContentLength);
                byte[] whole = new byte[length];
                files.Read("part.b", 0, whole, 0, length);
                files.Replace("part.b", whole, 0, length);
                Assert.AreEqual(1, LoadedValue(files));
            }
        }

        [TestMethod]
        public void BothDamagedIsNothing()
        {
            MemoryFiles files = new MemoryFiles();
            SlotFile file = Open(files);
            file.Save(Content(1), 0, ContentLength);
            file.Save(Content(2), 0, ContentLength);
            files.Rot("part.a", 20);
            files.Rot("part.b", 20);
            Assert.AreEqual(-1, Open(files).Load(new byte[ContentLength]));
        }

        [TestMethod]
        public void FullDiskKeepsWhatWasThereAndIsSaid()
        {
            MemoryFiles files = new MemoryFiles();
            SlotFile file = Open(files);
            file.Save(Content(1), 0, ContentLength);
            files.WritesLeft = 0;
            Assert.IsFalse(file.Save(Content(2), 0, ContentLength));
            Assert.AreEqual(1, LoadedValue(files));
            files.WritesLeft = -1;
            Assert.IsTrue(file.Save(Content(2), 0, ContentLength));
            Assert.AreEqual(2, LoadedValue(files));
        }

        [TestMethod]
        public void LengthsOutOfBoundsAreRefused()
        {
            MemoryFiles files = new MemoryFiles();
            Assert.IsFalse(Open(files).Save(Content(1), 0, 0));
            Assert.IsFalse(new SlotFile(files, new CrcOnly(), "part", new byte[8192]).Save(new byte[8192], 0, SlotFile.MaxContent + 1));
            Assert.IsFalse(Open(files).Save(new byte[200], 0, 90));
            Assert.AreEqual(0, files.List().Length);
        }

        [TestMethod]
        public void AFileThatIsLongerThanItSaysIsDamaged()
        {
            MemoryFiles files = new MemoryFiles();
            SlotFile file = Open(files);
            file.Save(Content(1), 0, ContentLength);
            file.Save(Content(2), 0, ContentLength);
            files.Write("part.b", ContentLength + SlotFile.Overhead, new byte[1], 0, 1);
            Assert.AreEqual(1, LoadedValue(files));
        }

        [TestMethod]
        public void ContentThatDoesNotFitTheBufferIsNothing()
        {
            MemoryFiles files = new MemoryFiles();
            Open(files).Save(Content(1), 0, ContentLength);
            Assert.AreEqual(-1, Open(files).Load(new byte[ContentLength - 1]));
        }

        [TestMethod]
        public void FlashThatSaysYesAndKeepsTheOldContentIsSeen()
        {
            MemoryFiles files = new MemoryFiles();
            SlotFile file = Open(files);
            Assert.IsTrue(file.Save(Content(1), 0, ContentLength));
            Assert.IsTrue(file.Save(Content(2), 0, ContentLength));
            files.KeepsOldContent = true;
            Assert.IsFalse(file.Save(Content(3), 0, ContentLength));
            Assert.IsFalse(Open(files).Save(Content(3), 0, ContentLength));
            files.KeepsOldContent = false;
            Assert.AreEqual(2, LoadedValue(files));
            Assert.IsTrue(file.Save(Content(3), 0, ContentLength));
            Assert.AreEqual(3, LoadedValue(files));
        }

        private static SlotFile Open(MemoryFiles files)
        {
            return new SlotFile(files, new CrcOnly(), "part", new byte[100]);
        }

        private static byte[] Content(int value)
        {
            byte[] content = new byte[ContentLength];
            for (int i = 0; i < ContentLength; i++)
            {
                content[i] = (byte)(value + i);
            }

            return content;
        }

        private static int LoadedValue(MemoryFiles files)
        {
            byte[] content = new byte[ContentLength];
            Assert.AreEqual(ContentLength, Open(files).Load(content));
            for (int i = 0; i < ContentLength; i++)
            {
                Assert.AreEqual((byte)(content[0] + i), content[i]);
            }

            return content[0];
        }
    }
}
