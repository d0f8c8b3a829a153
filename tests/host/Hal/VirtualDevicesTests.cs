using System.Collections.Generic;
using System.Linq;
using System.Text;
using DoorController.Hal;
using DoorController.Hal.Host;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Hal
{
    /// <summary>Inputs, lamp, serial line and random bytes on the host.</summary>
    [TestClass]
    public sealed class VirtualDevicesTests
    {
        [TestMethod]
        public void Inputs_AreSetAndCleared()
        {
            var inputs = new VirtualInputs(new VirtualClock());
            inputs.Set(Input.Rex | Input.Tamper, true);
            inputs.Set(Input.Rex, false);
            Assert.AreEqual(Input.Tamper, inputs.Read());
        }

        [TestMethod]
        [DataRow(true)]
        [DataRow(false)]
        public void Bounce_TogglesAndComesToRest(bool isActive)
        {
            var clock = new VirtualClock();
            var inputs = new VirtualInputs(clock);
            inputs.Set(Input.DoorOpen, !isActive);
            inputs.Bounce(Input.DoorOpen, isActive, 20, 3);
            var levels = new List<bool>();
            for (int ms = 0; ms <= 20; ms++)
            {
                levels.Add(inputs.Read() != 0);
                clock.Advance(1);
            }

            Assert.AreEqual(isActive, levels[0]);
            Assert.AreEqual(!isActive, levels[3]);
            Assert.AreEqual(isActive, levels[20]);
            Assert.IsGreaterThan(4, levels.Zip(levels.Skip(1), (a, b) => a != b).Count(changed => changed));
            clock.Advance(1000);
            Assert.AreEqual(isActive, inputs.Read() != 0);
        }

        [TestMethod]
        public void Lamp_RecordsChangesOnly()
        {
            var clock = new VirtualClock();
            var lamp = new VirtualLamp(clock);
            lamp.Set(LampOutput.Green);
            lamp.Set(LampOutput.Green);
            clock.Advance(5);
            lamp.Set(LampOutput.Red | LampOutput.Buzzer);
            CollectionAssert.AreEqual(new[] { new OutputChange(0, 1), new OutputChange(5, 6) }, lamp.Changes.ToArray());
        }

        [TestMethod]
        public void Serial_TakesWhatItHasRoomFor()
        {
            var serial = new VirtualSerial { OutputCapacityBytes = 4, InputCapacityBytes = 3 };
            byte[] text = Encoding.ASCII.GetBytes("-hello");
            Assert.AreEqual(4, serial.Write(text, 1, 5));
            Assert.AreEqual(0, serial.Write(text, 5, 1));
            Assert.AreEqual("hell", serial.TakeText());
            Assert.AreEqual(1, serial.Write(text, 5, 1));
            Assert.AreEqual("o", serial.TakeText());

            serial.Type("status");
            Assert.AreEqual(3, serial.LostBytes);
            byte[] buffer = new byte[2];
            Assert.AreEqual(2, serial.Read(buffer));
            Assert.AreEqual(1, serial.WaitingBytes);
            Assert.AreEqual(1, serial.Read(buffer));
            Assert.AreEqual((byte)'a', buffer[0]);
            Assert.AreEqual(0, serial.Read(buffer));
        }

        [TestMethod]
        public void Random_RepeatsWithItsSeed_AndNotWithAnother()
        {
            CollectionAssert.AreEqual(Bytes(7), Bytes(7));
            CollectionAssert.AreNotEqual(Bytes(7), Bytes(8));
        }

        private static byte[] Bytes(int seed)
        {
            byte[] buffer = new byte[32];
            new SeededRandom(seed).Fill(buffer);
            return buffer;
        }
    }
}
