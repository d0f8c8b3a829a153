#nullable enable
using System;
using DoorController.Diagnostics;
using DoorController.Hal;

namespace DoorController
{
    /// <summary>
    /// Keeps one door alive: builds it, polls it, and lets no exception out, because an unhandled one would end the thread and leave the
    /// board alive but dead (PLATFORM.md 10.1). What keeps on failing ends in a reboot, with a reason.
    /// </summary>
    public sealed class MainLoop
    {
        private readonly Board _board;
        private readonly Settings _settings;
        private TechnicianConsole? _console;
        private int _bootFaults;
        private long _bootDueMs;

        /// <summary>A loop whose first pass builds the door.</summary>
        public MainLoop(Board board, Settings settings)
        {
            _board = board;
            _settings = settings;
            BeatMs = board.Clock.NowMs;
        }

        /// <summary>The door; null until it was built.</summary>
        public Door? Door { get; private set; }

        /// <summary>When the last pass began or ended, in ms of the clock: the heartbeat that <see cref="Watchdog"/> looks at.</summary>
        public long BeatMs { get; private set; }

        /// <summary>One pass. Never throws.</summary>
        public void Pass()
        {
            try
            {
                BeatMs = _board.Clock.NowMs;
                if (Door != null)
                {
                    Door.Poll();
                    _console!.Poll(_board.Clock.NowMs);
                }
                else if (BeatMs >= _bootDueMs)
                {
                    Boot();
                }
            }
            catch (Exception)
            {
                OnFault();
            }
        }

        private void Boot()
        {
            Door door = new Door(_board, _settings);
            _console = new TechnicianConsole(door, _board);
            Door = door;
        }

        private void OnFault()
        {
            try
            {
                long now = _board.Clock.NowMs;
                if (Door != null)
                {
                    Door.Supervisor.OnLoopFault(now, Door.Strike.RemainingMs(now) == 0);
                }
                else
                {
                    OnBootFault(now);
                }
            }
            catch (Exception)
            {
                // Nothing is left to be done in this pass. The strike's bound is in hardware, and the next pass tries again.
            }
        }

        private void OnBootFault(long now)
        {
            _bootFaults++;
            _bootDueMs = now + Limits.BootRetryMs;
            if (_bootFaults >= Limits.LoopFaults && now >= Limits.RebootEarliestMs)
            {
                RebootNote.Leave(_board.Files, RebootReason.Boot);
                _board.Power.Reboot();
            }
        }
    }
}
