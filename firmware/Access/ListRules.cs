using DoorController.Wire;

namespace DoorController.Access
{
    /// <summary>Which list a slot takes: the rules of PROTOCOL.md section 6.1. Nothing ever goes back.</summary>
    internal static class ListRules
    {
        /// <summary>Compares a well-formed list with what its slot has.</summary>
        /// <param name="states">What each place has.</param>
        /// <param name="place">The slot's place; negative when it never had a list.</param>
        /// <param name="leastVersion">Newest version that the door knows of.</param>
        /// <param name="isLost">The slot has lost its list.</param>
        /// <returns>One of <see cref="ListOutcome"/>.</returns>
        public static int Compare(ListStates states, int place, uint leastVersion, bool isLost, byte[] body)
        {
            uint version = Bytes.U32(body, ListBody.Version);
            uint baseVersion = Bytes.U32(body, ListBody.Base);
            uint present = place < 0 ? 0 : states.Version(place);
            if (version < leastVersion || version < present || (version == present && !(isLost && baseVersion == 0)))
            {
                return ListOutcome.Stale;
            }

            if (baseVersion > present)
            {
                return ListOutcome.WrongBase;
            }

            return IsModeChange(states, place, body) ? CompareMode(states, place, body) : ListOutcome.Accepted;
        }

        /// <summary>True when the list has another mode than the one before it.</summary>
        public static bool IsModeChange(ListStates states, int place, byte[] body)
        {
            return place >= 0 && states.IsAllowed(place) != (body[ListBody.Mode] == 1);
        }

        /// <summary>The bits of one mode mean nothing in the other: it changes with a new generation, and in full form.</summary>
        private static int CompareMode(ListStates states, int place, byte[] body)
        {
            return Bytes.U16(body, ListBody.Generation) <= states.Generation(place) ? ListOutcome.Malformed
                : ListBody.IsFull(body) ? ListOutcome.Accepted
                : ListOutcome.WrongBase;
        }
    }
}
