using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text.RegularExpressions;
using DoorController.Issuer;
using DoorController.Sync;
using DoorController.Tests.Support;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Protocol
{
    /// <summary>Names and sizes that stand in the text of PROTOCOL.md are those of the code.</summary>
    [TestClass]
    public sealed partial class ProtocolTextTests
    {
        private static readonly string Document = File.ReadAllText(Path.Combine(Vectors.Root(), "firmware/PROTOCOL.md"));

        [TestMethod]
        public void Uuids_AreThoseOfTheTable()
        {
            string[] named = [.. Uuid().Matches(Document).Select(m => m.Value)];
            CollectionAssert.AreEqual(new[] { GattIds.Service, GattIds.Hello, GattIds.Unlock, GattIds.Result, GattIds.Carry }, named);
        }

        [TestMethod]
        public void Labels_AreEightBytesLong_AndThoseOfTheDocument()
        {
            string[] inText = [.. LabelInText().Matches(Document).Select(m => m.Groups[1].Value).Distinct()];
            Assert.IsTrue(inText.All(label => label.Length == Bytes.Label));
            string[] atTheDoor = LabelsIn("firmware");
            Assert.IsGreaterThan(15, atTheDoor.Length);
            CollectionAssert.IsSubsetOf(atTheDoor, inText);
            CollectionAssert.IsSubsetOf(inText, atTheDoor.Concat(LabelsIn("tools/issuer")).ToArray());
        }

        [TestMethod]
        public void BlobTypes_StandForOneThingEach()
        {
            int[] types = [.. typeof(BlobType).GetFields(BindingFlags.Public | BindingFlags.Static).Select(f => (int)f.GetRawConstantValue()!)];
            CollectionAssert.AreEqual(new[] { 1, 2, 3, 4, 5, 6, 7, 8, 9 }, types);
        }

        [TestMethod]
        public void Events_AreThoseOfTheTable()
        {
            var table = NamedRows("event");
            CollectionAssert.AreEqual(Constants(typeof(AuditEvent)), table.Keys.ToArray());
            foreach ((int number, string name) in table)
            {
                Assert.AreEqual(name, AuditEvent.Name(number));
            }
        }

        [TestMethod]
        public void ReasonsOfAReboot_AreThoseOfTheTable()
        {
            var table = NamedRows("reason");
            CollectionAssert.AreEqual(Constants(typeof(RebootReason)).Prepend(0).ToArray(), table.Keys.ToArray());
            foreach ((int number, string name) in table)
            {
                Assert.AreEqual(name, RebootReason.Name(number));
            }
        }

        [TestMethod]
        public void Lengths_AreThoseOfTheDocument()
        {
            Assert.AreEqual((27, 37), (Hello.LengthWith(0), Hello.LengthWith(5)));
            Assert.AreEqual((85, 28, 18, 52), (Unlock.MaxLength, Result.TaggedLength, Unlock.FragmentPayload, Credential.Length));
            Assert.AreEqual((71, 636), (BundleForm.HeaderLength, BundleForm.MaxLength));
            Assert.AreEqual((244, 2560, 4096, 240), (Limits.CarryFrameBytes, Limits.CarryBeforeBytes, Limits.TransferBytes, Limits.SliceBytes));
            Assert.AreEqual(1993, Sealed.LengthOf(17 + (60 * AuditRecord.Length)), "an audit page of 60 records");
            Assert.AreEqual(153, Sealed.LengthOf(62 + (7 * Limits.Scopes)), "a sync request of 5 scopes");
            Assert.AreEqual(3200, SyncReply.MaxLength);
        }

        [TestMethod]
        public void TheLongestAuditPage_HoldsSixtyRecords()
        {
            using DoorRig rig = new(flash: new MemoryFiles());
            for (int i = 0; i < 200; i++)
            {
                Assert.IsTrue(rig.Door.Memory.Audit.Append(AuditEvent.Rex, Verdict.Granted, 0, 0, 0, 0, 0));
            }

            byte[] page = AuditPageMaker.Make(rig.Host.Board, rig.Door.Memory, 0, Limits.PageRecords)!;
            Assert.HasCount(1993, page);
            Assert.HasCount(60, AuditUpload.Open(Site.Root, page)!.Records);
        }

        [TestMethod]
        public void Advertisement_HasTheNameOfTheBundle()
        {
            using DoorRig rig = new(Site.Bundle(1) with { Name = "LOBBY EAST" });
            Assert.AreEqual("LOBBY EAST", rig.Door.Memory.Keyring.Name);
            Assert.AreEqual("LOBBY EAST", rig.Host.Radio.Name);
        }

        /// <summary>Number and name in the rows of the one table whose first column has this title.</summary>
        private static SortedDictionary<int, string> NamedRows(string title) => new(Document.Split($"\n| {title} | name |").Skip(1).Single()
            .Split('\n').Skip(2).TakeWhile(l => l.StartsWith('|')).Select(l => l.Split('|'))
            .ToDictionary(c => int.Parse(c[1], CultureInfo.InvariantCulture), c => c[2].Trim()));

        private static int[] Constants(Type type) =>
            [.. type.GetFields(BindingFlags.Public | BindingFlags.Static).Select(f => (int)f.GetRawConstantValue()!).Order()];

        private static string[] LabelsIn(string folder) =>
            [.. Directory.EnumerateFiles(Path.Combine(Vectors.Root(), folder), "*.cs", SearchOption.AllDirectories)
                .SelectMany(file => LabelInCode().Matches(File.ReadAllText(file)).Select(m => m.Groups[1].Value)).Distinct()];

        [GeneratedRegex("6d3f000[0-9a-f]-[0-9a-f-]{27}")]
        private static partial Regex Uuid();

        [GeneratedRegex("\"(dc1[a-z]*)\"")]
        private static partial Regex LabelInCode();

        [GeneratedRegex("`(dc1[a-z]*)`")]
        private static partial Regex LabelInText();
    }
}
