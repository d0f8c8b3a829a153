#nullable enable
using System;
using nanoFramework.Device.Bluetooth;
using nanoFramework.Device.Bluetooth.GenericAttributeProfile;

namespace DoorController.Hal.Esp32
{
    /// <summary>
    /// The stack of nanoFramework.Device.Bluetooth, thinly (PLATFORM.md 1); <see cref="BlePeripheral"/> holds the rules for it. Services are created
    /// once, because their ids run out (PLATFORM.md 1.2). Events come one by one on one thread (PLATFORM.md 1.5), so one request object
    /// serves them all.
    /// </summary>
    public sealed class Esp32Ble : IBleDriver
    {
        private readonly GattTable _table;
        private readonly Esp32BleRequest _request = new Esp32BleRequest();
        private IBleEvents? _events;

        /// <summary>A stack that is down.</summary>
        public Esp32Ble()
        {
            _table = new GattTable(OnRead, OnWrite);
        }

        /// <inheritdoc/>
        public bool Start(string name, IBleEvents events)
        {
            _events = events;
            try
            {
                // The name comes first: stack and advertisement copy it (PLATFORM.md 1.1).
                BluetoothLEServer.Instance.DeviceName = name;
                if (!_table.IsMade)
                {
                    _table.Make();
                    BluetoothLEServer.Instance.Session.SessionStatusChanged += OnSession;
                    BluetoothLEServer.Instance.Session.MaxPduSizeChanged += OnMtu;
                }

                return _table.StartAdvertising(name);
            }
            catch (Exception)
            {
                return false;
            }
        }

        /// <inheritdoc/>
        public void StopAdvertising()
        {
            try
            {
                _table.StopAdvertising();
            }
            catch (Exception)
            {
                // The supervisor starts it again, and reboots when that fails again and again.
            }
        }

        /// <inheritdoc/>
        public void StopStack()
        {
            try
            {
                BluetoothLEServer.Instance.Stop();
            }
            catch (Exception)
            {
                // As in StopAdvertising.
            }
        }

        /// <inheritdoc/>
        public void Notify(int characteristic, byte[] value)
        {
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
                _events!.OnRead(_table.IndexOf(sender), _request.Of(e));
            }
            catch (Exception)
            {
                // Nobody knows whether that was before or after the answer, and a second one breaks the stack: none is safe (PLATFORM.md 1.4).
            }
        }

        private void OnWrite(GattLocalCharacteristic sender, GattWriteRequestedEventArgs e)
        {
            try
            {
                _events!.OnWrite(_table.IndexOf(sender), _request.Of(e));
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
                _events!.OnSession(e.Status == GattSessionStatus.Active);
            }
            catch (Exception)
            {
                // The event thread must live: every other event comes through it (PLATFORM.md 1.5).
            }
        }

        private void OnMtu(object sender, EventArgs e)
        {
            try
            {
                _events!.OnMtu(BluetoothLEServer.Instance.Session.MaxMtuSize);
            }
            catch (Exception)
            {
                // As in OnSession: 23 is always right.
            }
        }
    }
}
