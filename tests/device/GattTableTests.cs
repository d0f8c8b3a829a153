#nullable enable
using System;
using System.Threading;
using DoorController.Hal;
using DoorController.Hal.Esp32;
using DoorController.Wire;
using nanoFramework.Device.Bluetooth;
using nanoFramework.Device.Bluetooth.GenericAttributeProfile;
using nanoFramework.TestFramework;

namespace DoorController.Tests.Device
{
    /// <summary>The attribute table that the library holds, against PROTOCOL.md section 2; and the radio through many restarts.</summary>
    [TestClass]
    public class GattTableTests
    {
        private const int DoorCharacteristics = 4;
        private const int Restarts = 20;
        private const int PauseMs = 500;

        private static readonly BlePeripheral Radio = new BlePeripheral(new Esp32Ble());

        [TestMethod]
        public void TableIsTheOneOfTheProtocol()
        {
            Radio.Start("TEST DOOR", new Deaf());
            Radio.Stop();
            GattServiceProvider door = BluetoothLEServer.Instance.GetServiceByUUID(new Guid(GattIds.Service));
            Assert.IsNotNull(door);
            GattLocalCharacteristic[] table = door.Service.Characteristics;
            Assert.AreEqual(DoorCharacteristics, table.Length);
            AssertIs(table[BleCharacteristic.Hello], GattIds.Hello, GattCharacteristicProperties.Read);
            AssertIs(table[BleCharacteristic.Unlock], GattIds.Unlock, GattCharacteristicProperties.Write);
            AssertIs(table[BleCharacteristic.Result], GattIds.Result, GattCharacteristicProperties.Read | GattCharacteristicProperties.Notify);
            AssertIs(
                table[BleCharacteristic.Carry],
                GattIds.Carry,
                GattCharacteristicProperties.Write | GattCharacteristicProperties.Read | GattCharacteristicProperties.Notify);
        }

        [TestMethod]
        public void DeviceInformationIsOurs()
        {
            Radio.Start("TEST DOOR", new Deaf());
            Radio.Stop();
            GattServiceProvider information = BluetoothLEServer.Instance.GetServiceByUUID(GattServiceUuids.DeviceInformation);
            Assert.IsNotNull(information);
            Assert.AreEqual(2, information.Service.Characteristics.Length);
            Assert.AreEqual(2, BluetoothLEServer.Instance.Services.Length);
        }

        [TestMethod]
        public void RadioStartsAndStopsManyTimesWithTheLongestName()
        {
            for (int i = 0; i < Restarts; i++)
            {
                Assert.IsTrue(Radio.Start("ABCDEFGHIJKLMNOPQRSTUVWXYZ", new Deaf()), "start " + i.ToString());
                Assert.AreEqual(23, Radio.Mtu);
                Thread.Sleep(PauseMs);
                Radio.Stop();
                Radio.Stop();
                Thread.Sleep(PauseMs);
            }
        }

        private static void AssertIs(GattLocalCharacteristic characteristic, string uuid, GattCharacteristicProperties properties)
        {
            Assert.IsTrue(characteristic.Uuid.Equals(new Guid(uuid)), uuid);
            Assert.AreEqual((int)properties, (int)characteristic.CharacteristicProperties, uuid);
            Assert.IsTrue(characteristic.ReadProtectionLevel == GattProtectionLevel.Plain);
            Assert.IsTrue(characteristic.WriteProtectionLevel == GattProtectionLevel.Plain);
        }

        /// <summary>A handler for a radio that no phone is near.</summary>
        private sealed class Deaf : IBleHandler
        {
            public bool IsLate()
            {
                return false;
            }

            public int OnRead(int characteristic, out byte[]? value)
            {
                value = null;
                return BleAnswer.NotReady;
            }

            public int OnWrite(int characteristic, byte[] value)
            {
                return BleAnswer.Busy;
            }

            public void OnSession(bool active)
            {
            }
        }
    }
}
