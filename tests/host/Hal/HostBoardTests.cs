using System;
using System.Collections.Generic;
using System.Linq;
using DoorController.Hal;
using DoorController.Hal.Host;
using DoorController.Tests.Radio;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Hal
{
    /// <summary>What a power cut takes from the board, and what it leaves.</summary>
    [TestClass]
    public sealed class HostBoardTests
    {
        private readonly MemoryFiles _flash = new();
        private readonly HostBoard _host;

        public HostBoardTests()
        {
            _host = new HostBoard(_flash);
        }

        [TestCleanup]
        public void Dispose() => _host.Dispose();

        [TestMethod]
        public void PowerCut_ReleasesTheStrike_AndItStaysSo()
        {
            _host.Floors.Count = 3;
            _host.Clock.Advance(100);
            _host.Board.Floors.Select(0b101);
            _host.Board.Lamp.Set(LampOutput.Green);
            _host.Board.Strike.Pulse(3000);
            _host.Clock.Advance(500);

            _host.PowerCut(60_000);

            CollectionAssert.AreEqual(
                new[] { new StrikeEdge(100, true, StrikeCause.Pulse), new StrikeEdge(600, false, StrikeCause.Reset) },
                _host.Strike.Edges.ToArray());
            Assert.AreEqual(0, _host.Floors.Selected);
            Assert.AreEqual(0, _host.Lamp.Outputs);
            _host.Clock.Advance(10_000);
            Assert.IsFalse(_host.Strike.IsEnergised);
            Assert.HasCount(2, _host.Strike.Edges);
            Assert.IsTrue(_host.Strike.Pulse(1), "after the boot it works again");
        }

        [TestMethod]
        public void PowerCut_RestartsTheBoardsClock_AndKeepsTheFlash()
        {
            _host.Clock.Advance(5000);
            long stoppedAt = -1;
            _host.Stopped += (_, _) => stoppedAt = _host.Clock.WorldMs;
            _host.PowerCut(60_000);

            Assert.AreEqual(0, _host.Board.Clock.NowMs);
            Assert.AreEqual(65_000, _host.Clock.WorldMs);
            Assert.AreEqual(5000, stoppedAt, "the flash hears of it before time passes");
            Assert.AreSame(_flash, _host.Flash);
            Assert.AreEqual(2, _host.Boots);
        }

        [TestMethod]
        public void PowerCut_DropsThePhone_AndManagedCodeHearsNothing()
        {
            var handler = new ScriptedHandler { Late = true };
            _host.Ble.Start("DOOR-1", handler);
            var phone = new VirtualPhone(_host.Radio);
            phone.Connect();
            AttOperation read = phone.Read(BleCharacteristic.Hello);
            bool hasConnected = true;
            _host.Clock.After(1000, () => hasConnected = phone.Connect());

            _host.PowerCut(2000);

            Assert.AreEqual(AttError.Disconnected, read.Error);
            Assert.IsFalse(phone.IsConnected);
            Assert.IsFalse(hasConnected, "no door to be seen without power");
            CollectionAssert.AreEqual(new[] { true }, handler.Sessions);
            Assert.IsTrue(_host.Ble.Start("DOOR-1", handler), "the new boot needs no Stop");
            Assert.IsTrue(phone.Connect());
            Assert.IsEmpty(_host.Faults);
        }

        [TestMethod]
        public void Reboot_InTheMiddleOfAFreeze_ForgetsWhatWaited()
        {
            var handler = new ScriptedHandler();
            _host.Ble.Start("DOOR-1", handler);
            var phone = new VirtualPhone(_host.Radio);
            phone.Connect();
            _host.Clock.After(100, () => phone.Read(BleCharacteristic.Hello));
            _host.Clock.After(200, () => _host.Reboot());
            _host.Freeze(1000);

            Assert.AreEqual(0, handler.Reads);
            Assert.IsFalse(phone.IsConnected);
            Assert.AreEqual(800, _host.Clock.NowMs);
        }

        [TestMethod]
        public void PowerCut_EmptiesTheLines_AndLeavesTheBuilding()
        {
            _host.Inputs.Set(Input.DoorOpen, true);
            _host.Network.Server = (_, body) => NetworkAnswer.Ok(body);
            _host.Network.Start("/sync", new byte[1], 1);
            _host.Serial.Type("status");
            _host.Serial.Write(new byte[3], 0, 3);
            _host.PowerCut(1000);

            Assert.AreEqual(NetworkState.Idle, _host.Network.Poll());
            Assert.AreEqual(0, _host.Network.Requests);
            Assert.AreEqual(0, _host.Serial.WaitingBytes);
            Assert.IsEmpty(_host.Serial.TakeOutput());
            Assert.AreEqual(Input.DoorOpen, _host.Inputs.Read());
        }

        [TestMethod]
        public void OrderedReboot_LetsThePulsePlayOn_AndAPulseAfterItIsAFault()
        {
            _host.Strike.Pulse(3000);
            _host.Board.Power.Reboot();
            Assert.IsTrue(_host.Strike.IsEnergised, "the RMT is not reset with the processor");
            _host.Clock.Advance(3000);
            Assert.IsFalse(_host.Strike.IsEnergised, "and ends what it plays by itself");
            Assert.IsTrue(_host.Power.IsRebootOrdered);
            Assert.IsFalse(_host.Strike.Pulse(3000));
            StringAssert.Contains(_host.Faults.Single(), "after the reboot");

            _host.Reboot();
            Assert.IsFalse(_host.Power.IsRebootOrdered);
            Assert.AreEqual(1, _host.Power.RebootsOrdered);
        }

        [TestMethod]
        [DataRow(1000, 1000, StrikeCause.Reset)]
        [DataRow(5000, 3000, StrikeCause.End)]
        public void Reboot_InThePulse_EndsItWithTheFirstChannelOrAtItsBound(int bootMs, int endMs, StrikeCause cause)
        {
            _host.Strike.Pulse(3000);
            _host.Reboot(bootMs);
            Assert.AreEqual(new StrikeEdge(endMs, false, cause), _host.Strike.Edges[^1]);
            Assert.HasCount(2, _host.Strike.Edges);
        }

        [TestMethod]
        public void Run_PollsAtEachStep_AndEndsAtAnOrderedReboot()
        {
            var polls = new List<long>();
            _host.Run(() => polls.Add(_host.Clock.NowMs), 25);
            CollectionAssert.AreEqual(new long[] { 0, 10, 20 }, polls);
            Assert.AreEqual(25, _host.Clock.NowMs);

            _host.Run(_host.Power.Reboot, 1000);
            Assert.AreEqual(1, _host.Power.RebootsOrdered);
            Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _host.Run(() => { }, 1, 0));
        }
    }
}
