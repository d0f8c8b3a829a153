using System;
using System.Collections.Generic;
using System.Linq;
using DoorController.Hal.Host;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Cuts
{
    /// <summary>
    /// Cuts the power in every step that an operation takes on the virtual flash; where the step is a close, in every shape that it may
    /// land in and at every byte where it may tear. After the reboot the content must be that from before the step or after it, and the
    /// operation, done again, must end where it would have ended. With <see cref="Afterwards"/> power goes once more
    /// in what follows the first cut.
    /// </summary>
    internal sealed class CutRig
    {
        private const int Seed = 12;

        private readonly VirtualFlash _prepared;
        private readonly Action<VirtualFlash> _act;
        private readonly Func<VirtualFlash, string> _read;
        private readonly Random _random = new(Seed);

        /// <summary>An operation to be cut.</summary>
        /// <param name="prepared">The flash before it.</param>
        /// <param name="act">The operation, from a boot on.</param>
        /// <param name="read">Boots and tells what was remembered; leaves the flash as it is.</param>
        public CutRig(VirtualFlash prepared, Action<VirtualFlash> act, Func<VirtualFlash, string> read)
        {
            _prepared = prepared;
            _act = act;
            _read = read;
        }

        /// <summary>What else must hold: it is given the flash from before the step and that after the cut.</summary>
        public Action<VirtualFlash, VirtualFlash> Check { get; init; } = (_, _) => { };

        /// <summary>True when the operation, done again after a cut, ends where it would have ended without one.</summary>
        public bool IsRepeatable { get; init; } = true;

        /// <summary>The bytes at which a close is torn.</summary>
        public Func<FlashStep, IEnumerable<int>> Lengths { get; init; } = CutLengths.All;

        /// <summary>What follows the first cut, from a boot on. When set, power goes a second time in it, after each cut at one of <see cref="CutLengths.Few"/>.</summary>
        public Action<VirtualFlash>? Afterwards { get; init; }

        /// <summary>Second cuts that are tried after each first one, drawn by seed; all of them when there are not more.</summary>
        public int SecondCuts { get; init; } = int.MaxValue;

        /// <summary>Pairs of cuts that were tried.</summary>
        public int Pairs { get; private set; }

        /// <summary>Tries all cut points of one operation.</summary>
        /// <param name="prepared">The flash before it.</param>
        /// <param name="act">The operation, from a boot on.</param>
        /// <param name="read">Boots and tells all that was remembered.</param>
        /// <returns>How many cut points were tried.</returns>
        public static int Try(VirtualFlash prepared, Action<VirtualFlash> act, Func<VirtualFlash, string> read) =>
            new CutRig(prepared, act, read).Try();

        /// <summary>Tries all cut points.</summary>
        /// <returns>How many there were.</returns>
        public int Try()
        {
            VirtualFlash whole = _prepared.Copy();
            List<FlashStep> steps = Trace(whole, _act);
            string after = _read(whole);
            Assert.AreNotEqual(0, steps.Count, "the operation writes");
            int points = 0;
            VirtualFlash last = _prepared.Copy();
            for (int step = 1; step <= steps.Count; step++)
            {
                VirtualFlash next = Next(_prepared, _act, step, steps[step - 1]);
                string[] allowed = [_read(last), _read(next)];
                foreach (CutPoint point in CutLengths.PointsOf(step, steps[step - 1], Lengths))
                {
                    Try(point, last, allowed, after);
                    points++;
                }

                last = next;
            }

            Assert.AreEqual(after, _read(last), "the last step ends the operation");
            return points;
        }

        private void Try(CutPoint point, VirtualFlash last, string[] allowed, string after)
        {
            VirtualFlash flash = Cut(_prepared, _act, point);
            AssertGood(point.ToString(), last, flash, allowed);
            if (Afterwards != null && CutLengths.IsFew(point))
            {
                TryAfterwards(point, last, flash, Afterwards);
            }

            if (IsRepeatable)
            {
                _act(flash);
                Assert.AreEqual(after, _read(flash), "done again after " + point);
            }
        }

        /// <summary>The second cut. What was known before the first one must be known after it, and each step of what followed is done or not.</summary>
        private void TryAfterwards(CutPoint first, VirtualFlash last, VirtualFlash cut, Action<VirtualFlash> act)
        {
            List<FlashStep> steps = Trace(cut.Copy(), act);
            string?[] texts = new string?[steps.Count + 1];
            CutPoint[] points = steps.SelectMany((what, i) => CutLengths.PointsOf(i + 1, what, CutLengths.Few)).ToArray();
            foreach (CutPoint point in points.OrderBy(_ => points.Length > SecondCuts ? _random.Next() : 0).Take(SecondCuts))
            {
                AssertGood($"{first}, then {point}", last, Cut(cut, act, point), [TextAfter(point.Step - 1), TextAfter(point.Step)]);
                Pairs++;
            }

            string TextAfter(int step) => texts[step] ??= _read(step == 0 ? cut : Next(cut, act, step, steps[step - 1]));
        }

        private void AssertGood(string where, VirtualFlash last, VirtualFlash flash, string[] allowed)
        {
            string found = _read(flash);
            Assert.IsTrue(allowed.Contains(found), $"{where}:\n{found}\nwanted\n{allowed[0]}\nor\n{allowed[1]}");
            try
            {
                Check(last, flash);
            }
            catch (Exception fault)
            {
                throw new InvalidOperationException(where + ": " + fault.Message, fault);
            }
        }

        private static List<FlashStep> Trace(VirtualFlash flash, Action<VirtualFlash> act)
        {
            List<FlashStep> steps = new();
            flash.Power.Trace = steps;
            act(flash);
            flash.Power.Trace = null;
            return steps;
        }

        /// <summary>The flash once a step is done and nothing behind it.</summary>
        private static VirtualFlash Next(VirtualFlash prepared, Action<VirtualFlash> act, int step, FlashStep what)
        {
            bool isData = what.Kind is FlashStepKind.Block or FlashStepKind.Compaction;
            return Cut(prepared, act, new CutPoint(step, what, isData ? TornShape.Nothing : TornShape.Whole, 0));
        }

        private static VirtualFlash Cut(VirtualFlash prepared, Action<VirtualFlash> act, CutPoint point)
        {
            VirtualFlash flash = prepared.Copy();
            flash.Power.CutAt = point.Step;
            flash.Power.Shape = point.Shape;
            flash.Power.Length = point.Length;
            Assert.ThrowsExactly<PowerLostException>(() => act(flash));
            flash.Restart();
            return flash;
        }
    }
}
