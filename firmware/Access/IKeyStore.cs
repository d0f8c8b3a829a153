using DoorController.Wire;

namespace DoorController.Access
{
    /// <summary>What the door remembers of the keys of its scopes: one bit a key. A slot is a scope's place in the bundle, 0 to 4.</summary>
    public interface IKeyStore
    {
        /// <summary>Version of the list that is in force; 0 when the scope never had one.</summary>
        uint ListVersion(int slot);

        /// <summary>True when the scope has no list it can trust, and so opens for nobody.</summary>
        bool IsListLost(int slot);

        /// <summary>Generations below this one are retired, 0 to 65,535.</summary>
        int MinimumGeneration(int slot);

        /// <summary>Judges one key. Reads at most one block of 512 bytes from flash.</summary>
        /// <returns>
        /// <see cref="Verdict.Granted"/>, <see cref="Verdict.Revoked"/>, <see cref="Verdict.KeyDead"/>,
        /// <see cref="Verdict.NotListed"/> or <see cref="Verdict.ListLost"/>.
        /// </returns>
        int Judge(int slot, uint keyNumber);

        /// <summary>Takes the body of a list blob whose tag was verified; what must be durable becomes so in later flash steps.</summary>
        /// <param name="slot">Slot of the scope that the body names.</param>
        /// <param name="body">The body starts at offset 0; it may be overwritten after this returns.</param>
        /// <param name="count">Bytes of the body, 24 to 2,072.</param>
        /// <returns>One of <see cref="ListOutcome"/>.</returns>
        int BeginList(int slot, byte[] body, int count);
    }

    /// <summary>What becomes of a list that was offered.</summary>
    public static class ListOutcome
    {
        /// <summary>Taken; in force and durable once the store has no more flash work.</summary>
        public const int Accepted = 0;

        /// <summary>Not newer than the one in force: nothing to do.</summary>
        public const int Stale = 1;

        /// <summary>A delta to a version that is not there: the full form is needed.</summary>
        public const int WrongBase = 2;

        /// <summary>Its fields contradict each other or the rules of PROTOCOL.md.</summary>
        public const int Malformed = 3;

        /// <summary>The one before is still being stored.</summary>
        public const int Busy = 4;
    }
}
