using DoorController.Audit;
using DoorController.Hal;
using DoorController.Wire;

namespace DoorController.Strike
{
    /// <summary>What follows from the contacts: REX opens, a door that opened is locked again, and the trail hears of all.</summary>
    public sealed class Contacts
    {
        private readonly DoorMonitor _monitor;
        private readonly StrikeControl _strike;
        private readonly Opener _opener;
        private readonly AuditTrail _audit;

        /// <summary>The contacts of one door.</summary>
        public Contacts(DoorMonitor monitor, StrikeControl strike, Opener opener, AuditTrail audit)
        {
            _monitor = monitor;
            _strike = strike;
            _opener = opener;
            _audit = audit;
        }

        /// <summary>Looks at the inputs.</summary>
        /// <param name="inputs">Bits of <see cref="Input"/>.</param>
        public void Poll(int inputs, long nowMs)
        {
            int news = _monitor.Poll(inputs, nowMs);
            if (news == 0)
            {
                return;
            }

            if ((news & DoorNews.Rex) != 0)
            {
                _opener.Open(AuditEvent.Rex, 0, nowMs);
            }

            if ((news & DoorNews.Opened) != 0 && _strike.RemainingMs(nowMs) > 0)
            {
                _strike.Release();
            }

            NoteAll(news);
        }

        private void NoteAll(int news)
        {
            Note(news, DoorNews.Opened, AuditEvent.DoorOpened, 0);
            Note(news, DoorNews.ForcedOpen, AuditEvent.ForcedOpen, 0);
            Note(news, DoorNews.Closed, AuditEvent.DoorClosed, 0);
            Note(news, DoorNews.HeldOpen, AuditEvent.HeldOpen, 0);
            Note(news, DoorNews.Tamper, AuditEvent.Tamper, 1);
            Note(news, DoorNews.FireAlarm, AuditEvent.FireAlarm, 1);
        }

        private void Note(int news, int bit, int auditEvent, int detail)
        {
            if ((news & bit) != 0)
            {
                _audit.Queue(auditEvent, detail, 0, 0);
            }
        }
    }
}
