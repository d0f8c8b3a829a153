using nanoFramework.TestFramework;

namespace DoorController.Tests
{
    /// <summary>The reason that a reboot leaves: read once, and nothing that is not whole.</summary>
    [TestClass]
    public class RebootNoteTests
    {
        [TestMethod]
        public void AReasonIsReadOnce()
        {
            MemoryFiles files = new MemoryFiles();
            Assert.AreEqual(0, RebootNote.Take(files));
            RebootNote.Leave(files, RebootReason.Technician);
            Assert.AreEqual(RebootReason.Technician, RebootNote.Take(files));
            Assert.AreEqual(0, RebootNote.Take(files));
            Assert.AreEqual(-1, files.Length("reason"));
        }

        [TestMethod]
        public void AReasonThatIsNotWholeIsNone()
        {
            AssertNone(new byte[] { 4, 4 });
            AssertNone(new byte[] { 4, 0xFA });
            AssertNone(new byte[] { 4 });
            AssertNone(new byte[0]);
        }

        private static void AssertNone(byte[] content)
        {
            MemoryFiles files = new MemoryFiles();
            files.Replace("reason", content, 0, content.Length);
            Assert.AreEqual(0, RebootNote.Take(files));
            Assert.AreEqual(-1, files.Length("reason"));
        }
    }
}
