using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.Json;
using DoorController.Issuer;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Issuer
{
    /// <summary>One reader of JSON: whatever bytes come, either a text that can be read whole, or one line that says what is wrong with it.</summary>
    [TestClass]
    public sealed class JsonTextTests
    {
        private const string Sample = "{\r\n \"full_name\": \"Zo\\u00EB \u751F \\ud83d\\ude00\",\r\n \"n\": [1, {\"a\": null}]\r\n}\r\n";

        public static IEnumerable<object[]> Encodings =>
        [
            [Encoding.UTF8.GetBytes(Sample)],
            [(byte[])[0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Sample)]],
            [(byte[])[0xFF, 0xFE, .. Encoding.Unicode.GetBytes(Sample)]],
            [(byte[])[0xFE, 0xFF, .. Encoding.BigEndianUnicode.GetBytes(Sample)]],
        ];

        [TestMethod]
        [DynamicData(nameof(Encodings))]
        public void EachEncoding_GivesTheSame(byte[] bytes)
        {
            using JsonDocument document = JsonText.Parse(bytes);
            Assert.AreEqual("Zo\u00EB \u751F \U0001F600", document.RootElement.GetProperty("full_name").GetString());
            Assert.AreEqual("[1,{\"a\":null}]", JsonText.ParseNode(bytes)!["n"]!.ToJsonString());
            Assert.AreEqual(Sample, OutsideText.Decode(bytes));
        }

        [TestMethod]
        [DataRow("", "is empty")]
        [DataRow("\uFEFF", "is empty")]
        [DataRow("{\"a\": 1}\n}", "is no JSON at line 2, byte 1")]
        [DataRow("{'a': 1}", "is no JSON at line 1, byte 2")]
        [DataRow("{\"a\": 1, // b\n}", "is no JSON at line 1, byte 10")]
        [DataRow("{\"a\": {\"b\": 1},\n \"a\": 2}", "has the name a twice in one object at line 2, byte 2")]
        [DataRow("[{\"\\u0061\": 1, \"a\": 2}]", "has the name a twice in one object at line 1, byte 16")]
        [DataRow("{\"x\\u001b\": 1, \"x\\u001b\": 2}", "has the name x? twice in one object at line 1, byte 16")]
        [DataRow("{\"full_name\":\"Ada \\ud83d\"}", "has half a character (an escape such as \\ud83d alone) in the text at line 1, byte 14")]
        [DataRow("{\"\\udc00\": 1}", "has half a character (an escape such as \\ud83d alone) in the text at line 1, byte 2")]
        [DataRow("[\"a\", \"\\ude00\\ud83d\"]", "has half a character (an escape such as \\ud83d alone) in the text at line 1, byte 7")]
        [DataRow("[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]", "is nested deeper than 16 at line 1, byte 17")]
        public void Refusal_SaysWhatAndWhere(string text, string message) => Assert.AreEqual(message, Refusal(Encoding.UTF8.GetBytes(text)));

        [TestMethod]
        [DataRow("7B2261223A22FF227D", "is no UTF-8 text: save it as UTF-8")]
        [DataRow("7B2261223A22EDA0BD227D", "is no UTF-8 text: save it as UTF-8")]
        [DataRow("7B2261223A22C080227D", "is no UTF-8 text: save it as UTF-8")]
        [DataRow("7B007D00", "is UTF-16 without a byte order mark: save it as UTF-8")]
        [DataRow("007B007D", "is UTF-16 without a byte order mark: save it as UTF-8")]
        [DataRow("FFFE7B007D", "is no UTF-16 text, though it begins as one: save it as UTF-8")]
        [DataRow("FFFE22003DD82200", "is no UTF-16 text, though it begins as one: save it as UTF-8")]
        public void WhatIsNoUnicode_IsSaid(string hex, string message) => Assert.AreEqual(message, Refusal(Convert.FromHexString(hex)));

        [TestMethod]
        public void SixteenDeep_IsTaken() => JsonText.Parse(Encoding.UTF8.GetBytes(new string('[', 16) + new string(']', 16))).Dispose();

        /// <summary>Bytes that are nearly JSON: everything that is taken can be read to its last string, and everything else is one documented error.</summary>
        [TestMethod]
        public void AnyBytes_AreTakenWholeOrRefused()
        {
            string[] pieces =
            [
                "{", "}", "[", "]", ":", ",", "\"a\"", "\"\\ud83d\"", "\"\\ude00\"", "\"\\ud83d\\ude00\"", "\"\\u0000\"", "\"a\\u00EB\"", "1", "-1e999", "null",
                "\"\\", "\"\u00e9\"", " ", "\r\n", "\uFEFF", "true", "\"b\"", "\"",
            ];
            Random random = new(14);
            int taken = 0;
            for (int i = 0; i < 20_000; i++)
            {
                string text = string.Concat(Enumerable.Range(0, random.Next(9)).Select(_ => pieces[random.Next(pieces.Length)]));
                byte[] bytes = Encoding.UTF8.GetBytes(random.Next(4) == 0 ? "{\"a\":" + text + "}" : text);
                if (bytes.Length > 0 && random.Next(4) == 0)
                {
                    bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                }

                taken += ReadWhole(bytes) ? 1 : 0;
            }

            Assert.IsGreaterThan(800, taken);
        }

        private static bool ReadWhole(byte[] bytes)
        {
            try
            {
                using JsonDocument document = JsonText.Parse(bytes);
                Walk(document.RootElement);
                _ = JsonText.ParseNode(bytes)?.ToJsonString();
                return true;
            }
            catch (OutsideTextException e)
            {
                Assert.IsFalse(e.Message.Any(char.IsControl), e.Message);
                return false;
            }
        }

        private static void Walk(JsonElement element)
        {
            if (element.ValueKind == JsonValueKind.Object)
            {
                foreach (JsonProperty property in element.EnumerateObject())
                {
                    _ = property.Name;
                    Walk(property.Value);
                }
            }
            else if (element.ValueKind == JsonValueKind.Array)
            {
                foreach (JsonElement item in element.EnumerateArray())
                {
                    Walk(item);
                }
            }
            else if (element.ValueKind == JsonValueKind.String)
            {
                _ = element.GetString();
            }
        }

        private static string Refusal(byte[] bytes) => Assert.ThrowsExactly<OutsideTextException>(() => JsonText.Parse(bytes)).Message;
    }
}
