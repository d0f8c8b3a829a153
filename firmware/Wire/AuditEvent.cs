namespace DoorController.Wire
{
    /// <summary>
    /// What a record of the audit trail tells: its first byte. Every cause that may energise the strike has one of its own. Fields that
    /// an event does not name are 0; numbers are never reused.
    /// </summary>
    public static class AuditEvent
    {
        /// <summary>The trail begins, as a new or formatted door. Argument: the epoch.</summary>
        public const int TrailStarted = 1;

        /// <summary>Records could not be written and are gone. Argument: how many.</summary>
        public const int RecordsLost = 2;

        /// <summary>The end of the trail was damaged; numbers were skipped. Argument: the first number that is missing.</summary>
        public const int TrailDamaged = 3;

        /// <summary>
        /// A proven credential was judged: scope, generation, key number, verdict; verdict granted is the cause of a pulse. Detail: the
        /// operation. Argument: floors granted; with the aggregated bit, how many times the same was refused again.
        /// </summary>
        public const int Credential = 16;

        /// <summary>Attempts that proved nothing. Verdict: of the first. Argument: how many.</summary>
        public const int Unproven = 17;

        /// <summary>The REX input energised the strike.</summary>
        public const int Rex = 18;

        /// <summary>The technician energised the strike, or was refused (verdict). Detail: the command.</summary>
        public const int Technician = 19;

        /// <summary>Refusals for which no record of their own was left, of credentials and technicians. Argument: how many.</summary>
        public const int OtherRefusals = 20;

        /// <summary>The door contact opened after a pulse or REX.</summary>
        public const int DoorOpened = 32;

        /// <summary>The door contact closed.</summary>
        public const int DoorClosed = 33;

        /// <summary>The door contact opened without a cause.</summary>
        public const int ForcedOpen = 34;

        /// <summary>The door stayed open for too long.</summary>
        public const int HeldOpen = 35;

        /// <summary>The housing was opened (detail 1).</summary>
        public const int Tamper = 36;

        /// <summary>The fire alarm panel called (detail 1).</summary>
        public const int FireAlarm = 37;

        /// <summary>The supervisor restarted a radio that was quiet or silent. Argument: how many times u16 ‖ minutes in which they came u16; one a day at most.</summary>
        public const int RadioRestarted = 48;

        /// <summary>The door booted. Detail: why, as the supervisor left it. Argument: number of the boot, u16: boots between two of these had no record.</summary>
        public const int Booted = 49;

        /// <summary>A list is in force: scope. Argument: its version; of lists in a row the last.</summary>
        public const int ListApplied = 50;

        /// <summary>A scope has no list it can trust and opens for nobody: scope. Argument: the highest version ever applied.</summary>
        public const int ListLost = 51;

        /// <summary>The server proved the time. Argument: the estimate before.</summary>
        public const int TimeProven = 52;

        /// <summary>A floor-reset token was taken. Argument: the floor before.</summary>
        public const int FloorReset = 53;

        /// <summary>A key update was taken; later records are chained under the new key. Argument: the door generation; key number: the bundle version.</summary>
        public const int KeysUpdated = 54;

        /// <summary>
        /// The server says a time that contradicts what it proved before in this boot; the door keeps its own. Argument: what the server said.
        /// One a day at most.
        /// </summary>
        public const int ClockConflict = 55;

        /// <summary>Phones were shed: their sessions lasted too long, or they asked too often. Argument: how many.</summary>
        public const int PhoneShed = 56;

        /// <summary>The name that console and documents use.</summary>
        public static string Name(int auditEvent)
        {
            switch (auditEvent)
            {
                case TrailStarted: return "trail started";
                case RecordsLost: return "records lost";
                case TrailDamaged: return "trail damaged";
                case Credential: return "credential";
                case Unproven: return "unproven";
                case Rex: return "rex";
                case Technician: return "technician";
                case OtherRefusals: return "other refusals";
                case DoorOpened: return "door opened";
                case DoorClosed: return "door closed";
                case ForcedOpen: return "FORCED OPEN";
                case HeldOpen: return "HELD OPEN";
                case Tamper: return "TAMPER";
                case FireAlarm: return "fire alarm";
                case RadioRestarted: return "radio restarted";
                case Booted: return "booted";
                case ListApplied: return "list applied";
                case ListLost: return "LIST LOST";
                case TimeProven: return "time proven";
                case FloorReset: return "floor reset";
                case KeysUpdated: return "keys updated";
                case ClockConflict: return "CLOCK CONFLICT";
                case PhoneShed: return "phone shed";
                default: return "event " + auditEvent.ToString();
            }
        }
    }
}
