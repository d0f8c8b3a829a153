#nullable enable
using DoorController.Access;
using DoorController.Audit;
using DoorController.Wire;

namespace DoorController.Diagnostics
{
    /// <summary>
    /// Command explain: a verdict in one line, then what the checks of PROTOCOL.md section 5 say of a key number at this moment. A number alone
    /// shows what the list says of it; what only the credential knows (its life, its doors) comes from the record of its last tap, and is
    /// answered with what this door wants of it. Nothing in here is secret.
    /// </summary>
    public sealed class Explanation
    {
        private const int LinesOfScope = 2;

        private readonly Door _door;
        private readonly int _floors;

        /// <summary>Explanations of one door.</summary>
        /// <param name="door">The door.</param>
        /// <param name="floors">Floor selectors wired; 0 at a door.</param>
        public Explanation(Door door, int floors)
        {
            _door = door;
            _floors = floors;
        }

        /// <summary>Line 0, 1, … of the explanation of a key.</summary>
        /// <returns>Null behind the last one.</returns>
        public string? Line(int step, uint keyNumber)
        {
            int scopes = _door.Memory.Keyring.ScopeCount;
            if (!_door.Memory.Keyring.HasKeys)
            {
                return step > 0 ? null : "check 5: REFUSES every key, keys lost: provision this board";
            }

            if (step == 0)
            {
                return "verdict: " + Judge(keyNumber);
            }

            int line = step - 1;
            if (line >= scopes * LinesOfScope)
            {
                return RestWants(line - scopes * LinesOfScope);
            }

            int slot = line / LinesOfScope;
            return line % LinesOfScope == 0 ? ListSays(slot, keyNumber) : ScopeWants(slot);
        }

        private string? RestWants(int line)
        {
            switch (line)
            {
                case 0:
                    return "check 16: " + EndWants(_door.Memory.Time.Floor);
                case 1:
                    return "check 17: " + BeginWants();
                case 2:
                    return "check 18: wants a credential for " + (_floors > 0 ? "floors, and operation floors" : "doors, and operation unlock");
                case 3:
                    return "check 21: " + (_door.Strike.IsFaulty ? "the strike did not take its last pulse, see selftest" : "passes, the strike is well");
                default:
                    return null;
            }
        }

        /// <summary>A list that refuses is the last word; else the record of the last tap tells what only the credential knew.</summary>
        private string Judge(uint keyNumber)
        {
            int refusal = RefusalOfLists(keyNumber);
            return refusal == Verdict.Granted
                ? LastTap(keyNumber)
                : "refused, " + Verdict.Name(refusal) + (refusal == Verdict.KeyDead ? ": its life is over" : "");
        }

        private string LastTap(uint keyNumber)
        {
            byte[] page = new byte[Limits.PageRecords * AuditRecord.Length];
            int at = FindLastTap(page, keyNumber);
            if (at < 0)
            {
                return "unknown here: never issued, or not tapped in the last " + Limits.PageRecords.ToString() + " records; no list refuses it";
            }

            int verdict = page[at + AuditRecord.VerdictOffset];
            return (verdict == Verdict.Granted ? "opens, granted" : "refused, " + Verdict.Name(verdict))
                + " at its last tap, record " + Bytes.U32(page, at + AuditRecord.SequenceOffset).ToString();
        }

        /// <summary>Granted when the list of one scope at least lets the key pass.</summary>
        private int RefusalOfLists(uint keyNumber)
        {
            int refusal = Verdict.ListLost;
            for (int slot = 0; slot < _door.Memory.Keyring.ScopeCount; slot++)
            {
                refusal = _door.Memory.KeyStore.Judge(slot, keyNumber);
                if (refusal == Verdict.Granted)
                {
                    break;
                }
            }

            return refusal;
        }

        /// <summary>Looks through the newest page of the trail.</summary>
        /// <returns>Where in the page the last record of the key is; −1 when there is none.</returns>
        private int FindLastTap(byte[] page, uint keyNumber)
        {
            int held = ReadNewest(page);
            for (int at = (held - 1) * AuditRecord.Length; at >= 0; at -= AuditRecord.Length)
            {
                if (page[at] == AuditEvent.Credential && Bytes.U32(page, at + AuditRecord.KeyNumberOffset) == keyNumber)
                {
                    return at;
                }
            }

            return -1;
        }

        /// <summary>Reads the newest records.</summary>
        /// <returns>How many there are in the page.</returns>
        private int ReadNewest(byte[] page)
        {
            AuditTrail audit = _door.Memory.Audit;
            uint from = audit.NextSequence > Limits.PageRecords ? audit.NextSequence - Limits.PageRecords : 1;
            int held = 0;
            int found;
            do
            {
                found = held < Limits.PageRecords
                    ? audit.Reader.ReadPage(from, page, held * AuditRecord.Length, Limits.PageRecords - held) : 0;
                held += found;
                from = found > 0 ? Bytes.U32(page, (held - 1) * AuditRecord.Length + AuditRecord.SequenceOffset) + 1 : from;
            }
            while (found > 0);

            return held;
        }

        private string ListSays(int slot, uint keyNumber)
        {
            KeyStore keys = _door.Memory.KeyStore;
            return "scope " + LineText.Scope(_door.Memory.Keyring.ScopeId(slot)) + ": key " + keyNumber.ToString() + " "
                + Say(keys.Judge(slot, keyNumber), keys.Watermark(slot), LineText.Time(keys.ListVersion(slot)));
        }

        private static string Say(int verdict, uint watermark, string list)
        {
            switch (verdict)
            {
                case Verdict.Granted:
                    return "passes checks 13 to 15, list " + list;
                case Verdict.ListLost:
                    return "REFUSED by check 13, list lost: see keys";
                case Verdict.KeyDead:
                    return "REFUSED by check 14, key dead: below the watermark " + watermark.ToString();
                case Verdict.Revoked:
                    return "REFUSED by check 15, revoked: in list " + list;
                default:
                    return "REFUSED by check 15, " + Verdict.Name(verdict) + ": mode allowed, list " + list;
            }
        }

        private string ScopeWants(int slot)
        {
            return "scope " + LineText.Scope(_door.Memory.Keyring.ScopeId(slot)) + ": check 12 wants generation "
                + _door.Memory.KeyStore.MinimumGeneration(slot).ToString() + " or later"
                + (_floors > 0 ? ", check 19 a floor that is wired" : ", check 19 door index " + _door.Memory.Keyring.DoorIndex(slot).ToString());
        }

        private static string EndWants(uint floor)
        {
            return floor == 0 ? "wants expires at after issued at, no floor is known" : "wants expires at after the floor, " + LineText.Time(floor) + " UTC";
        }

        private string BeginWants()
        {
            DoorTime time = _door.Memory.Time;
            if (time.Quality == ClockQuality.Unknown)
            {
                return "passes, the clock is unknown";
            }

            return "wants not before until " + LineText.Time(time.Latest + (uint)Verifier.NotBeforeGraceS(time.Quality))
                + " UTC, grace included";
        }
    }
}
