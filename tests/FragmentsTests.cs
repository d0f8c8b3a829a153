#nullable enable
using System;
using DoorController.Radio;
using DoorController.Wire;
using nanoFramework.TestFramework;

namespace DoorController.Tests
{
    /// <summary>A frame in fragments of 20 bytes: whole, repeated, reordered, lost, late, too long.</summary>
    [TestClass]
    public class FragmentsTests
    {
        private const int Whole = 77;

        [TestMethod]
        [DataRow(1)]
        [DataRow(18)]
        [DataRow(19)]
        [DataRow(77)]
        [DataRow(85)]
        public void EveryLengthComesTogether(int length)
        {
            Fragments fragments = new Fragments();
            byte[]? frame = null;
            int count = (length + 17) / 18;
            for (int i = 0; i < count; i++)
            {
                int verdict = fragments.Add(Part(i, length), 0, out frame);
                Assert.AreEqual(i == count - 1 ? Unlock.GoodForm : Verdict.Pending, verdict);
            }

            Assert.IsNotNull(frame);
            Assert.AreEqual(length, frame!.Length);
            for (int i = 0; i < length; i++)
            {
                Assert.AreEqual(i, frame[i]);
            }
        }

        [TestMethod]
        public void RepeatsAreIgnored()
        {
            Fragments fragments = new Fragments();
            byte[]? frame = null;
            for (int i = 0; i < 5; i++)
            {
                fragments.Add(Part(i, Whole), 0, out frame);
                int verdict = fragments.Add(Part(i, Whole), 0, out byte[]? again);
                Assert.AreEqual(Verdict.Pending, verdict);
                Assert.IsNull(again, "a repeat never makes a frame");
            }

            Assert.IsNotNull(frame);
        }

        [TestMethod]
        [DataRow(1)]
        [DataRow(2)]
        [DataRow(3)]
        public void AGapDropsTheFrame(int lost)
        {
            Fragments fragments = new Fragments();
            int verdict = Verdict.Pending;
            for (int i = 0; i < 5 && verdict == Verdict.Pending; i++)
            {
                if (i != lost)
                {
                    verdict = fragments.Add(Part(i, Whole), 0, out byte[]? frame);
                    Assert.IsNull(frame);
                }
            }

            Assert.AreEqual(Verdict.BadFragment, verdict);
            Assert.AreEqual(Verdict.Pending, fragments.Add(Part(0, Whole), 0, out _), "fragment 0 begins anew");
        }

        [TestMethod]
        public void AResetForgetsTheUnfinishedFrame()
        {
            Fragments fragments = new Fragments();
            fragments.Add(Part(0, Whole), 0, out _);
            fragments.Add(Part(1, Whole), 0, out _);
            fragments.Reset();
            Assert.AreEqual(Verdict.BadFragment, fragments.Add(Part(2, Whole), 0, out _));
            fragments.Add(Part(0, Whole), 0, out _);
            fragments.Reset();
            Assert.AreEqual(Verdict.BadFragment, fragments.Add(Part(1, Whole), 0, out _));
        }

        [TestMethod]
        public void Fragment0ForgetsAnUnfinishedFrame()
        {
            Fragments fragments = new Fragments();
            fragments.Add(Part(0, 85), 0, out _);
            fragments.Add(Part(1, 85), 0, out _);
            byte[]? frame = null;
            for (int i = 0; i < 5; i++)
            {
                byte[] part = Part(i, Whole);
                part[Unlock.FragmentHeader] ^= 0x80;
                fragments.Add(part, Limits.FragmentsMs + 1, out frame);
            }

            Assert.IsNotNull(frame, "and its time begins anew");
            Assert.AreEqual(Whole, frame!.Length);
            Assert.AreEqual(0x80, (int)frame[0]);
        }

        [TestMethod]
        public void FragmentsOfTwoFramesDoNotMix()
        {
            Fragments fragments = new Fragments();
            fragments.Add(Part(0, Whole), 0, out _);
            Assert.AreEqual(Verdict.BadFragment, fragments.Add(Part(1, 85), 0, out byte[]? frame));
            Assert.IsNull(frame);
        }

        [TestMethod]
        public void LateFragmentsDropTheFrame()
        {
            Fragments fragments = new Fragments();
            fragments.Add(Part(0, Whole), 0, out _);
            Assert.AreEqual(Verdict.Pending, fragments.Add(Part(1, Whole), Limits.FragmentsMs, out _));
            Assert.AreEqual(Verdict.BadFragment, fragments.Add(Part(2, Whole), Limits.FragmentsMs + 1, out _));
        }

        [TestMethod]
        public void WrongLengthsDropTheFrame()
        {
            Fragments fragments = new Fragments();
            Assert.AreEqual(Verdict.BadFragment, fragments.Add(new byte[] { 0x30 }, 0, out _), "no header");
            Assert.AreEqual(Verdict.BadFragment, fragments.Add(new byte[] { 0x30, Whole }, 0, out _), "no bytes");
            Assert.AreEqual(Verdict.BadFragment, fragments.Add(Cut(Part(0, Whole)), 0, out _), "short");
            Assert.AreEqual(Verdict.BadFragment, fragments.Add(Part(0, Unlock.MaxLength + 1), 0, out _), "longer than any frame");
            fragments.Add(Part(0, Whole), 0, out _);
            Assert.AreEqual(Verdict.BadVersion, fragments.Add(new byte[] { 0x50, Whole, 0 }, 0, out _), "version 2");
            Assert.AreEqual(Verdict.BadFragment, fragments.Add(Part(1, Whole), 0, out _), "it drops the frame too");
        }

        private static byte[] Cut(byte[] part)
        {
            return Bytes.Part(part, 0, part.Length - 1);
        }

        /// <summary>Fragment number <paramref name="index"/> of a frame whose bytes count up from 0.</summary>
        private static byte[] Part(int index, int length)
        {
            int start = index * Unlock.FragmentPayload;
            int left = length - start;
            byte[] part = new byte[Unlock.FragmentHeader + (left < Unlock.FragmentPayload ? left : Unlock.FragmentPayload)];
            part[0] = (byte)((Hello.Version << 5) | Unlock.FragmentBit | index);
            part[1] = (byte)length;
            for (int i = Unlock.FragmentHeader; i < part.Length; i++)
            {
                part[i] = (byte)(start + i - Unlock.FragmentHeader);
            }

            return part;
        }
    }
}
