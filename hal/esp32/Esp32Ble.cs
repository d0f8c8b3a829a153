#nullable enable
using System;
using nanoFramework.Device.Bluetooth;
using nanoFramework.Device.Bluetooth.GenericAttributeProfile;

namespace DoorController.Hal.Esp32
{
    /// <summary>
    /// The peripheral on nanoFramework.Device.Bluetooth (platform-facts 1). The rules that keep its stack alive:
    /// services are created once, because their ids run out (1.2); a request is answered at one place, once and at once, or not at all (1.4);
    /// after <see cref="Stop"/> a request that waits in the event queue is not even looked at, because the stack that asked is gone;
    /// the stack is started and stopped only by the main loop, and stopped before each start (1.2, 1.3).
    /// </summary>
    public sealed class Esp32Ble : IBle
    {
        private const int DefaultMtu = 23;

        private readonly GattTable _table;
        private IBleHandler? _handler;
        private bool _isOn;
        private bool _isSession;

        /// <summary>A radio that is off.</summary>
        public Esp32Ble()
        {
            Mtu = DefaultMtu;
            _table = new GattTable(OnRead, OnWrite);
        }

        /// <inheritdoc/>
        public int Mtu { get; private set; }

        /// <inheritdoc/>
        public bool Start(string name, IBleHandler handler)
        {
            _handler = handler;
            try
            {
                // The name comes first: stack and advertisement copy it (platform-facts 1.1).
                BluetoothLEServer.Instance.DeviceName = name;
                if (!_table.IsMade)
                {
                    _table.Make();
                    BluetoothLEServer.Instance.Session.SessionStatusChanged += OnSession;
                    BluetoothLEServer.Instance.Session.MaxPduSizeChanged += OnMtu;
                }

                // Events may come before StartAdvertising returns.
                _isOn = true;
                _isOn = _table.StartAdvertising(name);
            }
            catch (Exception)
            {
                _isOn = false;
            }

            return _isOn;
        }

        /// <inheritdoc/>
        public void Stop()
        {
            bool wasOn = _isOn;
            _isOn = false;
            try
            {
                // Frees the attribute table and ends the stack. A second call on a stack that is gone would crash it.
                if (wasOn)
                {
                    _table.StopAdvertising();
                }

                // What a start that failed half-way has left; nothing when the stack is off.
                BluetoothLEServer.Instance.Stop();
            }
            catch (Exception)
            {
                // The supervisor starts it again, and reboots when that fails again and again.
            }

            EndSession();
        }

        /// <inheritdoc/>
        public void Notify(int characteristic, byte[] value)
        {
            if (!_isOn || !_isSession)
            {
                return;
            }

            try
            {
                _table.Notify(characteristic, value);
            }
            catch (Exception)
            {
                // A doorbell that is lost: the phone reads on its own as well.
            }
        }

        private void OnRead(GattLocalCharacteristic sender, GattReadRequestedEventArgs e)
        {
            try
            {
                if (!_isOn || _handler == null)
                {
                    return;
                }

                int answer = _handler.OnRead(_table.IndexOf(sender), out byte[]? value);
                if (answer == BleAnswer.Ok && value != null)
                {
                    e.GetRequest().RespondWithValue(new nanoFramework.Device.Bluetooth.Buffer(value));
                }
                else if (answer != BleAnswer.Silence)
                {
                    e.GetRequest().RespondWithProtocolError((byte)answer);
                }
            }
            catch (Exception)
            {
                // Nobody knows whether that was before or after the answer, and a second one breaks the stack: none is safe (platform-facts 1.4).
            }
        }

        private void OnWrite(GattLocalCharacteristic sender, GattWriteRequestedEventArgs e)
        {
            try
            {
                if (!_isOn || _handler == null)
                {
                    return;
                }

                GattWriteRequest request = e.GetRequest();
                byte[] value = new byte[(int)request.Value.Length];
                DataReader.FromBuffer(request.Value).ReadBytes(value);
                int answer = _handler.OnWrite(_table.IndexOf(sender), value);
                if (answer == BleAnswer.Ok)
                {
                    request.Respond();
                }
                else if (answer != BleAnswer.Silence)
                {
                    request.RespondWithProtocolError((byte)answer);
                }
            }
            catch (Exception)
            {
                // As in OnRead.
            }
        }

        private void OnSession(object sender, GattSessionStatusChangedEventArgs e)
        {
            try
            {
                if (e.Status == GattSessionStatus.Active && _isOn)
                {
                    Mtu = DefaultMtu;
                    _isSession = true;
                    _handler?.OnSession(true);
                }
                else if (e.Status == GattSessionStatus.Closed)
                {
                    EndSession();
                }
            }
            catch (Exception)
            {
                // The event thread must live: every other event comes through it (platform-facts 1.5).
            }
        }

        private void OnMtu(object sender, EventArgs e)
        {
            try
            {
                int mtu = BluetoothLEServer.Instance.Session.MaxMtuSize;
                Mtu = mtu > DefaultMtu ? mtu : DefaultMtu;
            }
            catch (Exception)
            {
                // As in OnSession: 23 is always right.
            }
        }

        private void EndSession()
        {
            bool wasSession = _isSession;
            _isSession = false;
            Mtu = DefaultMtu;
            if (wasSession)
            {
                _handler?.OnSession(false);
            }
        }
    }
}
