using System;
using DoorController.Access;
using DoorController.Hal.Host;
using DoorController.Issuer;
using DoorController.Memory;
using DoorController.Storage;
using DoorController.Sync;
using DoorController.Tests.Support;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Access
{
    /// <summary>
    /// A door's memory beside the true time, which the door never sees: it has a crystal that is off, boots, and answers of a server whose clock is
    /// right, unless a test says otherwise.
    /// </summary>
    internal sealed class ClockRig : IDisposable
    {
        private readonly MemoryFiles _files = new();
        private readonly int _seed;
        private HostBoard _host;
        private long _bootMs;
        private int _boots;

        /// <param name="ppm">How much the crystal runs fast; slow below 0.</param>
        /// <param name="seed">Of the door's random bytes.</param>
        public ClockRig(int ppm = 0, int seed = 1)
        {
            Ppm = ppm;
            _seed = seed;
            _host = new HostBoard(_files, seed);
            byte[] bundle = Site.Bundle(1).Encode(Site.Root);
            Assert.IsTrue(new SlotFile(_files, _host.Crypto, "bundle", new byte[Limits.ScratchBytes]).Save(bundle, 0, bundle.Length));
            Memory = new DoorMemory(_host.Board);
            WorkOnFlash();
        }

        public int Ppm { get; set; }

        /// <summary>True ms since <see cref="Site.Start"/>.</summary>
        public long TrueMs { get; private set; }

        /// <summary>Seconds by which the server's clock is ahead of the true time.</summary>
        public long ServerErrorS { get; set; }

        public DoorMemory Memory { get; private set; }

        public DoorTime Time => Memory.Time;

        /// <summary>What the door's clock says since boot.</summary>
        public long NowMs => (TrueMs - _bootMs) + ((TrueMs - _bootMs) * Ppm / 1_000_000);

        /// <summary>What the server's clock says.</summary>
        public uint ServerTime => (uint)(Site.Start + (TrueMs / 1000) + ServerErrorS);

        public (uint Floor, uint Latest, int Quality) Known => (Time.Floor, Time.Latest, Time.Quality);

        /// <summary>Writes of the time record since the rig was made.</summary>
        public uint Writes => Math.Max(Sequence("time.a"), Sequence("time.b"));

        /// <summary>The power stays on for so long, and the door does what is due.</summary>
        public void Pass(long milliseconds)
        {
            for (long left = milliseconds; left > 0;)
            {
                long step = Math.Min(left, 60_000);
                left -= step;
                TrueMs += step;
                Memory.Poll(NowMs);
                WorkOnFlash();
            }
        }

        /// <summary>The power goes, and comes back after so long.</summary>
        public void Cut(long offMs = 1000)
        {
            TrueMs += offMs;
            _bootMs = TrueMs;
            _host.Dispose();
            _host = new HostBoard(_files, _seed + (++_boots * 1000));
            Memory = new DoorMemory(_host.Board);
            WorkOnFlash();
        }

        /// <summary>A phone reads the challenge that the door hands out.</summary>
        public byte[] Challenge()
        {
            byte[] challenge = new byte[Keys.ChallengeLength];
            Memory.Challenge.CopyTo(challenge, 0, NowMs);
            return challenge;
        }

        /// <summary>The server makes a token.</summary>
        public byte[] Token(byte[] challenge) => ServerBlobs.TimeToken(Site.Root, 1, 1, challenge, ServerTime);

        /// <summary>The server makes a floor reset.</summary>
        public byte[] Reset(byte[] challenge) => ServerBlobs.FloorReset(Site.Root, 1, 1, challenge, ServerTime);

        /// <summary>A phone brings a blob.</summary>
        /// <returns>One of <see cref="CarryState"/>.</returns>
        public int Bring(byte[] blob) => new BlobIntake(_host.Board, Memory).Take((byte[])blob.Clone(), 0, blob.Length, NowMs);

        /// <summary>The door asks the server, whose answer is made after one time and here after another.</summary>
        public void Sync(long thereMs = 300, long backMs = 300)
        {
            long askedMs = NowMs;
            Pass(thereMs);
            uint time = ServerTime;
            Pass(backMs);
            new BlobIntake(_host.Board, Memory).TakeReplyTime(time, askedMs, NowMs);
        }

        /// <summary>The true time is not outside of what the door knows.</summary>
        public void AssertHolds(string after)
        {
            long trueMs = (Site.Start * 1000L) + TrueMs;
            Assert.IsTrue(Time.Floor * 1000L <= trueMs, $"{after}: the floor is {(Time.Floor * 1000L) - trueMs} ms ahead");
            bool isBounded = Time.Quality == ClockQuality.Proven;
            Assert.IsTrue(!isBounded || Time.Latest * 1000L >= trueMs, $"{after}: the latest is {trueMs - (Time.Latest * 1000L)} ms behind");
            Assert.IsTrue(Time.Latest >= Time.Floor && Time.Estimate >= Time.Floor && Time.Estimate <= Time.Latest, after);
        }

        public void Dispose() => _host.Dispose();

        private uint Sequence(string slot)
        {
            byte[] bytes = new byte[4];
            return _files.Read(slot, 4, bytes, 0, 4) == 4 ? Bytes.U32(bytes, 0) : 0;
        }

        private void WorkOnFlash()
        {
            for (int step = 0; step < 8; step++)
            {
                Memory.FlashStep(NowMs);
            }
        }
    }
}
