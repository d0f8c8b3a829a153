#nullable enable
using System;
using DoorController.Wire;
using nanoFramework.Device.Bluetooth;
using nanoFramework.Device.Bluetooth.Advertisement;
using nanoFramework.Device.Bluetooth.GenericAttributeProfile;

namespace DoorController.Hal.Esp32
{
    /// <summary>
    /// The services of PROTOCOL.md section 2 and the advertisement. Flags (3 bytes) and service UUID (18) are put in front of the name,
    /// so that the library, which fills the 31 bytes in order, leaves the name to the scan response (PLATFORM.md 1.2): a phone that
    /// looks for the service sees it without asking.
    /// </summary>
    public sealed class GattTable
    {
        private readonly GattLocalCharacteristic.GattLocalCharacteristicReadEventHandler _onRead;
        private readonly GattLocalCharacteristic.GattLocalCharacteristicWriteEventHandler _onWrite;
        private readonly GattLocalCharacteristic?[] _characteristics = new GattLocalCharacteristic?[BleCharacteristic.Count];
        private GattServiceProvider? _provider;

        /// <summary>A table that is not made yet.</summary>
        public GattTable(
            GattLocalCharacteristic.GattLocalCharacteristicReadEventHandler onRead,
            GattLocalCharacteristic.GattLocalCharacteristicWriteEventHandler onWrite)
        {
            _onRead = onRead;
            _onWrite = onWrite;
        }

        /// <summary>True once <see cref="Make"/> succeeded.</summary>
        public bool IsMade
        {
            get { return _provider != null; }
        }

        /// <summary>Creates the services. Once in the life of the process: each characteristic takes one of 255 ids for good (PLATFORM.md 1.2).</summary>
        public void Make()
        {
            GattServiceProvider provider = GattServiceProvider.Create(new Guid(GattIds.Service)).ServiceProvider;
            Add(provider, BleCharacteristic.Hello, new Guid(GattIds.Hello), GattCharacteristicProperties.Read);
            Add(provider, BleCharacteristic.Unlock, new Guid(GattIds.Unlock), GattCharacteristicProperties.Write);
            Add(provider, BleCharacteristic.Result, new Guid(GattIds.Result), GattCharacteristicProperties.Read | GattCharacteristicProperties.Notify);
            Add(
                provider,
                BleCharacteristic.Carry,
                new Guid(GattIds.Carry),
                GattCharacteristicProperties.Write | GattCharacteristicProperties.Read | GattCharacteristicProperties.Notify);
            AddDeviceInformation();
            _provider = provider;
        }

        /// <summary>Starts stack and advertising.</summary>
        /// <returns>False when the stack refused.</returns>
        public bool StartAdvertising(string name)
        {
            GattServiceProviderAdvertisingParameters parameters = new GattServiceProviderAdvertisingParameters
            {
                IsConnectable = true,
                IsDiscoverable = true,
                CustomAdvertisement = true,
            };
            DataWriter uuid = new DataWriter();
            uuid.WriteUuid(new Guid(GattIds.Service));
            parameters.Advertisement.Flags =
                BluetoothLEAdvertisementFlags.ClassicNotSupported | BluetoothLEAdvertisementFlags.GeneralDiscoverableMode;
            parameters.Advertisement.DataSections.Add(new BluetoothLEAdvertisementDataSection(
                (byte)BluetoothLEAdvertisementDataSectionType.CompleteList128uuid, uuid.DetachBuffer()));
            parameters.Advertisement.LocalName = name;
            _provider!.StartAdvertising(parameters);
            return _provider.AdvertisementStatus == GattServiceProviderAdvertisementStatus.Started;
        }

        /// <summary>Frees the table, then ends the stack: <see cref="IBleDriver.StopAdvertising"/>.</summary>
        public void StopAdvertising()
        {
            _provider?.StopAdvertising();
        }

        /// <summary>Notifies whoever subscribed.</summary>
        public void Notify(int characteristic, byte[] value)
        {
            _characteristics[characteristic]?.NotifyValue(new nanoFramework.Device.Bluetooth.Buffer(value));
        }

        /// <summary>Which of <see cref="BleCharacteristic"/> an event is about; −1 for none.</summary>
        public int IndexOf(GattLocalCharacteristic sender)
        {
            for (int i = 0; i < _characteristics.Length; i++)
            {
                if (_characteristics[i] == sender)
                {
                    return i;
                }
            }

            return -1;
        }

        private void Add(GattServiceProvider provider, int index, Guid uuid, GattCharacteristicProperties properties)
        {
            GattLocalCharacteristic characteristic = provider.Service.CreateCharacteristic(
                uuid, new GattLocalCharacteristicParameters { CharacteristicProperties = properties }).Characteristic;
            if ((properties & GattCharacteristicProperties.Read) != 0)
            {
                characteristic.ReadRequested += _onRead;
            }

            if ((properties & GattCharacteristicProperties.Write) != 0)
            {
                characteristic.WriteRequested += _onWrite;
            }

            _characteristics[index] = characteristic;
        }

        /// <summary>
        /// Takes the place of the service that the library made with the first one (PLATFORM.md 1.2). Not static values: the library
        /// answers those by itself, also when it is too late (PLATFORM.md 1.4).
        /// </summary>
        private void AddDeviceInformation()
        {
            GattServiceProvider provider = GattServiceProvider.Create(GattServiceUuids.DeviceInformation).ServiceProvider;
            Add(provider, BleCharacteristic.Manufacturer, GattCharacteristicUuids.ManufacturerNameString, GattCharacteristicProperties.Read);
            Add(provider, BleCharacteristic.FirmwareRevision, GattCharacteristicUuids.FirmwareRevisionString, GattCharacteristicProperties.Read);
        }
    }
}
