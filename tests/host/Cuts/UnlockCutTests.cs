using System;
using System.Collections.Generic;
using System.Linq;
using DoorController.Hal;
using DoorController.Hal.Host;
using DoorController.Issuer;
using DoorController.Memory;
using DoorController.Radio;
using DoorController.Tests.Support;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Cuts
{
    /// <summary>
    /// Power cut in every flash step of the walk of an unlock. The pulse is there before its record, so a cut before the stage is closed takes
    /// the record of this one pulse (STORAGE.md section 5): this test holds the door to losing that, and nothing else, and never later.
    /// </summary>
    [TestClass]
    public sealed class UnlockCutTests
    {
        private const uint GuestsKey = 77;

        public TestContext TestContext { get; set; } = null!;

        [TestMethod]
        public void RecordBesideOthers() => Try(12, true, 1);

        [TestMethod]
        public void FirstRecordOfAStage() => Try(16, true, 1);

        [TestMethod]
        public void RecordForWhichAStageHasToMoveFirst() => Try(16, false, 2);

        [TestMethod]
        public void RecordForWhichASegmentHasToBeReservedFirst() => Try(128, false, 3);

        /// <param name="number">Number of the unlock's record.</param>
        /// <param name="isSettled">True when the background steps before it are done.</param>
        /// <param name="closes">Files that the walk closes, that of the stage as the last one.</param>
        private void Try(uint number, bool isSettled, int closes)
        {
            List<FlashStep> steps = new();
            Walk(number, isSettled, null, steps);
            Assert.AreEqual(closes, steps.Count(step => step.Kind == FlashStepKind.Close));
            Assert.AreEqual("austage", steps[^1].File, "the record is durable with the last step");
            CutPoint[] points = steps.SelectMany((what, i) => CutLengths.PointsOf(i + 1, what, CutLengths.Few)).ToArray();
            int without = 0;
            foreach (CutPoint point in points)
            {
                bool isRecorded = Walk(number, isSettled, point, new());
                Assert.AreEqual(point.Step == steps.Count && point.Shape == TornShape.Whole, isRecorded, point.ToString());
                without += isRecorded ? 0 : 1;
            }

            Assert.AreEqual(points.Length - 1, without);
            TestContext.WriteLine($"{points.Length} cut points, {steps.Count} steps until the record is durable");
        }

        /// <returns>True when the record of the pulse is in the trail after the next boot.</returns>
        private static bool Walk(uint number, bool isSettled, CutPoint? point, List<FlashStep> steps)
        {
            VirtualFlash flash = new();
            using DoorRig rig = new(flash: flash);
            RadioLink link = rig.Door.Link;
            rig.Run(Limits.AuditQueueMs + 1000);
            link.OnSession(true);
            rig.Door.Poll();
            Assert.AreEqual(BleAnswer.Ok, link.OnRead(BleCharacteristic.Hello, out byte[]? hello));
            Fill(rig.Door.Memory, number, isSettled);
            link.OnWrite(BleCharacteristic.Unlock, Site.Key(Site.Record(GuestsKey), 1).MakeUnlock(hello!, PhoneKey.NewAttemptId()));
            flash.Power.Trace = steps;
            flash.Power.CutAt = point?.Step ?? 0;
            flash.Power.Shape = point?.Shape ?? TornShape.Whole;
            flash.Power.Length = point?.Length ?? 0;
            if (point == null)
            {
                rig.Door.Poll();
                link.OnRead(BleCharacteristic.Result, out byte[]? result);
                Assert.AreEqual(number, Bytes.U32(result!, 6), "the phone hears the number of its record");
            }
            else
            {
                Assert.ThrowsExactly<PowerLostException>(rig.Door.Poll);
                link.OnRead(BleCharacteristic.Result, out byte[]? result);
                Assert.IsFalse(result is { Length: > 1 } && result[0] == Verdict.Granted, "the phone has heard nothing");
            }

            flash.Power.Trace = null;
            Assert.AreEqual(1, rig.Host.Strike.Pulses, "the walk energises before it records");
            rig.Reboot();
            Assert.IsFalse(rig.Host.Strike.IsEnergised, "the strike is released at once");
            rig.Run(Limits.AuditQueueMs + 1000);
            Assert.AreEqual(1, rig.Host.Strike.Pulses, "and stays so");
            return IsRecorded(rig, number);
        }

        private static void Fill(DoorMemory memory, uint number, bool isSettled)
        {
            while (memory.Audit.NextSequence < number)
            {
                Assert.IsTrue(memory.Audit.Append(AuditEvent.Rex, Verdict.Granted, 0, 0, 0, 0, 0));
            }

            for (int step = 0; isSettled && step < 8; step++)
            {
                memory.FlashStep(0);
            }
        }

        /// <summary>Looks for the record of the unlock, and for every one that was durable before it.</summary>
        private static bool IsRecorded(DoorRig rig, uint number)
        {
            byte[] record = new byte[AuditRecord.Length];
            for (uint sequence = 1; sequence < number; sequence++)
            {
                Assert.AreEqual(1, rig.Door.Memory.Audit.Reader.ReadPage(sequence, record, 0, 1));
                Assert.AreEqual(sequence, Bytes.U32(record, AuditRecord.SequenceOffset), "a record before it is gone");
            }

            rig.Door.Memory.Audit.Reader.ReadPage(number, record, 0, 1);
            return record[0] == AuditEvent.Credential && Bytes.U32(record, AuditRecord.KeyNumberOffset) == GuestsKey;
        }
    }
}
