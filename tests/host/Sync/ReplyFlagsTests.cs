using DoorController.Issuer;
using DoorController.Tests.Support;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Sync
{
    /// <summary>A reply of a form that this protocol does not know counts for nothing.</summary>
    [TestClass]
    public sealed class ReplyFlagsTests
    {
        /// <summary>Conventions: unused bits are sent as 0 and refused when set. Byte 20 of a reply has one bit.</summary>
        [TestMethod]
        public void UnusedFlagsOfAReply_AreRefused()
        {
            using SyncRig rig = new();
            rig.Server.Twist = (_, answer) =>
            {
                byte[] plain = [.. rig.Server.Requests[^1].Nonce, .. System.BitConverter.GetBytes(Site.Start), 2];
                ServerCrypto crypto = ServerCrypto.Instance;
                return answer with { Body = Sealed.Make(crypto, crypto, Site.Root.SubKey(1, 1, Keys.Reply), BlobType.SyncReply, 1, 1, plain, plain.Length) };
            };
            rig.Run(1000);
            Assert.AreEqual(ClockQuality.Unknown, rig.Memory.Time.Quality);
        }

        /// <summary>A server that doubts its clock still sends its lists.</summary>
        [TestMethod]
        public void TimeZero_IsNoTime_AndTheListsCountAllTheSame()
        {
            using SyncRig rig = new();
            rig.Rig.ProveTime(Site.Start);
            rig.Server.ClockErrorS = -(long)Site.Start - (rig.Rig.Host.Clock.WorldMs / 1000);
            rig.Server.News = _ => [SyncRig.List(100, 5)];
            uint floor = rig.Memory.Time.Floor;
            while (rig.Memory.KeyStore.ListVersion(0) != 100 && rig.Rig.Host.Clock.WorldMs < 60_000)
            {
                rig.Server.ClockErrorS = -(long)Site.Start - (rig.Rig.Host.Clock.WorldMs / 1000);
                rig.Run(100);
            }

            Assert.AreEqual(100u, rig.Memory.KeyStore.ListVersion(0));
            Assert.AreEqual(ClockQuality.Proven, rig.Memory.Time.Quality);
            Assert.IsTrue(rig.Memory.Time.Floor >= floor && rig.Memory.Time.Estimate >= Site.Start && rig.Memory.Time.Estimate < Site.Start + 100);
        }
    }
}
