using System;
using System.Collections.Generic;
using System.Linq;
using DoorController.Hal;
using DoorController.Issuer;
using DoorController.Tests.Support;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Audit
{
    /// <summary>What nobody may do to the trail: wash out who opened, and each alarm, by being there.</summary>
    [TestClass]
    public sealed class TrailFloodTests
    {
        private const int MinuteMs = 60_000;
        private const int MinutesOfDay = 1440;
        private const int MostADay = 48;

        private static readonly int[] NotRoutine =
        [
            AuditEvent.TrailStarted, AuditEvent.Rex, AuditEvent.DoorOpened, AuditEvent.DoorClosed, AuditEvent.ForcedOpen, AuditEvent.HeldOpen,
            AuditEvent.Tamper, AuditEvent.FireAlarm,
        ];

        private readonly List<int> _routineMinutes = [];
        private uint _seen;
        private int _minute;

        [TestMethod]
        public void AnIdleYear_KeepsEveryOpeningAndAlarmOfItsFirstDay()
        {
            using DoorRig rig = new(settings: new Settings { HasContact = true, HasRex = true });
            LiveADay(rig);
            byte[][] first = Trails.Records(rig.Door);
            rig.Host.Run(rig.Door.Poll, 365L * MinutesOfDay * MinuteMs, MinuteMs);
            byte[][] all = Trails.Records(rig.Door);
            CollectionAssert.AreEqual(first.Select(Convert.ToHexString).ToArray(), all[..first.Length].Select(Convert.ToHexString).ToArray());
            Assert.AreEqual(10, first.Count(r => r[0] == AuditEvent.Credential));
            Assert.AreEqual(3, first.Count(r => r[0] is AuditEvent.ForcedOpen or AuditEvent.Tamper or AuditEvent.FireAlarm));
            byte[][] year = all[first.Length..];
            Assert.HasCount(365, year);
            Assert.IsTrue(year.All(r => r[0] == AuditEvent.RadioRestarted), "nothing else happened");
            uint argument = Bytes.U32(year[^1], AuditRecord.ArgumentOffset);
            Assert.AreEqual((720u, 1440u), (argument & 0xFFFF, argument >> 16), "a loop that turns once a minute stood still: a restart every other turn, for a day");
        }

        [TestMethod]
        public void WhoeverStandsOutside_Adds48RecordsADay_AtMost()
        {
            Random random = new(20261126);
            using DoorRig rig = new(settings: new Settings { HasContact = true, HasRex = true });
            uint[] dead = [.. Enumerable.Range(5, 30).Select(k => (uint)k)];
            rig.Apply(ListBodies.Revoking(10, 0, dead));
            PhoneKey[] keys = [.. dead.Select(k => Site.Key(Site.Record(k), 1))];
            for (_minute = 0; _minute < 3 * MinutesOfDay; _minute++)
            {
                Attack(rig, keys, random);
                rig.Host.Run(rig.Poll, MinuteMs, 500);
                Note(rig);
            }

            int most = _routineMinutes.Max(from => _routineMinutes.Count(m => m >= from && m < from + MinutesOfDay));
            Assert.IsTrue(most is > 30 and <= MostADay, $"{most} records in a day");
        }

        [TestMethod]
        public void WhoeverCutsThePowerAgainAndAgain_Adds24Records_AndEachBootIsCounted()
        {
            using DoorRig rig = new();
            for (int boot = 1; boot < 300; boot++)
            {
                rig.Run(Limits.AuditQueueMs + 1000);
                rig.Reboot();
            }

            byte[][] booted = [.. Trails.Records(rig.Door).Where(r => r[0] == AuditEvent.Booted)];
            Assert.HasCount(Limits.AuditRoutineBurst, booted);
            CollectionAssert.AreEqual(
                Enumerable.Range(1, Limits.AuditRoutineBurst).ToArray(), booted.Select(r => (int)Bytes.U32(r, AuditRecord.ArgumentOffset)).ToArray());
            rig.Host.Run(rig.Poll, 3_700_000, 500);
            byte[] last = Trails.Records(rig.Door).Last(r => r[0] == AuditEvent.Booted);
            Assert.AreEqual(300u, Bytes.U32(last, AuditRecord.ArgumentOffset), "told once an hour has bought a record");
        }

        [TestMethod]
        public void WhatFoundNoRecordOfItsOwn_IsCounted()
        {
            using DoorRig rig = new();
            for (int i = 0; i < Limits.AuditRoutineBurst; i++)
            {
                rig.Door.Memory.Audit.QueueRoutine(AuditEvent.TimeProven, 0, 0, 0);
            }

            rig.Run(Limits.AuditQueueMs + 1000);
            uint next = rig.Door.Memory.Audit.NextSequence;
            rig.Apply(ListBodies.Revoking(10, 0, 5));
            byte[] result = rig.Tap(Site.Key(Site.Record(), 1));
            Assert.AreEqual((Verdict.Revoked, 0u, 0u), ((int)result[0], Bytes.U32(result, 2), Bytes.U32(result, 6)), "no epoch, no sequence");
            Assert.AreEqual(next, rig.Door.Memory.Audit.NextSequence);
            rig.Host.Run(rig.Poll, 5 * 3_600_000L, 500);
            byte[][] told = Trails.Records(rig.Door, next);
            Assert.AreEqual(1u, Bytes.U32(told.Single(r => r[0] == AuditEvent.OtherRefusals), AuditRecord.ArgumentOffset));
            Assert.AreEqual(10u, Bytes.U32(told.Single(r => r[0] == AuditEvent.ListApplied), AuditRecord.ArgumentOffset), "told late");
        }

        /// <summary>Ten guests, each through an open door; a forced door, an opened housing, a fire alarm.</summary>
        private static void LiveADay(DoorRig rig)
        {
            for (uint guest = 0; guest < 10; guest++)
            {
                Assert.AreEqual(Verdict.Granted, (int)rig.Tap(Site.Key(Site.Record(guest + 5), 1))[0]);
                Pass(rig);
            }

            rig.Run(20 * MinuteMs);
            Pass(rig);
            foreach (int input in new[] { Input.Tamper, Input.FireAlarm })
            {
                rig.Host.Inputs.Set(input, true);
                rig.Run(1000);
                rig.Host.Inputs.Set(input, false);
                rig.Run(20_000);
            }
        }

        private static void Pass(DoorRig rig)
        {
            rig.Host.Inputs.Set(Input.DoorOpen, true);
            rig.Run(3000);
            rig.Host.Inputs.Set(Input.DoorOpen, false);
            rig.Run(20_000);
        }

        private static void Attack(DoorRig rig, PhoneKey[] keys, Random random)
        {
            switch (random.Next(8))
            {
                case 0:
                    rig.Tap(keys[random.Next(keys.Length)]);
                    break;
                case 1:
                    rig.Tap(keys[0]);
                    break;
                case 2:
                    rig.Tap(keys[0] with { CredentialKey = new byte[32] });
                    break;
                case 3:
                    rig.Connect();
                    rig.Phone.TryWrite(BleCharacteristic.Unlock, [0x31, 77, 1, 2, 3]);
                    rig.Run(100);
                    rig.Phone.Disconnect();
                    break;
                case 4:
                    rig.Connect();
                    break;
                case 5 when random.Next(4) == 0:
                    rig.Reboot();
                    break;
                case 6:
                    rig.Host.Serial.Type("strike\rstrike 0102030405\r");
                    break;
                default:
                    rig.Tap(keys[random.Next(3)]);
                    break;
            }
        }

        private void Note(DoorRig rig)
        {
            foreach (byte[] record in Trails.Records(rig.Door, _seen + 1))
            {
                _seen = Bytes.U32(record, AuditRecord.SequenceOffset);
                bool isGrant = record[0] == AuditEvent.Credential && record[1] == Verdict.Granted;
                if (!isGrant && !NotRoutine.Contains(record[0]))
                {
                    _routineMinutes.Add(_minute);
                }
            }
        }
    }
}
