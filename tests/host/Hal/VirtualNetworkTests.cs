using System;
using System.Collections.Generic;
using System.Linq;
using DoorController.Hal;
using DoorController.Hal.Host;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Hal
{
    /// <summary>The virtual network and each of its faults.</summary>
    [TestClass]
    public sealed class VirtualNetworkTests
    {
        private static readonly byte[] Question = { 1, 2, 3, 4 };
        private static readonly byte[] Reply = { 9, 8, 7 };

        private readonly VirtualClock _clock = new();
        private readonly FaultList _faults;
        private readonly VirtualNetwork _network;
        private readonly List<string> _heard = new();

        public VirtualNetworkTests()
        {
            _faults = new FaultList(_clock);
            _network = new VirtualNetwork(_clock, _faults)
            {
                Server = (path, body) =>
                {
                    _heard.Add(path + " " + Convert.ToHexString(body));
                    return NetworkAnswer.Ok(Reply);
                },
            };
        }

        [TestMethod]
        public void Exchange_TakesItsTime_AndIsTakenOnce()
        {
            byte[] body = (byte[])Question.Clone();
            Assert.IsTrue(_network.Start("/sync", body, 3));
            body[0] = 0xFF;
            Assert.IsFalse(_network.Start("/sync", body, 3), "one at a time");
            _clock.Advance(49);
            Assert.AreEqual(NetworkState.Busy, _network.Poll());
            _clock.Advance(1);
            Assert.AreEqual(NetworkState.Done, _network.Poll());
            Assert.AreEqual(200, _network.Status);

            byte[] buffer = new byte[8];
            Assert.AreEqual(3, _network.Take(buffer));
            CollectionAssert.AreEqual(Reply, buffer.Take(3).ToArray());
            Assert.AreEqual("/sync 010203", _heard.Single());
            Assert.AreEqual(NetworkState.Idle, _network.Poll());
            Assert.AreEqual(-1, _network.Take(buffer));
        }

        [TestMethod]
        public void Down_StartsNothing_AndEndsWhatIsUnderWay()
        {
            _network.Start("/sync", Question, 1);
            _network.IsUp = false;
            Assert.AreEqual(NetworkState.Failed, _network.Poll());
            _clock.Advance(1000);
            Assert.IsEmpty(_heard);
            Assert.IsFalse(_network.Start("/sync", Question, 1));
            _network.IsUp = true;
            Assert.IsTrue(_network.Start("/sync", Question, 1), "a failed exchange has ended");
        }

        [TestMethod]
        public void Refused_AndNoServer_Fail()
        {
            _network.Fault = NetworkFault.Refused;
            Assert.AreEqual(NetworkState.Failed, Exchange());
            _network.Fault = NetworkFault.None;
            _network.Server = null;
            Assert.AreEqual(NetworkState.Failed, Exchange());
            Assert.AreEqual(0, _network.Requests);
        }

        [TestMethod]
        public void Hang_LastsUntilCancelled()
        {
            _network.Fault = NetworkFault.Hang;
            _network.Start("/sync", Question, 1);
            _clock.Advance(3_600_000);
            Assert.AreEqual(NetworkState.Busy, _network.Poll());
            _network.Cancel();
            Assert.AreEqual(NetworkState.Idle, _network.Poll());
            _network.Fault = NetworkFault.None;
            Assert.AreEqual(NetworkState.Done, Exchange());
        }

        [TestMethod]
        public void CancelledExchange_LeavesNoAnswerBehind()
        {
            _network.LatencyMs = 5000;
            _network.Start("/sync", Question, 1);
            _clock.Advance(4000);
            _network.Cancel();
            _clock.Advance(4000);
            Assert.AreEqual(NetworkState.Idle, _network.Poll());
            Assert.IsEmpty(_heard);
        }

        [TestMethod]
        public void LostAnswer_WasActedOn()
        {
            _network.Fault = NetworkFault.AnswerLost;
            Assert.AreEqual(NetworkState.Failed, Exchange());
            Assert.HasCount(1, _heard);
        }

        [TestMethod]
        [DataRow(NetworkFault.Truncated)]
        [DataRow(NetworkFault.TooLong)]
        public void SpoiltLength_CannotBeTaken(NetworkFault fault)
        {
            _network.Fault = fault;
            Assert.AreEqual(NetworkState.Done, Exchange());
            Assert.AreEqual(-1, _network.Take(new byte[4096]));
            Assert.AreEqual(NetworkState.Idle, _network.Poll());
            _network.Fault = NetworkFault.None;
            Exchange();
            Assert.AreEqual(3, _network.Take(new byte[4096]), "the fault does not stick");
        }

        [TestMethod]
        public void AnswerLongerThanTheBuffer_CannotBeTaken()
        {
            Exchange();
            Assert.AreEqual(-1, _network.Take(new byte[2]));
        }

        [TestMethod]
        public void ErrorStatus_ReplacesTheServers()
        {
            _network.Fault = NetworkFault.ErrorStatus;
            Exchange();
            Assert.AreEqual(503, _network.Status);
        }

        [TestMethod]
        public void Garbled_FlipsABit_AndNotTheServersOwnCopy()
        {
            _network.Fault = NetworkFault.Garbled;
            Exchange();
            byte[] buffer = new byte[3];
            _network.Take(buffer);
            CollectionAssert.AreEqual(new byte[] { 9, 8 ^ 0x10, 7 }, buffer);
            Assert.AreEqual(8, Reply[1]);
        }

        [TestMethod]
        [DataRow(0)]
        [DataRow(-1)]
        [DataRow(5)]
        [DataRow(4097)]
        public void RequestOfAWrongLength_IsAFault(int count)
        {
            Assert.IsFalse(_network.Start("/sync", Question, count));
            Assert.HasCount(1, _faults);
        }

        private int Exchange()
        {
            Assert.IsTrue(_network.Start("/sync", Question, 1));
            _clock.Advance(_network.LatencyMs);
            return _network.Poll();
        }
    }
}
