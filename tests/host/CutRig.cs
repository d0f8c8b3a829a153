using System;
using System.Collections.Generic;
using System.Linq;
using DoorController.Hal.Host;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests
{
    /// <summary>
    /// Cuts the power in every write of an operation, in every shape that the write may land in and at every byte where it may
    /// tear. After the reboot the content must be that from before the write or after it, and the operation, done again, must end
    /// where it would have ended.
    /// </summary>
    internal static class CutRig
    {
        /// <summary>Distance of the bytes at which long writes tear; their first and last bytes and the block borders are always tried.</summary>
        private const int LongStep = 61;
        private const int ShortLength = 256;
        private const int BlockBytes = 512;

        /// <summary>Tries all cut points of one operation.</summary>
        /// <param name="prepared">The files before it.</param>
        /// <param name="act">The operation, from a boot on.</param>
        /// <param name="read">Boots and tells all that was remembered.</param>
        /// <returns>How many cut points were tried.</returns>
        public static int Try(TornFiles prepared, Action<TornFiles> act, Func<TornFiles, string> read)
        {
            TornFiles whole = prepared.Copy();
            string before = read(whole);
            act(whole);
            string after = read(whole);
            Assert.AreNotEqual(0, whole.Lengths.Count, "the operation writes");
            int points = 0;
            string last = before;
            for (int write = 1; write <= whole.Lengths.Count; write++)
            {
                string next = read(Cut(prepared, act, write, TornShape.Whole, 0));
                foreach (TornShape shape in Enum.GetValues<TornShape>())
                {
                    foreach (int length in LengthsOf(shape, whole.Lengths[write - 1]))
                    {
                        TornFiles files = Cut(prepared, act, write, shape, length);
                        string found = read(files);
                        Assert.IsTrue(found == last || found == next, $"write {write}, {shape} at {length}:\n{found}\nwanted\n{last}\nor\n{next}");
                        act(files);
                        Assert.AreEqual(after, read(files), $"done again after write {write}, {shape} at {length}");
                        points++;
                    }
                }

                last = next;
            }

            Assert.AreEqual(after, last, "the last write ends the operation");
            return points;
        }

        private static TornFiles Cut(TornFiles prepared, Action<TornFiles> act, int write, TornShape shape, int length)
        {
            TornFiles files = prepared.Copy();
            files.CutAt = write;
            files.CutShape = shape;
            files.CutLength = length;
            Assert.ThrowsExactly<PowerLostException>(() => act(files));
            return files;
        }

        private static IEnumerable<int> LengthsOf(TornShape shape, int length)
        {
            bool hasLength = shape is TornShape.Torn or TornShape.Mixed or TornShape.Garbage;
            return hasLength ? Enumerable.Range(0, length).Where(at => IsTried(at, length)) : [0];
        }

        private static bool IsTried(int at, int length)
        {
            return length <= ShortLength || at < 4 || at >= length - 4 || at % LongStep == 0 || (at + 1) % BlockBytes < 3;
        }
    }
}
