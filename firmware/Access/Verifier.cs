using DoorController.Hal;
using DoorController.Wire;

namespace DoorController.Access
{
    /// <summary>
    /// The ordered checks of PROTOCOL.md section 5. The first one that fails decides. Two HMACs stand before the strike: the
    /// credential key, and the tag.
    /// </summary>
    public sealed class Verifier
    {
        /// <summary>What a group of checks says when none of them failed: not a verdict, there are more to come.</summary>
        private const int Passed = -1;

        private readonly ICrypto _crypto;
        private readonly Keyring _keyring;
        private readonly IKeyStore _keyStore;
        private readonly DoorTime _time;
        private readonly AttemptMemory _attempts;
        private readonly int _floorsWired;

        /// <summary>A verifier for one door.</summary>
        /// <param name="floorsWired">Floor selectors of an elevator car, 1 to 8; 0 at a door.</param>
        public Verifier(
            ICrypto crypto, Keyring keyring, IKeyStore keyStore, DoorTime time, AttemptMemory attempts, int floorsWired)
        {
            _crypto = crypto;
            _keyring = keyring;
            _keyStore = keyStore;
            _time = time;
            _attempts = attempts;
            _floorsWired = floorsWired;
        }

        /// <summary>Judges an attempt and fills in what was found out about it.</summary>
        /// <param name="helloWasRead">Whether the Hello that stands was read in this session.</param>
        /// <param name="secondsSelected">Seconds for which floors are selected already; 0 when none are.</param>
        /// <returns>One of <see cref="Verdict"/>; also set on the attempt.</returns>
        public int Judge(Attempt attempt, bool helloWasRead, int secondsSelected, long nowMs)
        {
            int verdict = Prove(attempt, helloWasRead);
            if (verdict == Passed)
            {
                verdict = _attempts.Recall(attempt, _keyring.ScopeId(attempt.Slot), attempt.Credential!.KeyNumber, nowMs)
                    ? Verdict.Repeated
                    : Permit(attempt, attempt.Credential, secondsSelected, nowMs);
            }

            attempt.Verdict = verdict == Passed ? Verdict.Granted : verdict;
            return attempt.Verdict;
        }

        /// <summary>How much later than the door's clock "not before" may be, in s.</summary>
        /// <param name="quality"><see cref="ClockQuality.Proven"/> or <see cref="ClockQuality.Restored"/>.</param>
        public static int NotBeforeGraceS(int quality)
        {
            return quality == ClockQuality.Proven ? Limits.NotBeforeGraceS : Limits.NotBeforeGraceRestoredS;
        }

        private int Prove(Attempt attempt, bool helloWasRead)
        {
            int form = Unlock.CheckForm(attempt.Frame);
            if (form != Unlock.GoodForm)
            {
                return form;
            }

            if (!_keyring.HasKeys)
            {
                return Verdict.KeysLost;
            }

            return helloWasRead ? FindKeys(attempt) : Verdict.NoHello;
        }

        private int FindKeys(Attempt attempt)
        {
            int at = attempt.CredentialOffset;
            attempt.Slot = _keyring.FindScope(Bytes.U24(attempt.Frame, at));
            if (attempt.Slot < 0)
            {
                return Verdict.UnknownScope;
            }

            int keys = _keyring.FindGeneration(attempt.Slot, attempt.Frame[at + 3], _time.Floor);
            if (keys < 0)
            {
                attempt.RestsOnFloor = _keyring.Deadline(attempt.Slot, attempt.Frame[at + 3]);
                return Verdict.UnknownGeneration;
            }

            return CheckTag(attempt, keys);
        }

        private int CheckTag(Attempt attempt, int keys)
        {
            int tagOffset = attempt.Frame.Length - Bytes.Tag;
            byte[] key = Keys.CredentialKey(_crypto, _keyring.DoorScopeKey(keys), attempt.Frame, attempt.CredentialOffset);
            byte[] mac = Keys.UnlockMac(_crypto, key, attempt.Hello, attempt.Frame, tagOffset);
            if (!Bytes.SameInConstantTime(mac, 0, attempt.Frame, tagOffset, Bytes.Tag))
            {
                return Verdict.NotProven;
            }

            attempt.CredentialKey = key;
            attempt.Generation = _keyring.GenerationAt(attempt.Slot, keys);
            attempt.Credential = Credential.Open(_crypto, _keyring.SealKey(keys), attempt.Frame, attempt.CredentialOffset);
            return Passed;
        }

        private int Permit(Attempt attempt, Credential credential, int secondsSelected, long nowMs)
        {
            attempt.Detail = 0;
            if (!credential.IsSupported || credential.Generation != attempt.Generation)
            {
                attempt.Detail = Credential.RecordVersion;
                return Verdict.UnsupportedCredential;
            }

            int verdict = CheckList(attempt, credential);
            if (verdict == Passed)
            {
                verdict = CheckTime(attempt, credential);
            }

            if (verdict == Passed)
            {
                verdict = CheckPlace(attempt, credential);
            }

            return verdict == Passed ? CheckRoom(attempt, secondsSelected, nowMs) : verdict;
        }

        private int CheckList(Attempt attempt, Credential credential)
        {
            int slot = attempt.Slot;
            if (credential.Generation < _keyStore.MinimumGeneration(slot))
            {
                return Verdict.GenerationRetired;
            }

            int verdict = _keyStore.IsListLost(slot) ? Verdict.ListLost : _keyStore.Judge(slot, credential.KeyNumber);
            if (verdict == Verdict.ListLost)
            {
                attempt.Detail = slot;
            }

            return verdict == Verdict.Granted ? Passed : verdict;
        }

        private int CheckTime(Attempt attempt, Credential credential)
        {
            uint issuedAt = credential.IssuedAt;
            if (credential.ExpiresAt <= _time.Floor || credential.ExpiresAt <= issuedAt)
            {
                attempt.RestsOnFloor = credential.ExpiresAt <= issuedAt ? 0 : credential.ExpiresAt;
                return Verdict.Expired;
            }

            return _time.Quality == ClockQuality.Unknown ? Passed : CheckBegin(attempt, credential.NotBefore, issuedAt);
        }

        private int CheckBegin(Attempt attempt, uint notBefore, uint issuedAt)
        {
            uint latest = _time.Latest;
            long judged = latest > issuedAt ? latest : issuedAt;
            if (notBefore <= judged + NotBeforeGraceS(_time.Quality))
            {
                return Passed;
            }

            long minutes = (notBefore - judged + 59) / 60;
            attempt.Detail = minutes > 255 ? 255 : (int)minutes;
            return Verdict.NotYetValid;
        }

        private int CheckPlace(Attempt attempt, Credential credential)
        {
            bool car = _floorsWired > 0;
            if (credential.IsForFloors != car || (attempt.Operation == Unlock.OperationFloors) != car)
            {
                return Verdict.WrongOperation;
            }

            if (car)
            {
                return CheckFloors(attempt, credential);
            }

            return ((credential.Mask >> _keyring.DoorIndex(attempt.Slot)) & 1) != 0 ? Passed : Verdict.WrongDoor;
        }

        private int CheckFloors(Attempt attempt, Credential credential)
        {
            attempt.Floors = (int)(attempt.FloorsAsked & credential.Mask) & ((1 << _floorsWired) - 1);
            for (int left = attempt.Floors; left != 0; left &= left - 1)
            {
                attempt.Detail++;
            }

            return attempt.Floors != 0 ? Passed : Verdict.NoFloor;
        }

        private int CheckRoom(Attempt attempt, int secondsSelected, long nowMs)
        {
            int wait = _attempts.SecondsUntilRoom(nowMs);
            if (wait == 0)
            {
                wait = secondsSelected;
            }

            if (wait == 0)
            {
                return Passed;
            }

            attempt.Detail = wait;
            return Verdict.Busy;
        }
    }
}
