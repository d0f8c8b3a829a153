using System;
using DoorController.Hal.Esp32;
using nanoFramework.TestFramework;

namespace DoorController.Tests.Device
{
    /// <summary>The files of littlefs behind the contract, and across a reboot. Touches no file but its own.</summary>
    [TestClass]
    public class FilesTests
    {
        private const string Name = "testfile";
        private const string Kept = "testkept";
        private const int KeptBytes = 3000;
        private const int StampBytes = 8;

        [TestMethod]
        public void ContractHolds()
        {
            Esp32Files files = new Esp32Files();
            byte[] buffer = new byte[16];
            files.Delete(Name);
            Assert.AreEqual(-1, files.Length(Name));
            Assert.AreEqual(-1, files.Read(Name, 0, buffer, 0, 16));
            Assert.IsTrue(files.Write(Name, 0, new byte[] { 1, 2, 3, 4 }, 1, 3));
            Assert.AreEqual(3, files.Length(Name));
            Assert.IsTrue(files.Write(Name, 3, new byte[] { 5, 6 }, 0, 2));
            Assert.IsTrue(files.Write(Name, 1, new byte[] { 9 }, 0, 1));
            Assert.AreEqual(5, files.Read(Name, 0, buffer, 0, 16));
            Assert.AreEqual(2, (int)buffer[0]);
            Assert.AreEqual(9, (int)buffer[1], "changed in place");
            Assert.AreEqual(4, (int)buffer[2], "bytes behind stay");
            Assert.AreEqual(6, (int)buffer[4]);
            Assert.AreEqual(2, files.Read(Name, 3, buffer, 0, 2));
            Assert.AreEqual(0, files.Read(Name, 5, buffer, 0, 2));
            Assert.IsTrue(files.Replace(Name, new byte[] { 7 }, 0, 1));
            Assert.AreEqual(1, files.Length(Name), "replaced as a whole");
            Assert.IsTrue(IsListed(files, Name));
            Assert.IsTrue(files.Delete(Name));
            Assert.IsFalse(IsListed(files, Name));
            Assert.IsTrue(files.Delete(Name), "what is not there is deleted");
        }

        [TestMethod]
        public void ListLeavesSystemFilesOut()
        {
            foreach (string name in new Esp32Files().List())
            {
                Assert.IsTrue(name.IndexOf('_') < 0, name);
            }
        }

        /// <summary>
        /// Two runs make one test: the first writes and is skipped, the next one after a reset reads. The stamp, time since boot, tells whether a
        /// reboot lies between.
        /// </summary>
        [TestMethod]
        public void FileSurvivesAReboot()
        {
            Esp32Files files = new Esp32Files();
            byte[] content = new byte[KeptBytes];
            long now = new Esp32Clock().NowMs;
            if (files.Read(Kept, 0, content, 0, KeptBytes) != KeptBytes)
            {
                Array.Copy(BitConverter.GetBytes(now), 0, content, 0, StampBytes);
                for (int i = StampBytes; i < KeptBytes; i++)
                {
                    content[i] = (byte)(i * 7);
                }

                Assert.IsTrue(files.Replace(Kept, content, 0, KeptBytes));
                Assert.SkipTest("written; reset the board and run the tests again");
            }

            if (BitConverter.ToInt64(content, 0) <= now)
            {
                Assert.SkipTest("no reboot since the file was written, or a long time after it; reset the board and run the tests again");
            }

            for (int i = StampBytes; i < KeptBytes; i++)
            {
                Assert.AreEqual((int)(byte)(i * 7), (int)content[i]);
            }

            Assert.IsTrue(files.Delete(Kept));
        }

        private static bool IsListed(Esp32Files files, string wanted)
        {
            foreach (string name in files.List())
            {
                if (name == wanted)
                {
                    return true;
                }
            }

            return false;
        }
    }
}
