using DoorController.Hal;
using nanoFramework.TestFramework;

namespace DoorController.Tests
{
    /// <summary>Files that say yes and keep the old content, seen through the check that stands before every adapter.</summary>
    [TestClass]
    public class CheckedFilesTests
    {
        private static readonly int[] Counts = { 1, 7, 8, 36, 511, 512, 513, 2048, 4096 };

        [TestMethod]
        public void WhatIsDoneIsDone()
        {
            foreach (int count in Counts)
            {
                CheckedFiles files = new CheckedFiles(new MemoryFiles());
                Assert.IsTrue(files.Write("part", 0, Content(count, 1), 0, count));
                Assert.IsTrue(files.Replace("part", Content(count, 2), 0, count));
                Assert.IsTrue(files.Replace("part", Content(count + 5, 3), 5, count));
                Assert.IsTrue(files.Write("part", count, Content(count, 4), 0, count), "appended");
                Assert.IsTrue(files.Write("part", 0, Content(count, 5), 0, count), "changed, with bytes behind it");
                Assert.AreEqual(2 * count, files.Length("part"));
                Assert.IsTrue(files.Delete("part"));
                Assert.AreEqual(-1, files.Length("part"));
                Assert.IsTrue(files.Delete("part"));
            }
        }

        [TestMethod]
        public void WhatIsNotDoneIsSeen()
        {
            foreach (int count in Counts)
            {
                LyingFiles disk = new LyingFiles();
                CheckedFiles files = new CheckedFiles(disk);
                disk.Lies = true;
                Assert.IsFalse(files.Replace("part", Content(count, 1), 0, count), "a new file");
                disk.Lies = false;
                Assert.IsTrue(files.Replace("part", Content(count, 1), 0, count));
                disk.Lies = true;
                Assert.IsFalse(files.Replace("part", Content(count, 2), 0, count), "as long as before");
                Assert.IsFalse(files.Replace("part", Content(count + 1, 1), 0, count + 1), "longer");
                Assert.IsFalse(files.Replace("part", Content(count, 1), 0, count - 1), "the start of what is there");
                Assert.IsFalse(files.Write("part", count, Content(1, 1), 0, 1), "appended");
                Assert.IsFalse(files.Write("part", 0, Content(count, 2), 0, count), "changed");
                Assert.IsFalse(files.Delete("part"));
                Assert.AreEqual(count, files.Length("part"));
            }
        }

        [TestMethod]
        public void OneByteIsEnough()
        {
            foreach (int count in Counts)
            {
                LyingFiles disk = new LyingFiles();
                CheckedFiles files = new CheckedFiles(disk);
                files.Replace("part", Content(count, 1), 0, count);
                disk.Lies = true;
                Assert.IsTrue(files.Write("part", 0, Content(count, 1), 0, count), "the same bytes are there");
                for (int at = 0; at < count; at += 1 + count / 9)
                {
                    byte[] other = Content(count, 1);
                    other[at] ^= 1;
                    Assert.IsFalse(files.Write("part", 0, other, 0, count), "byte " + at.ToString() + " of " + count.ToString());
                }
            }
        }

        private static byte[] Content(int count, int value)
        {
            byte[] content = new byte[count];
            for (int i = 0; i < count; i++)
            {
                content[i] = (byte)(value + i * 7);
            }

            return content;
        }

        private sealed class LyingFiles : IFiles
        {
            private readonly MemoryFiles _files = new MemoryFiles();

            public bool Lies { get; set; }

            public int Length(string name)
            {
                return _files.Length(name);
            }

            public int Read(string name, int position, byte[] buffer, int offset, int count)
            {
                return _files.Read(name, position, buffer, offset, count);
            }

            public bool Write(string name, int position, byte[] buffer, int offset, int count)
            {
                return Lies || _files.Write(name, position, buffer, offset, count);
            }

            public bool Replace(string name, byte[] buffer, int offset, int count)
            {
                return Lies || _files.Replace(name, buffer, offset, count);
            }

            public bool Delete(string name)
            {
                return Lies || _files.Delete(name);
            }

            public string[] List()
            {
                return _files.List();
            }
        }
    }
}
