using DoorController.Access;
using DoorController.Issuer;
using DoorController.Tests.Support;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Access
{
    /// <summary>
    /// The table "clock quality × credential" of PROTOCOL.md section 5, row by row, each at the last second that opens and the first that
    /// does not, with a credential that a phone presents to a whole door.
    /// </summary>
    [TestClass]
    public sealed class ClockTableTests
    {
        private const int Grace = 600;
        private const int Day = 86_400;
        private const int Late = 400 * Day;

        /// <summary>Times of the credential are seconds from the server's proof, "not before" of one issued before it from the latest time.</summary>
        [TestMethod]
        [DataRow(ClockQuality.Proven, -Day, -Day, 1, Verdict.Granted, DisplayName = "proven: expires behind the floor")]
        [DataRow(ClockQuality.Proven, -Day, -Day, 0, Verdict.Expired, DisplayName = "proven: expires at the floor")]
        [DataRow(ClockQuality.Proven, Day, 0, Day + 1, Verdict.Granted, DisplayName = "proven: expires behind its issue")]
        [DataRow(ClockQuality.Proven, Day, 0, Day, Verdict.Expired, DisplayName = "proven: expires at its issue")]
        [DataRow(ClockQuality.Proven, -Day, Grace, Late, Verdict.Granted, DisplayName = "proven: not before within 10 min")]
        [DataRow(ClockQuality.Proven, -Day, Grace + 1, Late, Verdict.NotYetValid, DisplayName = "proven: not before beyond 10 min")]
        [DataRow(ClockQuality.Proven, 1000, 1000 + Grace, Late, Verdict.Granted, DisplayName = "proven: not before within 10 min of its issue")]
        [DataRow(ClockQuality.Proven, 1000, 1001 + Grace, Late, Verdict.NotYetValid, DisplayName = "proven: not before beyond 10 min of its issue")]
        [DataRow(ClockQuality.Restored, -Day, -Day, 1, Verdict.Granted, DisplayName = "restored: expires behind the floor")]
        [DataRow(ClockQuality.Restored, -Day, -Day, 0, Verdict.Expired, DisplayName = "restored: expires at the floor")]
        [DataRow(ClockQuality.Restored, Day, 0, Day, Verdict.Expired, DisplayName = "restored: expires at its issue")]
        [DataRow(ClockQuality.Restored, -Day, Day, Late, Verdict.Granted, DisplayName = "restored: not before within 24 h")]
        [DataRow(ClockQuality.Restored, -Day, Day + 1, Late, Verdict.NotYetValid, DisplayName = "restored: not before beyond 24 h")]
        [DataRow(ClockQuality.Restored, 1000, 1000 + Day, Late, Verdict.Granted, DisplayName = "restored: not before within 24 h of its issue")]
        [DataRow(ClockQuality.Restored, 1000, 1001 + Day, Late, Verdict.NotYetValid, DisplayName = "restored: not before beyond 24 h of its issue")]
        [DataRow(ClockQuality.Unknown, -Day, -Day, 1, Verdict.Granted, DisplayName = "unknown: expires behind the floor")]
        [DataRow(ClockQuality.Unknown, -Day, -Day, 0, Verdict.Expired, DisplayName = "unknown: the floor still binds")]
        [DataRow(ClockQuality.Unknown, Day, 0, Day, Verdict.Expired, DisplayName = "unknown: expires at its issue")]
        [DataRow(ClockQuality.Unknown, -Day, Late - 1, Late, Verdict.Granted, DisplayName = "unknown: not before is never refused")]
        public void Row(int quality, int issued, int notBefore, int expires, int verdict)
        {
            using DoorRig rig = RigOf(quality);
            Assert.AreEqual(quality, rig.Door.Memory.Time.Quality);
            uint latest = rig.Door.Memory.Time.Latest;
            CredentialRecord record = Site.Record() with
            {
                IssuedAt = At(issued),
                NotBefore = issued > 0 ? At(notBefore) : (uint)(latest + notBefore),
                ExpiresAt = At(expires),
            };
            byte[] result = rig.Tap(Site.Key(record, 1));
            Assert.AreEqual(verdict, rig.Door.LastVerdict);
            Assert.AreEqual(verdict == Verdict.Granted ? 1 : 0, rig.Host.Strike.Pulses);
            Assert.AreEqual(Result.TagOffset + Bytes.Tag, result.Length, "the result is tagged");
            Assert.AreEqual((byte)quality, (byte)(rig.LastHello[Hello.Flags] & Hello.ClockQualityMask), "Hello says the quality");
            Assert.IsTrue(issued > 0 || latest == rig.Door.Memory.Time.Latest, "the second did not end meanwhile");
        }

        [TestMethod]
        public void NeverProvenClock_HasNoFloor_AndOpensForAnyCredentialOfItsIssue()
        {
            using DoorRig rig = new();
            Assert.AreEqual(ClockQuality.Unknown, rig.Door.Memory.Time.Quality);
            Assert.AreEqual(0U, rig.Door.Memory.Time.Floor);
            rig.Tap(Site.Key(Site.Record() with { IssuedAt = 1000, NotBefore = 4_000_000_000, ExpiresAt = 4_000_000_001 }, 1));
            Assert.AreEqual(Verdict.Granted, rig.Door.LastVerdict);
        }

        [TestMethod]
        [DataRow(Grace + 1, 11)]
        [DataRow(Grace + 60, 11)]
        [DataRow(Grace + 61, 12)]
        [DataRow(Late - 1, 255)]
        public void NotYetValid_SaysHowManyMinutes(int notBefore, int minutes)
        {
            using DoorRig rig = RigOf(ClockQuality.Proven);
            byte[] result = rig.Tap(Site.Key(Site.Record() with { NotBefore = (uint)(rig.Door.Memory.Time.Latest + notBefore), ExpiresAt = At(2 * Late) }, 1));
            Assert.AreEqual(Verdict.NotYetValid, (int)result[0]);
            Assert.AreEqual(minutes, (int)result[1]);
        }

        [TestMethod]
        [DataRow(Grace, Verdict.Granted)]
        [DataRow(Grace + 3, Verdict.NotYetValid)]
        public void NotBefore_IsJudgedByTheLatestTime_WhichTheFloorLagsBehind(int ahead, int verdict)
        {
            using DoorRig rig = RigOf(ClockQuality.Proven);
            rig.Host.Clock.Advance(100_000_000);
            rig.Run(3000);
            DoorTime time = rig.Door.Memory.Time;
            Assert.IsGreaterThan(time.Floor + 20, time.Latest);
            rig.Tap(Site.Key(Site.Record() with { NotBefore = (uint)(time.Latest + ahead), ExpiresAt = At(Late) }, 1));
            Assert.AreEqual(verdict, rig.Door.LastVerdict);
        }

        [TestMethod]
        public void OfflineDoorsLateClock_LetsAGuestInWhoseKeyIsNewer_AndMovesItsFloor()
        {
            using DoorRig rig = RigOf(ClockQuality.Restored);
            rig.Tap(Site.Key(Site.Record() with { IssuedAt = At(3 * Day), NotBefore = At(3 * Day), ExpiresAt = At(5 * Day) }, 1));
            Assert.AreEqual(Verdict.Granted, rig.Door.LastVerdict);
            Assert.AreEqual(At(3 * Day), rig.Door.Memory.Time.Floor);
            rig.Run(10_000);
            rig.Tap(Site.Key(Site.Record(6) with { NotBefore = At(-Day), ExpiresAt = At(2 * Day) }, 1));
            Assert.AreEqual(Verdict.Expired, rig.Door.LastVerdict, "what is over by then stays out");
        }

        private static DoorRig RigOf(int quality)
        {
            DoorRig rig = new();
            rig.ProveTime(Site.Start);
            rig.Run(200);
            int boots = quality == ClockQuality.Proven ? 0 : quality == ClockQuality.Restored ? 1 : Limits.BootsWithoutProof + 1;
            for (int boot = 0; boot < boots; boot++)
            {
                rig.Reboot(60_000);
            }

            Assert.AreEqual(Site.Start, rig.Door.Memory.Time.Floor, "the floor is the proof's");
            return rig;
        }

        private static uint At(int seconds) => (uint)(Site.Start + seconds);
    }
}
