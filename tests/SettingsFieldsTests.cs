#nullable enable
using System.Collections;
using nanoFramework.TestFramework;

namespace DoorController.Tests
{
    /// <summary>door.json: each field is checked by hand, and a bad one is named.</summary>
    [TestClass]
    public class SettingsFieldsTests
    {
        private const int FloorsOfBoard = 4;

        [TestMethod]
        public void EveryFieldIsTakenOver()
        {
            Hashtable fields = new Hashtable();
            fields.Add("hold_ms", 7000);
            fields.Add("held_open_s", 60);
            fields.Add("has_contact", 1);
            fields.Add("has_rex", 1);
            fields.Add("floors", 3);
            fields.Add("server", "192.168.10.20");
            fields.Add("server_port", 8080);
            Settings settings = SettingsFields.Read(fields, FloorsOfBoard);
            Assert.IsFalse(settings.IsSafeState, settings.SafeReason);
            Assert.AreEqual(7000, settings.HoldMs);
            Assert.AreEqual(60, settings.HeldOpenS);
            Assert.IsTrue(settings.HasContact);
            Assert.IsTrue(settings.HasRex);
            Assert.AreEqual(3, settings.Floors);
            Assert.AreEqual("192.168.10.20", settings.ServerHost);
            Assert.AreEqual(8080, settings.ServerPort);
            Assert.IsTrue(settings.HasServer);
        }

        [TestMethod]
        public void NoFieldIsNeeded()
        {
            Settings settings = SettingsFields.Read(new Hashtable(), FloorsOfBoard);
            Assert.IsFalse(settings.IsSafeState, settings.SafeReason);
            Assert.IsFalse(settings.HasServer);
            Assert.AreEqual(0, settings.Floors);
        }

        [TestMethod]
        [DataRow("hold_ms", 499)]
        [DataRow("hold_ms", 20001)]
        [DataRow("held_open_s", 4)]
        [DataRow("held_open_s", 3601)]
        [DataRow("has_contact", 2)]
        [DataRow("has_rex", -1)]
        [DataRow("floors", 5)]
        [DataRow("floors", -1)]
        [DataRow("server_port", 0)]
        [DataRow("server_port", 65536)]
        [DataRow("server", 5)]
        [DataRow("hodl_ms", 5000)]
        public void BadNumberIsNamed(string field, int value)
        {
            AssertNamed(field, value);
        }

        [TestMethod]
        [DataRow("hold_ms", "5000")]
        [DataRow("has_contact", "yes")]
        [DataRow("server", "")]
        [DataRow("server", "http://10.0.0.5")]
        [DataRow("server", "10.0.0.5:8080")]
        [DataRow("server", "-host")]
        [DataRow("server", "0123456789012345678901234567890123456789012345678901234567890123")]
        [DataRow("server", "host-")]
        [DataRow("server", "keys..example.com")]
        [DataRow("server", ".example.com")]
        [DataRow("server", "example.com.")]
        [DataRow("server", "keys_1.example.com")]
        [DataRow("server", "192.168.1.300")]
        [DataRow("server", "192.168.1")]
        [DataRow("server", "192.168.1.20.5")]
        [DataRow("server", "192.168.01.20")]
        [DataRow("server", "192.168.1.a20.1")]
        [DataRow("server", "127.0.0.1")]
        [DataRow("server", "0.0.0.0")]
        [DataRow("server", "224.0.0.1")]
        [DataRow("server", "LocalHost")]
        public void BadTextIsNamed(string field, string value)
        {
            AssertNamed(field, value);
        }

        [TestMethod]
        [DataRow("192.168.1.255")]
        [DataRow("10.0.0.5")]
        [DataRow("keys")]
        [DataRow("1host.example.com")]
        [DataRow("10.0.0.5.example.com")]
        [DataRow("012345678901234567890123456789012345678901234567890123456789012.example.com")]
        public void AHostIsTaken(string host)
        {
            Hashtable fields = new Hashtable();
            fields.Add("server", host);
            Settings settings = SettingsFields.Read(fields, FloorsOfBoard);
            Assert.IsFalse(settings.IsSafeState, settings.SafeReason);
            Assert.AreEqual(host, settings.ServerHost);
        }

        [TestMethod]
        public void ANameHasAtMost253Characters()
        {
            string label = "012345678901234567890123456789012345678901234567890123456789012";
            string longest = label + "." + label + "." + label + "." + label.Substring(0, 60) + "a";
            Hashtable fields = new Hashtable();
            fields.Add("server", longest);
            Assert.AreEqual(SettingsFields.HostCharacters, longest.Length);
            Assert.IsFalse(SettingsFields.Read(fields, FloorsOfBoard).IsSafeState);
            AssertNamed("server", longest + "a");
        }

        [TestMethod]
        public void OtherKindsAreRefused()
        {
            AssertNamed("hold_ms", 5000.5);
            AssertNamed("hold_ms", 5000000000L);
            AssertNamed("has_rex", true);
            AssertNamed("server", null);
            AssertNamed("floors", new Hashtable());
        }

        private static void AssertNamed(string field, object? value)
        {
            Hashtable fields = new Hashtable();
            fields.Add(field, value);
            Settings settings = SettingsFields.Read(fields, FloorsOfBoard);
            Assert.IsTrue(settings.IsSafeState);
            Assert.StartsWith("door.json: " + field + ": ", settings.SafeReason);
            Assert.Contains("wanted", settings.SafeReason);
        }
    }
}
