using DoorController.Issuer;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Issuer
{
    /// <summary>A time from outside is RFC 3339 with its zone; nothing is guessed, and the range is that of UTC.</summary>
    [TestClass]
    public sealed class Rfc3339Tests
    {
        [TestMethod]
        [DataRow("1970-01-01T00:00:00Z", 0L)]
        [DataRow("2025-06-14T16:54:17Z", 1749920057000000L)]
        [DataRow("2025-06-14t16:54:17z", 1749920057000000L)]
        [DataRow("2025-06-14T16:54:17.946559Z", 1749920057946559L)]
        [DataRow("2025-06-14T16:54:17.1Z", 1749920057100000L)]
        [DataRow("2025-06-14T16:54:17.9465599Z", 1749920057946559L)]
        [DataRow("2025-06-14T18:54:17+02:00", 1749920057000000L)]
        [DataRow("2025-06-14T12:24:17-04:30", 1749920057000000L)]
        [DataRow("1970-01-01T00:00:01-14:00", 50401000000L)]
        [DataRow("2106-01-01T13:59:59+14:00", 4291747199000000L)]
        public void ATime_IsTakenToTheMicrosecond(string text, long us)
        {
            Assert.IsTrue(Rfc3339.TryRead(text, out long read));
            Assert.AreEqual(us, read);
        }

        [TestMethod]
        [DataRow("")]
        [DataRow("02/03/2027 10:00")]
        [DataRow("2026-12-01T10:00:00")]
        [DataRow("2026-12-01")]
        [DataRow("December 1")]
        [DataRow("2026-12-01 10:00:00Z")]
        [DataRow("2026-12-01T10:00Z")]
        [DataRow("2026-13-01T10:00:00Z")]
        [DataRow("2026-02-29T10:00:00Z")]
        [DataRow("2026-12-01T24:00:00Z")]
        [DataRow("2026-12-01T10:00:00.Z")]
        [DataRow("2026-12-01T10:00:00.1234567890Z")]
        [DataRow("2026-12-01T10:00:00+0100")]
        [DataRow("2026-12-01T10:00:00+24:00")]
        [DataRow("2026-12-01T10:00:00+01:60")]
        [DataRow("2026-12-01T10:00:00 01:00")]
        [DataRow("2026-12-01T10:00:00Z ")]
        [DataRow(" 2026-12-01T10:00:00Z")]
        [DataRow("٢٠٢٦-12-01T10:00:00Z")]
        [DataRow("1970-01-01T00:00:00+14:00")]
        [DataRow("2106-01-01T00:00:00Z")]
        [DataRow("2105-12-31T23:59:59-00:01")]
        public void AnythingElse_IsNone(string text) => Assert.IsFalse(Rfc3339.TryRead(text, out _), text);
    }
}
