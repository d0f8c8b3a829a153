using DoorController.Access;
using DoorController.Audit;
using DoorController.Wire;

namespace DoorController.Memory
{
    /// <summary>What stays of an attempt: its record in the audit trail, and what its credential told of time and lists.</summary>
    public sealed class AttemptRecords
    {
        private readonly DoorMemory _memory;
        private readonly AttemptMemory _attempts;

        /// <summary>The records of one door.</summary>
        public AttemptRecords(DoorMemory memory, AttemptMemory attempts)
        {
            _memory = memory;
            _attempts = attempts;
        }

        /// <summary>Makes durable what the phone is about to hear, and gives the attempt its audit sequence. What cannot be recorded still counts (STORAGE.md).</summary>
        public void Record(Attempt attempt)
        {
            _memory.Time.Hold(attempt.RestsOnFloor);
            if (attempt.Credential == null)
            {
                _memory.Audit.Repeats.Unproven(attempt.Verdict);
            }
            else if (attempt.Verdict != Verdict.Repeated)
            {
                attempt.Sequence = Append(attempt, attempt.Credential) ? _memory.Audit.NextSequence - 1 : 0;
                if (attempt.Verdict == Verdict.Granted)
                {
                    _attempts.NoteSequence(attempt.Sequence);
                }

                Learn(attempt, attempt.Credential);
            }
        }

        private bool Append(Attempt attempt, Credential credential)
        {
            int scope = _memory.Keyring.ScopeId(attempt.Slot);
            return attempt.Verdict == Verdict.Granted
                ? _memory.Audit.Append(AuditEvent.Credential, Verdict.Granted, attempt.Operation, scope, attempt.Generation,
                    credential.KeyNumber, (uint)attempt.Floors)
                : _memory.Audit.Repeats.Refused(attempt.Verdict, attempt.Operation, scope, attempt.Generation, credential.KeyNumber);
        }

        private void Learn(Attempt attempt, Credential credential)
        {
            if (attempt.Verdict != Verdict.UnsupportedCredential)
            {
                _memory.Time.CredentialProven(credential.IssuedAt);
                _memory.Learn(attempt.Slot, credential.ListVersion);
            }
        }
    }
}
