using DoorController.Hal;

namespace DoorController.Strike
{
    /// <summary>Tells the person at the door: ready, opened, refused, alarm, fault. Times of the patterns in ms.</summary>
    public sealed class Signals
    {
        private const int ReadyPeriod = 3000;
        private const int ReadyFlash = 50;
        private const int FaultPeriod = 2000;
        private const int FaultFlash = 200;
        private const int AlarmHalf = 500;
        private const int RefusedFor = 1500;
        private const int Beep = 150;

        private readonly ILamp _lamp;
        private long _grantedMs;
        private int _grantedFor;
        private long _refusedMs = -RefusedFor;
        private int _shown = -1;

        /// <summary>Starts dark.</summary>
        public Signals(ILamp lamp)
        {
            _lamp = lamp;
        }

        /// <summary>True while a door is forced or held open.</summary>
        public bool IsAlarm { get; set; }

        /// <summary>True while the door cannot do all of its work: see the console.</summary>
        public bool IsFault { get; set; }

        /// <summary>The strike is energised for so long.</summary>
        public void Granted(int holdMs, long nowMs)
        {
            _grantedMs = nowMs;
            _grantedFor = holdMs;
        }

        /// <summary>Somebody was refused.</summary>
        public void Refused(long nowMs)
        {
            _refusedMs = nowMs;
        }

        /// <summary>Sets the outputs when the pattern says something new.</summary>
        public void Poll(long nowMs)
        {
            int outputs = Pattern(nowMs);
            if (outputs != _shown)
            {
                _shown = outputs;
                _lamp.Set(outputs);
            }
        }

        private int Pattern(long nowMs)
        {
            long granted = nowMs - _grantedMs;
            if (granted < _grantedFor)
            {
                return LampOutput.Green | (granted < Beep ? LampOutput.Buzzer : 0);
            }

            long refused = nowMs - _refusedMs;
            if (refused < RefusedFor)
            {
                bool beep = refused < Beep || (refused >= 2 * Beep && refused < 3 * Beep);
                return LampOutput.Red | (beep ? LampOutput.Buzzer : 0);
            }

            return State(nowMs);
        }

        private int State(long nowMs)
        {
            if (IsAlarm)
            {
                return nowMs / AlarmHalf % 2 == 0 ? LampOutput.Red | LampOutput.Buzzer : 0;
            }

            if (IsFault)
            {
                return nowMs % FaultPeriod < FaultFlash ? LampOutput.Red : 0;
            }

            return nowMs % ReadyPeriod < ReadyFlash ? LampOutput.Green : 0;
        }
    }
}
