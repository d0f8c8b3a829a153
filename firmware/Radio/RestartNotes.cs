using DoorController.Audit;
using DoorController.Wire;

namespace DoorController.Radio
{
    /// <summary>Boots, restarts of the radio and shed phones in the audit trail, none of which may flood it: whoever stands outside can make some of them.</summary>
    public sealed class RestartNotes
    {
        private readonly Supervisor _supervisor;
        private readonly AuditTrail _audit;
        private bool _isBootTold;
        private int _restarts;
        private int _shed;

        /// <summary>Notes this boot, and why it was.</summary>
        public RestartNotes(Supervisor supervisor, AuditTrail audit)
        {
            _supervisor = supervisor;
            _audit = audit;
            TellBoot();
        }

        /// <summary>Notes what happened since the last look.</summary>
        public void Poll()
        {
            if (!_isBootTold)
            {
                TellBoot();
            }

            int shed = _supervisor.Shed;
            int restarts = _supervisor.RadioRestarts - shed;
            for (; _shed < shed; _shed++)
            {
                _audit.Repeats.Shed();
            }

            for (; _restarts < restarts; _restarts++)
            {
                _audit.Repeats.Restarted();
            }
        }

        private void TellBoot()
        {
            _isBootTold = _audit.QueueRoutine(AuditEvent.Booted, _supervisor.LastReboot, 0, _audit.Boots);
        }
    }
}
