using DoorController.Access;
using DoorController.Wire;
using nanoFramework.TestFramework;

namespace DoorController.Tests
{
    /// <summary>Accepted attempts of the last 30 s, and the bucket of one session.</summary>
    [TestClass]
    public class AttemptMemoryTests
    {
        private const int Scope = 0xA1B2;

        [TestMethod]
        public void AnAttemptIsFoundByAllThreeNames()
        {
            AttemptMemory memory = new AttemptMemory();
            Attempt granted = Named(7);
            granted.Sequence = 42;
            granted.Detail = 2;
            memory.Remember(granted, Scope, 5, 0);
            Attempt retry = Named(7);
            Assert.IsTrue(memory.Recall(retry, Scope, 5, 1000));
            Assert.AreEqual(42u, retry.Sequence);
            Assert.AreEqual(2, retry.Detail);
            Assert.IsFalse(memory.Recall(Named(8), Scope, 5, 1000), "another id");
            Assert.IsFalse(memory.Recall(Named(7), Scope, 6, 1000), "another key");
            Assert.IsFalse(memory.Recall(Named(7), Scope + 1, 5, 1000), "another scope");
        }

        [TestMethod]
        public void AnAttemptIsForgottenAfter30Seconds()
        {
            AttemptMemory memory = new AttemptMemory();
            memory.Remember(Named(7), Scope, 5, 1000);
            Assert.IsTrue(memory.Recall(Named(7), Scope, 5, 1000 + Limits.AttemptMs - 1));
            Assert.IsFalse(memory.Recall(Named(7), Scope, 5, 1000 + Limits.AttemptMs));
        }

        [TestMethod]
        public void AFullMemoryForgetsNothingBeforeItsTime()
        {
            AttemptMemory memory = new AttemptMemory();
            for (int i = 0; i < Limits.Attempts; i++)
            {
                Assert.AreEqual(0, memory.SecondsUntilRoom(i * 100));
                memory.Remember(Named((byte)i), Scope, 5, i * 100);
            }

            Assert.AreEqual(30, memory.SecondsUntilRoom(500));
            Assert.AreEqual(1, memory.SecondsUntilRoom(Limits.AttemptMs - 1));
            Assert.AreEqual(0, memory.SecondsUntilRoom(Limits.AttemptMs));
            memory.Remember(Named(200), Scope, 5, Limits.AttemptMs);
            for (byte i = 1; i < Limits.Attempts; i++)
            {
                Assert.IsTrue(memory.Recall(Named(i), Scope, 5, Limits.AttemptMs));
            }
        }

        [TestMethod]
        public void AnAttemptThatDidNotOpenIsForgotten()
        {
            AttemptMemory memory = new AttemptMemory();
            memory.Remember(Named(7), Scope, 5, 0);
            memory.NoteSequence(9);
            memory.Remember(Named(8), Scope, 5, 0);
            memory.Forget();
            Assert.IsFalse(memory.Recall(Named(8), Scope, 5, 1));
            Attempt first = Named(7);
            Assert.IsTrue(memory.Recall(first, Scope, 5, 1));
            Assert.AreEqual(9u, first.Sequence);
        }

        [TestMethod]
        public void BucketGivesFiveAndOneMoreEachSecond()
        {
            TokenBucket bucket = new TokenBucket();
            bucket.Fill(0);
            for (int i = 0; i < Limits.BucketAttempts; i++)
            {
                Assert.IsTrue(bucket.Take(0));
            }

            Assert.IsFalse(bucket.Take(Limits.BucketRefillMs - 1));
            Assert.IsTrue(bucket.Take(Limits.BucketRefillMs));
            Assert.IsFalse(bucket.Take(Limits.BucketRefillMs + 1));
            for (int i = 0; i < Limits.BucketAttempts; i++)
            {
                Assert.IsTrue(bucket.Take(3600000), "never more than five at once");
            }

            Assert.IsFalse(bucket.Take(3600000));
        }

        private static Attempt Named(byte id)
        {
            byte[] frame = new byte[Unlock.MaxLength - Unlock.FloorsLength];
            frame[0] = Unlock.FirstByte(Unlock.OperationUnlock);
            Attempt attempt = new Attempt(frame, new byte[0]);
            frame[attempt.IdOffset] = id;
            return attempt;
        }
    }
}
