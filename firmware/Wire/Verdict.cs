namespace DoorController.Wire
{
    /// <summary>
    /// The internal verdicts, as PROTOCOL.md section 5 lists them. Numbers are never reused. Below <see cref="UnsupportedCredential"/>
    /// nothing was proven and the phone learns next to nothing.
    /// </summary>
    public static class Verdict
    {
        /// <summary>Not judged yet.</summary>
        public const int Pending = 0;

        /// <summary>The strike is energised.</summary>
        public const int Granted = 1;

        /// <summary>An attempt granted before, asked for again: the same result, no second pulse.</summary>
        public const int Repeated = 2;

        /// <summary>Proven, but not now: the attempt memory is full or floors are selected already.</summary>
        public const int Busy = 3;

        /// <summary>The frame is not as long as its operation says.</summary>
        public const int BadLength = 16;

        /// <summary>The frame is of another version.</summary>
        public const int BadVersion = 17;

        /// <summary>The operation is unknown.</summary>
        public const int BadOperation = 18;

        /// <summary>No Hello was read in this session, or it was replaced.</summary>
        public const int NoHello = 19;

        /// <summary>A fragment out of order.</summary>
        public const int BadFragment = 20;

        /// <summary>The scope is not in the bundle.</summary>
        public const int UnknownScope = 32;

        /// <summary>No key of that generation is held.</summary>
        public const int UnknownGeneration = 33;

        /// <summary>The tag is wrong: whoever sent this holds no credential key of this door.</summary>
        public const int NotProven = 35;

        /// <summary>The door has no keys at all.</summary>
        public const int KeysLost = 36;

        /// <summary>A record version, flag or generation that this firmware does not know.</summary>
        public const int UnsupportedCredential = 48;

        /// <summary>The list retired the generation.</summary>
        public const int GenerationRetired = 49;

        /// <summary>The scope has no trustworthy list.</summary>
        public const int ListLost = 50;

        /// <summary>The key's bit is set.</summary>
        public const int Revoked = 51;

        /// <summary>The key number is below the watermark.</summary>
        public const int KeyDead = 52;

        /// <summary>Mode allowed, and the key's bit is not set.</summary>
        public const int NotListed = 53;

        /// <summary>The credential's life is over.</summary>
        public const int Expired = 54;

        /// <summary>The credential's life has not begun.</summary>
        public const int NotYetValid = 55;

        /// <summary>The door's index is not in the credential's mask.</summary>
        public const int WrongDoor = 56;

        /// <summary>None of the floors asked for is in the credential's mask and wired.</summary>
        public const int NoFloor = 57;

        /// <summary>A floors operation at a door, or a door's at an elevator car.</summary>
        public const int WrongOperation = 58;

        /// <summary>The strike did not take the pulse.</summary>
        public const int StrikeFault = 59;

        /// <summary>What a phone that proved nothing is told, whatever the reason.</summary>
        public const int GenericRefusal = 32;

        /// <summary>The column "on the air" of the table.</summary>
        public static int OnAir(int verdict)
        {
            switch (verdict)
            {
                case Repeated: return Granted;
                case KeyDead: return Revoked;
                case BadFragment: return NoHello;
                case BadLength:
                case BadOperation:
                case UnknownGeneration:
                case NotProven:
                case KeysLost: return GenericRefusal;
                default: return verdict;
            }
        }

        /// <summary>True when the Result of this verdict carries a tag: the person proved a credential.</summary>
        public static bool IsProven(int verdict)
        {
            return verdict >= UnsupportedCredential || (verdict >= Granted && verdict <= Busy);
        }

        /// <summary>The name that console, log and documents use.</summary>
        public static string Name(int verdict)
        {
            switch (verdict)
            {
                case Pending: return "pending";
                case Granted: return "granted";
                case Repeated: return "repeated";
                case Busy: return "busy";
                case BadLength: return "bad length";
                case BadVersion: return "bad version";
                case BadOperation: return "bad operation";
                case NoHello: return "no hello";
                case BadFragment: return "bad fragment";
                case UnknownScope: return "unknown scope";
                case UnknownGeneration: return "unknown generation";
                case NotProven: return "not proven";
                case KeysLost: return "keys lost";
                case UnsupportedCredential: return "unsupported credential";
                case GenerationRetired: return "generation retired";
                case ListLost: return "list lost";
                case Revoked: return "revoked";
                case KeyDead: return "key dead";
                case NotListed: return "not listed";
                case Expired: return "expired";
                case NotYetValid: return "not yet valid";
                case WrongDoor: return "wrong door";
                case NoFloor: return "no floor";
                case WrongOperation: return "wrong operation";
                case StrikeFault: return "strike fault";
                default: return "verdict " + verdict.ToString();
            }
        }
    }
}
