using System;
using System.Collections.Generic;

namespace DoorController.Hal.Host
{
    /// <summary>
    /// A central in the air: connects, reads, writes, subscribes, goes away. It moves bytes and knows no protocol. Like every
    /// ATT client it has one request under way at most.
    /// </summary>
    public sealed class VirtualPhone
    {
        /// <summary>Times that this phone asks again, or waits an interval more, before it gives up.</summary>
        public const int MaxTries = 100;

        /// <summary>Time between two packets of a link, in ms: a usual connection interval of a phone.</summary>
        public const int IntervalMs = 30;

        private readonly VirtualRadio _radio;
        private readonly List<PhoneNotification> _notifications = new();
        private AttOperation? _current;
        private bool _isConnected;

        /// <summary>A phone near a door.</summary>
        public VirtualPhone(VirtualRadio radio)
        {
            _radio = radio;
            Interval = () => radio.Clock.Advance(IntervalMs);
        }

        /// <summary>
        /// What happens between two packets of this phone: also between the parts of a long read. A test that wants the door to
        /// live meanwhile polls it here.
        /// </summary>
        public Action Interval { get; set; }

        /// <summary>True while this phone believes in its link.</summary>
        public bool IsConnected => _isConnected;

        /// <summary>MTU of the link.</summary>
        public int Mtu => _radio.Mtu;

        /// <summary>Notifications that arrived, oldest first, through all links.</summary>
        public IReadOnlyList<PhoneNotification> Notifications => _notifications;

        /// <summary>Reads, writes, and parts of long ones, that this phone has sent.</summary>
        public int Requests { get; private set; }

        /// <summary>Connects, if the door advertises.</summary>
        /// <param name="mtu">The MTU that this phone asks for at once; 0 when it does not.</param>
        /// <returns>False when there is no door to be seen.</returns>
        public bool Connect(int mtu = 0)
        {
            if (_isConnected || !_radio.Connect(this))
            {
                return false;
            }

            _isConnected = true;
            if (mtu != 0)
            {
                _radio.Link.Negotiate(this, mtu);
            }

            return true;
        }

        /// <summary>Goes away. A request under way stays without an answer.</summary>
        public void Disconnect()
        {
            if (_isConnected)
            {
                Dropped();
                _radio.Disconnect(this);
            }
        }

        /// <summary>Asks for notifications.</summary>
        /// <returns>0 or one of <see cref="AttError"/>.</returns>
        public int Subscribe(int characteristic) => _radio.Link.Subscribe(this, characteristic);

        /// <summary>Begins to read a whole value, in as many parts as the MTU makes of it.</summary>
        /// <exception cref="InvalidOperationException">A request is under way.</exception>
        public AttOperation Read(int characteristic)
        {
            AttOperation operation = Begin();
            ReadPart(operation, characteristic, Array.Empty<byte>());
            return operation;
        }

        /// <summary>Begins to write one frame; above MTU − 3 bytes it is a long write, which arrives whole.</summary>
        /// <exception cref="InvalidOperationException">A request is under way.</exception>
        public AttOperation Write(int characteristic, byte[] frame)
        {
            AttOperation operation = Begin();
            if (frame.Length > Mtu - 3)
            {
                // Prepared parts wait in the stack, and managed code sees nothing before the phone executes them.
                int parts = (frame.Length + Mtu - 6) / (Mtu - 5);
                for (int i = 0; i < parts && _isConnected; i++)
                {
                    Requests++;
                    Interval();
                }
            }

            Requests++;
            _radio.Link.Request(this, characteristic, (byte[])frame.Clone(), 0, operation.Finish);
            return operation;
        }

        /// <summary>Reads a whole value, again and again while the door says that it is not ready.</summary>
        /// <returns>0 or the ATT error that stayed.</returns>
        public int TryRead(int characteristic, out byte[] value)
        {
            AttOperation operation = Persist(() => Read(characteristic), BleAnswer.NotReady);
            value = operation.Value;
            return operation.Error;
        }

        /// <summary>Writes one frame, again and again while the door says that its queue is full.</summary>
        /// <returns>0 or the ATT error that stayed.</returns>
        public int TryWrite(int characteristic, byte[] frame)
        {
            return Persist(() => Write(characteristic, frame), BleAnswer.Busy).Error;
        }

        /// <summary>Lets time pass until a request is over: the stack ends each within 2 s.</summary>
        public void Wait(AttOperation operation)
        {
            for (int i = 0; i < MaxTries && !operation.IsDone; i++)
            {
                Interval();
            }

            if (!operation.IsDone)
            {
                _radio.Clock.Advance(VirtualRadio.AnswerLimitMs);
            }
        }

        internal void Notified(int characteristic, byte[] value)
        {
            _notifications.Add(new PhoneNotification(_radio.Clock.WorldMs, characteristic, value));
        }

        internal void Dropped()
        {
            _isConnected = false;
            _current?.Finish(AttError.Disconnected, Array.Empty<byte>());
        }

        private AttOperation Begin()
        {
            if (_current != null && !_current.IsDone)
            {
                throw new InvalidOperationException("This phone waits for the answer to its last request.");
            }

            _current = new AttOperation();
            return _current;
        }

        private AttOperation Persist(Func<AttOperation> request, int again)
        {
            AttOperation operation = request();
            Wait(operation);
            for (int i = 1; i < MaxTries && operation.Error == again; i++)
            {
                Interval();
                operation = request();
                Wait(operation);
            }

            return operation;
        }

        private void ReadPart(AttOperation operation, int characteristic, byte[] before)
        {
            Requests++;
            int partBytes = Mtu - 1;
            _radio.Link.Request(this, characteristic, null, before.Length, (error, part) =>
            {
                byte[] value = [.. before, .. part];
                if (error != AttError.None || operation.IsDone)
                {
                    operation.Finish(error, Array.Empty<byte>());
                }
                else if (part.Length < partBytes || value.Length == VirtualRadio.MaxValueBytes)
                {
                    operation.Finish(AttError.None, value);
                }
                else
                {
                    Interval();
                    ReadPart(operation, characteristic, value);
                }
            });
        }
    }

    /// <summary>A notification as it arrived.</summary>
    /// <param name="AtMs">When, in <see cref="VirtualClock.WorldMs"/>.</param>
    /// <param name="Characteristic">One of <see cref="BleCharacteristic"/>.</param>
    /// <param name="Value">The bytes.</param>
    public sealed record PhoneNotification(long AtMs, int Characteristic, byte[] Value);
}
