using System;
using System.Collections.Generic;
using System.Linq;
using DoorController.Hal;
using DoorController.Strike;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Strike
{
    /// <summary>
    /// Random passages, forcings, grants, REX presses and fire alarms in all orders and lengths, against a model that looks at the whole
    /// course of each contact afterwards, while the monitor has to decide as it goes.
    /// </summary>
    [TestClass]
    public sealed class DoorContactModelTests
    {
        private const int Runs = 500;
        private const int LengthMs = 20000;
        private const int HoldMs = 5000;

        [TestMethod]
        public void EveryOpeningIsJudgedAsTheModelDoes()
        {
            int forced = 0;
            int explained = 0;
            for (int seed = 1; seed <= Runs; seed++)
            {
                ContactCourse course = new(seed, LengthMs, hasRex: seed % 4 != 0);
                List<(long At, int News)> wanted = course.Judge(HoldMs);
                List<(long At, int News)> actual = Play(course);
                Assert.AreEqual(Show(wanted), Show(actual), $"seed {seed}: {course}");
                forced += wanted.Count(n => n.News == DoorNews.ForcedOpen);
                explained += wanted.Count(n => n.News == DoorNews.Opened);
            }

            Assert.IsGreaterThan(Runs / 2, forced, "too few forcings were tried");
            Assert.IsGreaterThan(Runs, explained, "too few passages were tried");
        }

        private static List<(long At, int News)> Play(ContactCourse course)
        {
            DoorMonitor monitor = new(new Settings { HasContact = true, HasRex = course.HasRex, HeldOpenS = 3600 }, course.Raw[0], 0);
            List<(long, int)> news = [];
            for (int at = 1; at < course.Raw.Length; at++)
            {
                if (course.Grants.Contains(at))
                {
                    monitor.OnPulse(HoldMs, at);
                }

                int told = monitor.Poll(course.Raw[at], at);
                if ((told & DoorNews.Rex) != 0)
                {
                    monitor.OnPulse(HoldMs, at);
                }

                int doors = told & (DoorNews.Opened | DoorNews.ForcedOpen | DoorNews.Closed);
                foreach (int bit in new[] { DoorNews.Opened, DoorNews.ForcedOpen, DoorNews.Closed }.Where(bit => (doors & bit) != 0))
                {
                    news.Add((at, bit));
                }
            }

            return news;
        }

        private static string Show(IEnumerable<(long At, int News)> news) => string.Join(' ', news.Select(n => $"{n.At}:{n.News}"));
    }

    /// <summary>The raw level of every contact in each millisecond, and when keys were granted.</summary>
    internal sealed class ContactCourse
    {
        private readonly Random _random;

        /// <summary>Makes a course.</summary>
        /// <param name="seed">Gives the same course again.</param>
        /// <param name="lengthMs">How long it is.</param>
        /// <param name="hasRex">Whether the REX input counts.</param>
        public ContactCourse(int seed, int lengthMs, bool hasRex)
        {
            _random = new Random(seed);
            HasRex = hasRex;
            Raw = new int[lengthMs];
            Draw(Input.DoorOpen, [5, 29, 40, 200, 300, 499, 700, 2500]);
            Draw(Input.Rex, [3, 20, 35, 300, 4000, 9000]);
            Draw(Input.FireAlarm, [10, 31, 2000, 15000]);
            Grants = [.. Enumerable.Range(0, _random.Next(4)).Select(_ => _random.Next(1, lengthMs))];
        }

        public bool HasRex { get; }

        public int[] Raw { get; }

        public HashSet<int> Grants { get; }

        private int Release => Input.FireAlarm | (HasRex ? Input.Rex : 0);

        public override string ToString() =>
            $"grants {string.Join(',', Grants)}; " + string.Join("; ", new[] { Input.DoorOpen, Input.Rex, Input.FireAlarm }.Select(bit =>
                $"{bit}: " + string.Join(',', Enumerable.Range(1, Raw.Length - 1).Where(at => ((Raw[at] ^ Raw[at - 1]) & bit) != 0))));

        /// <summary>What the monitor has to say of the door contact.</summary>
        public List<(long At, int News)> Judge(int holdMs)
        {
            int[] settled = Settle();
            List<(long, int)> news = [];
            long closed = long.MinValue / 2;
            long newPassage = long.MinValue / 2;
            bool wasForced = false;
            long used = -1;
            for (int at = 1; at < Raw.Length; at++)
            {
                if (IsPulse(settled, at))
                {
                    newPassage = at;
                }

                if (((settled[at] ^ settled[at - 1]) & Input.DoorOpen) == 0)
                {
                    continue;
                }

                if ((settled[at] & Input.DoorOpen) == 0)
                {
                    news.Add((at, DoorNews.Closed));
                    closed = at;
                    continue;
                }

                if (at - closed < Limits.SamePassageMs && newPassage <= closed && (!wasForced || !IsReleased(settled, at, used, holdMs)))
                {
                    continue;
                }

                int decided = DecisionAt(settled, at, used, holdMs);
                wasForced = !IsReleased(settled, decided, used, holdMs);
                if (decided < Raw.Length)
                {
                    news.Add((decided, wasForced ? DoorNews.ForcedOpen : DoorNews.Opened));
                }

                used = decided;
            }

            return news.Where(n => n.Item1 < Raw.Length).OrderBy(n => n.Item1).ToList();
        }

        /// <summary>An unexplained opening waits while a release input has not stood still.</summary>
        private int DecisionAt(int[] settled, int opened, long used, int holdMs)
        {
            int at = opened;
            while (at < Raw.Length && !IsReleased(settled, at, used, holdMs) && IsRestless(at) && at - opened < Limits.ReleaseSettleMs
                && (settled[at] & Input.DoorOpen) != 0)
            {
                at++;
            }

            return at;
        }

        private bool IsRestless(int at) => Enumerable.Range(Math.Max(1, at - Limits.DebounceMs + 1), Math.Min(at, Limits.DebounceMs))
            .Any(t => ((Raw[t] ^ Raw[t - 1]) & Release) != 0);

        /// <summary>Active at this moment; or the end of a release, or a pulse, came lately, and no opening used it up.</summary>
        private bool IsReleased(int[] settled, int at, long used, int holdMs)
        {
            if (at >= Raw.Length || (settled[at] & Release) != 0)
            {
                return true;
            }

            for (long t = at; t > used && t > 0 && at - t <= holdMs + Limits.OpenAfterPulseMs; t--)
            {
                bool ended = (settled[t - 1] & ~settled[t] & Release) != 0 && at - t <= Limits.OpenAfterPulseMs;
                if (ended || IsPulse(settled, (int)t))
                {
                    return true;
                }
            }

            return false;
        }

        private bool IsPulse(int[] settled, int at) =>
            Grants.Contains(at) || (HasRex && (settled[at] & ~settled[at - 1] & Input.Rex) != 0);

        private int[] Settle()
        {
            int[] settled = new int[Raw.Length];
            settled[0] = Raw[0];
            foreach (int bit in new[] { Input.DoorOpen, Input.Rex, Input.FireAlarm })
            {
                int moved = 0;
                for (int at = 1; at < Raw.Length; at++)
                {
                    moved = ((Raw[at] ^ Raw[at - 1]) & bit) != 0 ? at : moved;
                    settled[at] |= at - moved >= Limits.DebounceMs ? Raw[at] & bit : settled[at - 1] & bit;
                }
            }

            return settled;
        }

        /// <summary>Toggles a contact now and then; each stretch is one of the lengths or near it.</summary>
        private void Draw(int bit, int[] lengths)
        {
            int at = _random.Next(1, Raw.Length / 2);
            bool isActive = true;
            while (at < Raw.Length)
            {
                int length = isActive || _random.Next(3) == 0 ? lengths[_random.Next(lengths.Length)] + _random.Next(3) : _random.Next(1, 6000);
                for (int t = at; isActive && t < Math.Min(Raw.Length, at + length); t++)
                {
                    Raw[t] |= bit;
                }

                at += length;
                isActive = !isActive;
            }
        }
    }
}
