#nullable enable
namespace DoorController
{
    /// <summary>
    /// What an installer chooses for one door, read from door.json by the board. The defaults suit a door with a 12 V strike and
    /// nothing else wired.
    /// </summary>
    public sealed class Settings
    {
        /// <summary>How long the strike is energised, in ms; 500 to <see cref="Limits.HoldMaxMs"/>.</summary>
        public int HoldMs { get; set; } = 5000;

        /// <summary>A door that stays open longer raises the held-open alarm, in s; 5 to 3,600.</summary>
        public int HeldOpenS { get; set; } = 30;

        /// <summary>True when a door contact is wired: forced-open and held-open alarms, and early relock.</summary>
        public bool HasContact { get; set; }

        /// <summary>True when the REX input may energise the strike.</summary>
        public bool HasRex { get; set; }

        /// <summary>True when the server's address is set and the door syncs over Wi-Fi.</summary>
        public bool HasServer { get; set; }

        /// <summary>Floor selectors wired: 0 is a door, 1 and more an elevator car; at most what the board has.</summary>
        public int Floors { get; set; }

        /// <summary>Host name or IPv4 address of the key server; empty when there is none.</summary>
        public string ServerHost { get; set; } = "";

        /// <summary>TCP port of the key server, 1 to 65,535.</summary>
        public int ServerPort { get; set; } = 80;

        /// <summary>True when door.json was missing or bad: the door opens for nobody but still talks on the console.</summary>
        public bool IsSafeState { get; set; }

        /// <summary>Why, in one line that names the bad field; empty unless <see cref="IsSafeState"/>.</summary>
        public string SafeReason { get; private set; } = "";

        /// <summary>Settings of a door that opens for nobody.</summary>
        /// <param name="reason">One line for the console.</param>
        public static Settings Safe(string reason)
        {
            return new Settings { IsSafeState = true, SafeReason = reason };
        }

        /// <summary>Checks the ranges.</summary>
        /// <returns>Null when all is well, else one line that names the field and what is wanted.</returns>
        public string? Problem()
        {
            if (HoldMs < 500 || HoldMs > Limits.HoldMaxMs)
            {
                return "hold_ms: wanted 500 to " + Limits.HoldMaxMs.ToString() + ", is " + HoldMs.ToString();
            }

            if (HeldOpenS < 5 || HeldOpenS > 3600)
            {
                return "held_open_s: wanted 5 to 3600, is " + HeldOpenS.ToString();
            }

            return null;
        }
    }
}
