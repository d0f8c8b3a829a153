using System;
using DoorController.Hal;

namespace DoorController
{
    /// <summary>
    /// Looks at the heartbeat of the main loop from a thread of its own, because no watchdog of the chip reaches managed code
    /// (PLATFORM.md 10.1). It sees a loop that hangs in managed code or in a native call that lets other threads run; a runtime that
    /// stands still as a whole is the business of a watchdog outside (wiring.md).
    /// </summary>
    public sealed class Watchdog
    {
        private readonly Board _board;
        private readonly MainLoop _loop;

        /// <summary>A watchdog of one loop.</summary>
        public Watchdog(Board board, MainLoop loop)
        {
            _board = board;
            _loop = loop;
        }

        /// <summary>Reboots the board when the loop has stood still for <see cref="Limits.LoopStalledMs"/>. Never throws. Called every second or so.</summary>
        public void Check()
        {
            try
            {
                long now = _board.Clock.NowMs;
                if (now - _loop.BeatMs > Limits.LoopStalledMs && now >= Limits.RebootEarliestMs)
                {
                    LeaveNote();
                    _board.Power.Reboot();
                }
            }
            catch (Exception)
            {
                // A watchdog that ends is worse than one that misses a look.
            }
        }

        /// <summary>The loop may hang in the very file system that the note needs; the reboot must not wait for it to work.</summary>
        private void LeaveNote()
        {
            try
            {
                RebootNote.Leave(_board.Files, RebootReason.LoopStalled);
            }
            catch (Exception)
            {
                // No note: the reboot matters more.
            }
        }
    }
}
