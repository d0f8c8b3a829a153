using DoorController.Radio;

namespace DoorController.Sync
{
    /// <summary>
    /// The radio belongs to the phone at the door, but a phone that never leaves must not keep the news away. What counts is for how
    /// long a phone alone kept it: a network that comes back sheds nobody.
    /// </summary>
    public sealed class PhoneFirst
    {
        private const long Nobody = -1;

        private readonly RadioLink _link;
        private readonly Supervisor _supervisor;
        private long _keptSinceMs = Nobody;

        /// <summary>The rule of one door.</summary>
        public PhoneFirst(RadioLink link, Supervisor supervisor)
        {
            _link = link;
            _supervisor = supervisor;
        }

        /// <summary>No sync is waiting: nobody keeps it.</summary>
        public void Forget()
        {
            _keptSinceMs = Nobody;
        }

        /// <summary>Asked while a sync is due.</summary>
        /// <returns>True when it may start. A phone that has kept it for <see cref="Limits.SyncOverdueMs"/> is shed.</returns>
        public bool LetsPass(long nowMs)
        {
            if (!_link.IsActive)
            {
                return true;
            }

            if (_keptSinceMs == Nobody)
            {
                _keptSinceMs = nowMs;
            }
            else if (nowMs - _keptSinceMs > Limits.SyncOverdueMs)
            {
                _keptSinceMs = nowMs;
                _supervisor.RestartRadio();
            }

            return false;
        }
    }
}
