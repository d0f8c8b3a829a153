using System;
using System.Collections.Generic;
using System.Linq;
using DoorController.Hal.Host;

namespace DoorController.Tests.Cuts
{
    /// <summary>A moment in which power goes.</summary>
    /// <param name="Step">Number of the flash step, from 1.</param>
    /// <param name="What">The step.</param>
    /// <param name="Shape">How it lands.</param>
    /// <param name="Length">Bytes of it that land, for the shapes that tear.</param>
    internal sealed record CutPoint(int Step, FlashStep What, TornShape Shape, int Length)
    {
        public override string ToString() => $"step {Step}, {What.Kind} of {What.File}, {Shape} at {Length}";
    }

    /// <summary>Where a step is cut: each shape, and the bytes at which the shapes that tear do so.</summary>
    internal static class CutLengths
    {
        /// <summary>Distance of the bytes at which long writes tear; their first and last bytes and the block borders are always tried.</summary>
        private const int LongStep = 61;
        private const int ShortLength = 256;
        private const int BlockBytes = 512;

        /// <summary>Lengths, of the file and of what is written, that tear headers, entries and records at their borders and inside.</summary>
        private static readonly int[] Telling = [0, 1, 4, 31, 32, 36, 300];

        /// <summary>Every cut point of a step.</summary>
        public static IEnumerable<CutPoint> PointsOf(int step, FlashStep what, Func<FlashStep, IEnumerable<int>> lengths)
        {
            TornShape[] shapes = what.Kind switch
            {
                FlashStepKind.Block or FlashStepKind.Compaction => [TornShape.Nothing],
                FlashStepKind.Create or FlashStepKind.Delete => [TornShape.Nothing, TornShape.Whole],
                _ => Enum.GetValues<TornShape>(),
            };
            return shapes.SelectMany(shape => (HasLength(shape) ? lengths(what) : [0]).Select(length => new CutPoint(step, what, shape, length)));
        }

        /// <summary>Each byte of a short write, and one in 61 of a long one.</summary>
        public static IEnumerable<int> All(FlashStep what) =>
            Enumerable.Range(what.From, what.Length - what.From).Where(at => IsTried(at, what.Length));

        /// <summary>So few bytes that pairs of them can be tried: some that lie in each part of a file, and its last ones.</summary>
        public static IEnumerable<int> Few(FlashStep what) => Telling
            .SelectMany(at => new[] { at, what.From + at }).Concat([what.Length - 33, what.Length - 1])
            .Where(at => at >= what.From && at < what.Length).Distinct();

        /// <summary>True for a point that <see cref="Few"/> has too.</summary>
        public static bool IsFew(CutPoint point) => !HasLength(point.Shape) || Few(point.What).Contains(point.Length);

        private static bool HasLength(TornShape shape) => shape is TornShape.Torn or TornShape.Mixed or TornShape.Garbage;

        private static bool IsTried(int at, int length) =>
            length <= ShortLength || at < 4 || at >= length - 4 || at % LongStep == 0 || (at + 1) % BlockBytes < 3;
    }
}
