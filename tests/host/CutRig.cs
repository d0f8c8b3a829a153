using System;
using System.Collections.Generic;
using System.Linq;
using DoorController.Hal.Host;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests
{
    /// <summary>
    /// Cuts the power in every step that an operation takes on the virtual flash; where the step is a close, in every shape that it may
    /// land in and at every byte where it may tear. After the reboot the content must be that from before the step or after it, and the
    /// operation, done again, must end where it would have ended.
    /// </summary>
    internal sealed class CutRig
    {
        /// <summary>Distance of the bytes at which long writes tear; their first and last bytes and the block borders are always tried.</summary>
        private const int LongStep = 61;
        private const int ShortLength = 256;
        private const int BlockBytes = 512;

        private readonly VirtualFlash _prepared;
        private readonly Action<VirtualFlash> _act;
        private readonly Func<VirtualFlash, string> _read;

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
            List<FlashStep> steps = new();
            whole.Power.Trace = steps;
            _act(whole);
            string after = _read(whole);
            Assert.AreNotEqual(0, steps.Count, "the operation writes");
            int points = 0;
            VirtualFlash last = _prepared.Copy();
            for (int step = 1; step <= steps.Count; step++)
            {
                FlashStepKind kind = steps[step - 1].Kind;
                VirtualFlash next = Cut(step, kind is FlashStepKind.Block or FlashStepKind.Compaction ? TornShape.Nothing : TornShape.Whole, 0);
                string[] allowed = [_read(last), _read(next)];
                foreach ((TornShape shape, int length) in ShapesOf(steps[step - 1]))
                {
                    Try(step, steps[step - 1], shape, length, last, allowed, after);
                    points++;
                }

                last = next;
            }

            Assert.AreEqual(after, _read(last), "the last step ends the operation");
            return points;
        }

        private void Try(int step, FlashStep what, TornShape shape, int length, VirtualFlash last, string[] allowed, string after)
        {
            string where = $"step {step}, {what.Kind} of {what.File}, {shape} at {length}";
            VirtualFlash flash = Cut(step, shape, length);
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

            if (IsRepeatable)
            {
                _act(flash);
                Assert.AreEqual(after, _read(flash), "done again after " + where);
            }
        }

        private VirtualFlash Cut(int step, TornShape shape, int length)
        {
            VirtualFlash flash = _prepared.Copy();
            flash.Power.CutAt = step;
            flash.Power.Shape = shape;
            flash.Power.Length = length;
            Assert.ThrowsExactly<PowerLostException>(() => _act(flash));
            flash.Restart();
            return flash;
        }

        private static IEnumerable<(TornShape Shape, int Length)> ShapesOf(FlashStep step)
        {
            return step.Kind switch
            {
                FlashStepKind.Block or FlashStepKind.Compaction => [(TornShape.Nothing, 0)],
                FlashStepKind.Create or FlashStepKind.Delete => [(TornShape.Nothing, 0), (TornShape.Whole, 0)],
                _ => Enum.GetValues<TornShape>().SelectMany(shape => LengthsOf(shape, step).Select(length => (shape, length))),
            };
        }

        private static IEnumerable<int> LengthsOf(TornShape shape, FlashStep step)
        {
            bool hasLength = shape is TornShape.Torn or TornShape.Mixed or TornShape.Garbage;
            return hasLength ? Enumerable.Range(step.From, step.Length - step.From).Where(at => IsTried(at, step.Length)) : [0];
        }

        private static bool IsTried(int at, int length)
        {
            return length <= ShortLength || at < 4 || at >= length - 4 || at % LongStep == 0 || (at + 1) % BlockBytes < 3;
        }
    }
}
