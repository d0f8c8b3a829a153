using System.IO;
using System.Text;
using System.Text.Json.Nodes;
using DoorController.Issuer;
using DoorController.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Issuer
{
    /// <summary>The instant key object: Seam's example is taken whole, and each bad field is named in one line.</summary>
    [TestClass]
    public sealed class InstantKeyTests
    {
        private static readonly string Example =
            File.ReadAllText(Path.Combine(Vectors.Root(), "tools/sim/instant-key.example.json"));

        [TestMethod]
        public void Example_IsTaken()
        {
            InstantKey key = Parse(Example);
            Assert.AreEqual("1d05c2f6-5b6f-4a9c-b80d-1eca26be12b9", key.InstantKeyId.ToString());
            Assert.AreEqual(Site.Start, key.CreatedAtSeconds);
            Assert.AreEqual(Site.Start + 172800, key.ExpiresAtSeconds);
            Assert.AreEqual("https://ik.seam.co/ABCXYZ", key.InstantKeyUrl.ToString());
            CredentialRecord record = key.ToRecord(Site.Scope, 1, 9, 3, false, 7);
            Assert.AreEqual(new CredentialRecord(Site.Scope, 1, 9, Site.Start, Site.Start, Site.Start + 172800, 3, false, 7), record);
        }

        [TestMethod]
        public void AnswerOfTheApi_IsTakenToo() =>
            Assert.AreEqual(Parse(Example), Parse("{\"instant_key\": " + Example + ", \"ok\": true}"));

        [TestMethod]
        [DataRow("instant_key_id", "null")]
        [DataRow("instant_key_id", "\"x\"")]
        [DataRow("workspace_id", "17")]
        [DataRow("client_session_id", "\"bfe3b1c6fb9e48b19b5bc762b2983af6\"")]
        [DataRow("user_identity_id", "{}")]
        [DataRow("created_at", "\"yesterday\"")]
        [DataRow("created_at", "1749920057")]
        [DataRow("created_at", "\"2025-06-14T16:54:17.946559\"")]
        [DataRow("created_at", "\"2025-02-30T16:54:17Z\"")]
        [DataRow("created_at", "\"1969-06-14T16:54:17Z\"")]
        [DataRow("expires_at", "\"2200-01-01T00:00:00Z\"")]
        [DataRow("expires_at", "\"2025-06-14T16:54:17.900000Z\"")]
        [DataRow("expires_at", "\"2024-06-14T16:54:17Z\"")]
        [DataRow("instant_key_url", "\"file:///etc/passwd\"")]
        [DataRow("instant_key_url", "\"no link\"")]
        [DataRow("instant_key_url", "true")]
        [DataRow("customization_profile_id", "\"7\"")]
        [DataRow("customization", "\"blue\"")]
        public void BadField_IsNamed(string field, string value)
        {
            JsonObject key = JsonNode.Parse(Example)!.AsObject();
            key[field] = JsonNode.Parse(value);
            string message = Refusal(key.ToJsonString());
            Assert.StartsWith(field + ": wanted ", message);
        }

        [TestMethod]
        [DataRow("instant_key_id")]
        [DataRow("workspace_id")]
        [DataRow("client_session_id")]
        [DataRow("user_identity_id")]
        [DataRow("created_at")]
        [DataRow("expires_at")]
        [DataRow("instant_key_url")]
        public void MissingField_IsNamed(string field)
        {
            JsonObject key = JsonNode.Parse(Example)!.AsObject();
            key.Remove(field);
            string message = Refusal(key.ToJsonString());
            Assert.StartsWith(field + ": wanted ", message);
            Assert.EndsWith("is missing", message);
        }

        [TestMethod]
        [DataRow("")]
        [DataRow("not json")]
        [DataRow("[]")]
        [DataRow("42")]
        [DataRow("{\"instant_key_id\": \"a\", \"instant_key_id\": \"b\"}")]
        [DataRow("{\"instant_key_id\": \"\\ud83d\"}")]
        [DataRow("{\"customization\": {\"\\udc00\": [\"\\ud83d\"]}}")]
        [DataRow("[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]")]
        public void WhatIsNoObject_IsSaid(string text) => Assert.StartsWith("instant key: wanted ", Refusal(text));

        [TestMethod]
        public void Message_IsOneShortLine_WhateverStoodThere()
        {
            JsonObject key = JsonNode.Parse(Example)!.AsObject();
            key["workspace_id"] = "\u001b[2J\n" + new string('x', 5000);
            string message = Refusal(key.ToJsonString());
            Assert.IsLessThan(120, message.Length);
            Assert.IsFalse(message.Contains('\n') || message.Contains('\u001b'));
        }

        [TestMethod]
        public void TooMuch_IsRefused() =>
            Assert.StartsWith("instant key: wanted at most", Refusal(new string(' ', InstantKey.MaxBytes) + Example));

        private static InstantKey Parse(string json) => InstantKey.Parse(Encoding.UTF8.GetBytes(json));

        private static string Refusal(string json) => Assert.ThrowsExactly<InstantKeyException>(() => Parse(json)).Message;
    }
}
