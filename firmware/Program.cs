#nullable enable
using System;
using System.Threading;
using DoorController.Hal.Esp32;

namespace DoorController
{
    /// <summary>Entry of the device app: it makes the board, then lives in the loop of the door. It knows nothing else.</summary>
    public static class Program
    {
        private const int PassPauseMs = 5;
        private const int WatchPauseMs = 1000;

        private static Watchdog? _watchdog;

        /// <summary>Never returns: a Main that ends leaves a board that is alive but dead (PLATFORM.md 10.1).</summary>
        public static void Main()
        {
            Esp32Board board = MakeBoard();
            if (board.Settings.IsSafeState)
            {
                Console.WriteLine(board.Settings.SafeReason);
            }

            MainLoop loop = new MainLoop(board.Board, board.Settings);
            _watchdog = new Watchdog(board.Board, loop);
            new Thread(Watch).Start();
            while (true)
            {
                loop.Pass();
                Thread.Sleep(PassPauseMs);
            }
        }

        /// <summary>Without a board there is nothing to live for: says why, waits as long as the supervisor would, and starts the chip again.</summary>
        private static Esp32Board MakeBoard()
        {
            try
            {
                return new Esp32Board();
            }
            catch (Exception e)
            {
                Console.WriteLine("board: " + e.Message);
                Thread.Sleep(Limits.RebootEarliestMs);
                new Esp32Power().Reboot();
                throw;
            }
        }

        /// <summary>Both calls are guarded by themselves, so this thread never ends.</summary>
        private static void Watch()
        {
            while (true)
            {
                _watchdog!.Check();
                Thread.Sleep(WatchPauseMs);
            }
        }
    }
}
