using System;
using System.Collections.Generic;
using System.Linq;
using DoorController.Wire;

namespace DoorController.Tests.Scenes
{
    /// <summary>In how many scenes a thing was reached.</summary>
    internal sealed class SceneCounts
    {
        private readonly SortedDictionary<string, int> _scenes = new(StringComparer.Ordinal);
        private readonly HashSet<string> _inThis = new();

        /// <summary>Scenes that ended.</summary>
        public int Scenes { get; private set; }

        /// <summary>Steps in all of them.</summary>
        public long Steps { get; private set; }

        /// <summary>Pulses in all of them.</summary>
        public long Pulses { get; set; }

        /// <summary>Cuts of the power in all of them.</summary>
        public long Cuts { get; set; }

        private static string FaultOf(SceneFault fault) => "fault " + fault;

        public static string VerdictOf(int verdict) => "verdict " + Verdict.Name(verdict);

        public static string CarryOf(int state) => $"carry state {state,2}";

        public void Reached(SceneFault fault) => Reached(FaultOf(fault));

        /// <summary>Notes that this scene reached something.</summary>
        public void Reached(string what) => _inThis.Add(what);

        public void EndScene(int steps)
        {
            foreach (string what in _inThis)
            {
                _scenes[what] = _scenes.GetValueOrDefault(what) + 1;
            }

            _inThis.Clear();
            Scenes++;
            Steps += steps;
        }

        /// <summary>Adds what another thread counted.</summary>
        public void Add(SceneCounts other)
        {
            foreach ((string what, int scenes) in other._scenes)
            {
                _scenes[what] = _scenes.GetValueOrDefault(what) + scenes;
            }

            Scenes += other.Scenes;
            Steps += other.Steps;
            Pulses += other.Pulses;
            Cuts += other.Cuts;
        }

        /// <summary>What no scene reached, and faults that fewer than 5 % of the scenes had: for a few thousand scenes.</summary>
        public IEnumerable<string> Missed()
        {
            IEnumerable<string> verdicts = Constants(typeof(Verdict)).Where(v => v != Verdict.Pending).Distinct().Select(VerdictOf);
            IEnumerable<string> states = Constants(typeof(CarryState)).Select(CarryOf);
            IEnumerable<string> faults = Enum.GetValues<SceneFault>().Select(FaultOf).Where(f => _scenes.GetValueOrDefault(f) * 20 < Scenes);
            return [.. verdicts.Concat(states).Where(what => !_scenes.ContainsKey(what)), .. faults];
        }

        private static IEnumerable<int> Constants(Type type) => type.GetFields().Where(f => f.IsLiteral).Select(f => (int)f.GetRawConstantValue()!);

        /// <summary>A line each.</summary>
        public IEnumerable<string> Lines() => _scenes.Select(pair => FormattableString.Invariant($"{pair.Key,-34} {pair.Value,8} scenes {100.0 * pair.Value / Math.Max(1, Scenes),6:0.0} %"));
    }
}
