#nullable enable
using DoorController.Access;
using DoorController.Wire;

namespace DoorController.Diagnostics
{
    /// <summary>
    /// Command explain: what the checks of PROTOCOL.md section 5 say of a key number at this moment. A number alone shows what the list
    /// says of it; what only the credential knows (its life, its doors) is answered with what this door wants of it. Nothing in here is secret.
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

            if (step < scopes * LinesOfScope)
            {
                int slot = step / LinesOfScope;
                return step % LinesOfScope == 0 ? ListSays(slot, keyNumber) : ScopeWants(slot);
            }

            switch (step - scopes * LinesOfScope)
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

            return "wants not before until " + LineText.Time(time.Estimate + (uint)Verifier.NotBeforeGraceS(time.Quality))
                + " UTC, grace included";
        }
    }
}
