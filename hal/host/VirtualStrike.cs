using System;
using System.Collections.Generic;

namespace DoorController.Hal.Host
{
    /// <summary>
    /// The strike behind the RMT of an ESP32-S3: it plays the symbols that the adapter of the board would send, so a pulse ends by the clock, whether or
    /// not the firmware is ever polled again, and plays on through a reboot that cuts no power (PLATFORM.md 9.3). Every edge is recorded with
    /// its exact time.
    /// </summary>
    public sealed class VirtualStrike : IStrike
    {
        private const int Blocks = 3;
        private const int BlockSymbols = 48;

        private readonly PulseSymbols _symbols = new(Blocks, BlockSymbols);
        private readonly VirtualClock _clock;
        private readonly FaultList _faults;
        private readonly List<StrikeEdge> _edges = new();
        private ClockAlarm? _end;
        private byte[] _playing = Array.Empty<byte>();
        private long _onSinceMs;
        private long _onBeforeMs;
        private bool _isDead;

        /// <summary>A strike that is released.</summary>
        public VirtualStrike(VirtualClock clock, FaultList faults)
        {
            _clock = clock;
            _faults = faults;
            Freeze = clock.Advance;
        }

        /// <summary>Raised when current begins to flow.</summary>
        public event EventHandler? Energised;

        /// <inheritdoc/>
        public int MaxPulseMs => _symbols.MaxPulseMs;

        /// <inheritdoc/>
        public bool IsIdle => _end == null && !NeverIdle;

        /// <summary>True while current flows.</summary>
        public bool IsEnergised => _end != null;

        /// <summary>The output is broken: every pulse is refused.</summary>
        public bool Refuses { get; set; }

        /// <summary>The peripheral hangs: it says that it plays a pulse, and so takes no other. What it drives still ends by itself.</summary>
        public bool NeverIdle { get; set; }

        /// <summary>The classic ESP32: an early release stands still, with the whole runtime, until the symbol that plays has ended.</summary>
        public bool EndsAtSymbol { get; set; }

        /// <summary>Lets time pass with the runtime standing still.</summary>
        public Action<long> Freeze { get; set; }

        /// <summary>Pulses that were asked for while one was being played; the hardware refused each.</summary>
        public int OverlapsRefused { get; private set; }

        /// <summary>Every edge since this strike was made, oldest first; on and off take turns.</summary>
        public IReadOnlyList<StrikeEdge> Edges => _edges;

        /// <summary>Pulses played since this strike was made.</summary>
        public int Pulses { get; private set; }

        /// <summary>Time energised since this strike was made, in ms, the running pulse included.</summary>
        public long TotalOnMs => _onBeforeMs + (IsEnergised ? _clock.WorldMs - _onSinceMs : 0);

        /// <inheritdoc/>
        public bool Pulse(int milliseconds)
        {
            if (_isDead)
            {
                _faults.Add("Strike: a pulse was asked for after the reboot was ordered");
                return false;
            }

            if (!IsIdle)
            {
                OverlapsRefused++;
                return false;
            }

            if (milliseconds < 1 || milliseconds > MaxPulseMs || Refuses)
            {
                return false;
            }

            _playing = _symbols.Make(milliseconds);
            Pulses++;
            _onSinceMs = _clock.WorldMs;
            _edges.Add(new StrikeEdge(_onSinceMs, true, StrikeCause.Pulse));
            _end = _clock.After(milliseconds, () => SwitchOff(StrikeCause.End));
            Energised?.Invoke(this, EventArgs.Empty);
            return true;
        }

        /// <inheritdoc/>
        public void Release()
        {
            if (IsEnergised && EndsAtSymbol)
            {
                Freeze(RestOfSymbolMs());
            }

            SwitchOff(StrikeCause.Release);
        }

        /// <summary>The processor restarts by its own order: the firmware can ask for nothing more, and the RMT plays on.</summary>
        internal void Stop() => _isDead = true;

        /// <summary>Power goes: the outputs float and the driver's pull-down releases the strike.</summary>
        internal void Lose()
        {
            Stop();
            SwitchOff(StrikeCause.Reset);
        }

        /// <summary>The processor has started: the first channel resets the RMT and drives the pin LOW.</summary>
        internal void Restart()
        {
            SwitchOff(StrikeCause.Reset);
            _isDead = false;
        }

        /// <summary>Time until the symbol that plays has ended, in whole ms.</summary>
        private long RestOfSymbolMs()
        {
            long played = (_clock.WorldMs - _onSinceMs) * PulseSymbols.ResolutionHz;
            long end = 0;
            for (int i = 0; i < _playing.Length && end < played; i += PulseSymbols.SymbolBytes)
            {
                end += 1000L * ((BitConverter.ToUInt16(_playing, i) & 0x7FFF) + (BitConverter.ToUInt16(_playing, i + 2) & 0x7FFF));
            }

            return (end - played + PulseSymbols.ResolutionHz - 1) / PulseSymbols.ResolutionHz;
        }

        private void SwitchOff(StrikeCause cause)
        {
            if (_end == null)
            {
                return;
            }

            _end.Cancel();
            _end = null;
            _onBeforeMs += _clock.WorldMs - _onSinceMs;
            _edges.Add(new StrikeEdge(_clock.WorldMs, false, cause));
        }
    }

    /// <summary>One edge of the strike's output.</summary>
    /// <param name="AtMs">When, in <see cref="VirtualClock.WorldMs"/>.</param>
    /// <param name="IsOn">True when it energised.</param>
    /// <param name="Cause">Why.</param>
    public sealed record StrikeEdge(long AtMs, bool IsOn, StrikeCause Cause);

    /// <summary>Why the strike changed.</summary>
    public enum StrikeCause
    {
        /// <summary>The firmware asked for a pulse.</summary>
        Pulse,

        /// <summary>The hardware ended it at its length.</summary>
        End,

        /// <summary>The firmware ended it.</summary>
        Release,

        /// <summary>Power went, or the first channel after a reboot reset the hardware.</summary>
        Reset,
    }
}
