using System;
using System.Collections.Generic;

namespace DoorController.Hal.Host
{
    /// <summary>The one connection: its phone, what that phone subscribed to, and what of it is lost in the air.</summary>
    internal sealed class PhoneLink(GattServer server, EventSink sink)
    {
        /// <summary>Bytes of the ATT header of a notification (Bluetooth Core, Vol 3, Part F, 3.4.7.1).</summary>
        private const int NotificationHeader = 3;

        private readonly HashSet<int> _subscribed = new();
        private VirtualPhone? _phone;

        /// <summary>True while the stack holds a connection.</summary>
        public bool IsUp => _phone != null;

        /// <summary>True while the phone has gone and the stack does not know it.</summary>
        public bool HasPhoneLeft { get; private set; }

        /// <summary>This many notifications more are lost in the air.</summary>
        public int NotificationsToLose { get; set; }

        /// <summary>A phone has connected.</summary>
        public void Begin(VirtualPhone phone)
        {
            _phone = phone;
            server.PostSession(true);
        }

        /// <summary>The phone goes.</summary>
        /// <returns>False when the stack does not know it: the host task waits for an answer, and hears of it only afterwards (PLATFORM.md 1.4).</returns>
        public bool Leave(VirtualPhone phone)
        {
            HasPhoneLeft |= _phone == phone && server.IsWaiting;
            return _phone == phone && !server.IsWaiting;
        }

        /// <summary>The stack goes down under a phone.</summary>
        public void Drop()
        {
            VirtualPhone? phone = _phone;
            if (phone != null)
            {
                Forget();
                server.PostSession(false);
                sink.Afterwards(phone.Dropped);
            }
        }

        /// <summary>The link has ended.</summary>
        public void Forget()
        {
            _phone = null;
            HasPhoneLeft = false;
            _subscribed.Clear();
            server.ForgetLink();
        }

        /// <summary>A phone asks for another MTU; it gets no more than the door offers.</summary>
        public void Negotiate(VirtualPhone phone, int mtu)
        {
            if (_phone == phone)
            {
                server.Mtu = Math.Clamp(mtu, VirtualRadio.DefaultMtu, VirtualRadio.PreferredMtu);
                server.PostMtu(server.Mtu);
            }
        }

        /// <summary>A phone wants the notifications of a characteristic.</summary>
        /// <returns>One of <see cref="AttError"/>.</returns>
        public int Subscribe(VirtualPhone phone, int characteristic)
        {
            if (_phone != phone)
            {
                return AttError.Disconnected;
            }

            if (!GattServer.CanNotify(characteristic))
            {
                return AttError.WriteNotPermitted;
            }

            _subscribed.Add(characteristic);
            return AttError.None;
        }

        /// <summary>Brings as much of a notification as fits the MTU to a phone that subscribed.</summary>
        public void Notify(int characteristic, byte[] value)
        {
            VirtualPhone? phone = _phone;
            if (phone == null || !_subscribed.Contains(characteristic))
            {
                return;
            }

            if (NotificationsToLose > 0)
            {
                NotificationsToLose--;
                return;
            }

            byte[] sent = value.AsSpan(0, Math.Min(value.Length, server.Mtu - NotificationHeader)).ToArray();
            sink.Afterwards(() => phone.Notified(characteristic, sent));
        }

        /// <summary>One part of a read, or one whole write, arrives from a phone; see <see cref="GattServer.Request"/>.</summary>
        public void Request(VirtualPhone phone, int characteristic, byte[]? written, int offset, Action<int, byte[]> finish)
        {
            if (_phone == phone)
            {
                server.Request(characteristic, written, offset, finish);
            }
            else
            {
                finish(AttError.Disconnected, Array.Empty<byte>());
            }
        }
    }
}
