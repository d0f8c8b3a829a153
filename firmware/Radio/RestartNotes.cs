using DoorController.Audit;
using DoorController.Wire;

namespace DoorController.Radio
{
    /// <summary>Boots and restarts of the radio in the audit trail: restarts together, because whoever holds the one connection again and again would flood it.</summary>
    public sealed class RestartNotes
    {
        private readonly Supervisor _supervisor;
        private readonly AuditTrail _audit;
        private int _told;
        private long _toldMs = -Limits.AuditAggregateMs;

        /// <summary>Notes this boot, and why it was.</summary>
        public RestartNotes(Supervisor supervisor, AuditTrail audit)
        {
            _supervisor = supervisor;
            _audit = audit;
            audit.Queue(AuditEvent.Booted, supervisor.LastReboot, 0, 0);
        }

        /// <summary>Notes the restarts since the last note, once its time has come.</summary>
        public void Poll(long nowMs)
        {
            int restarts = _supervisor.RadioRestarts;
            if (restarts != _told && nowMs - _toldMs >= Limits.AuditAggregateMs)
            {
                _audit.Queue(AuditEvent.RadioRestarted, 0, 0, (uint)(restarts - _told));
                _told = restarts;
                _toldMs = nowMs;
            }
        }
    }
}
