using DoorController.Hal;

namespace DoorController
{
    /// <summary>
    /// The reason of a reboot, left on flash for the next boot: nanoFramework has no reset reason (PLATFORM.md 6). One byte and its
    /// complement in a file of its own, deleted when it was read, so that a power cut, then or later, tells nothing wrong. What flash will
    /// not delete is overwritten with what is no note.
    /// </summary>
    public static class RebootNote
    {
        private const string FileName = "reason";
        private const int NoteBytes = 2;

        /// <summary>Takes the note of the last life away.</summary>
        /// <returns>One of <see cref="RebootReason"/>; 0 when the firmware did not reboot itself.</returns>
        public static int Take(IFiles files)
        {
            byte[] note = new byte[NoteBytes];
            int length = files.Read(FileName, 0, note, 0, NoteBytes);
            if (length < 0)
            {
                return 0;
            }

            Clear(files);
            return length == NoteBytes && (note[0] ^ note[1]) == 0xFF ? note[0] : 0;
        }

        /// <summary>Leaves a note. Without room on flash there is none, not an older one either, and the reboot goes on.</summary>
        public static void Leave(IFiles files, int reason)
        {
            byte[] note = { (byte)reason, (byte)~reason };
            if (!files.Replace(FileName, note, 0, NoteBytes))
            {
                Clear(files);
            }
        }

        private static void Clear(IFiles files)
        {
            if (!files.Delete(FileName))
            {
                files.Replace(FileName, new byte[NoteBytes], 0, NoteBytes);
            }
        }
    }

    /// <summary>Why the firmware rebooted the board. Numbers are never reused: they stand in audit trails.</summary>
    public static class RebootReason
    {
        /// <summary>The radio did not start again and again.</summary>
        public const int Radio = 1;

        /// <summary>The main loop met exception after exception.</summary>
        public const int LoopFaults = 2;

        /// <summary>Native memory ran low.</summary>
        public const int Memory = 3;

        /// <summary>A technician asked for it.</summary>
        public const int Technician = 4;

        /// <summary>The main loop stood still.</summary>
        public const int LoopStalled = 5;

        /// <summary>The door could not be built at boot.</summary>
        public const int Boot = 6;

        /// <summary>The board ran for <see cref="Limits.UptimeMaxMs"/>.</summary>
        public const int Uptime = 7;

        /// <summary>The name that the console shows.</summary>
        public static string Name(int reason)
        {
            switch (reason)
            {
                case 0: return "none";
                case Radio: return "radio";
                case LoopFaults: return "loop faults";
                case Memory: return "memory";
                case Technician: return "technician";
                case LoopStalled: return "loop stalled";
                case Boot: return "boot";
                case Uptime: return "uptime";
                default: return reason.ToString();
            }
        }
    }
}
