using System;
using System.Collections.Generic;
using DoorController.Hal;
using DoorController.Hal.Host;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Radio
{
    /// <summary>A handler that a test scripts, and that remembers what it was called with.</summary>
    internal sealed class ScriptedHandler : IBleHandler
    {
        public int Answer { get; set; } = BleAnswer.Ok;

        public bool Late { get; set; }

        public byte[] Value { get; set; } = Array.Empty<byte>();

        public Action? OnCall { get; set; }

        public int Reads { get; private set; }

        public List<byte[]> Written { get; } = new();

        public List<bool> Sessions { get; } = new();

        public int Asked { get; private set; }

        public bool IsLate()
        {
            Asked++;
            return Late;
        }

        public int OnRead(int characteristic, out byte[]? value)
        {
            Reads++;
            OnCall?.Invoke();
            value = Answer == BleAnswer.Ok ? Value : null;
            return Answer;
        }

        public int OnWrite(int characteristic, byte[] value)
        {
            Written.Add(value);
            OnCall?.Invoke();
            return Answer;
        }

        public void OnSession(bool active) => Sessions.Add(active);
    }

    /// <summary>An adapter as bad as a test wants it.</summary>
    internal sealed class BadAdapter : IBleEvents
    {
        private readonly Action<IBleRequest> _onRequest;

        public BadAdapter(Action<IBleRequest> onRequest)
        {
            _onRequest = onRequest;
        }

        public void OnRead(int characteristic, IBleRequest request) => _onRequest(request);

        public void OnWrite(int characteristic, IBleRequest request) => _onRequest(request);

        public void OnSession(bool active)
        {
        }

        public void OnMtu(int mtu)
        {
        }
    }

    /// <summary>A started radio, its clock, a scripted handler and a phone nearby.</summary>
    internal sealed class RadioBench
    {
        public const int Mtu = 185;

        public RadioBench()
        {
            Faults = new FaultList(Clock);
            Radio = new VirtualRadio(Clock, Faults);
            Ble = new BlePeripheral(Radio);
            Phone = new VirtualPhone(Radio);
        }

        public VirtualClock Clock { get; } = new();

        public FaultList Faults { get; }

        public VirtualRadio Radio { get; }

        public BlePeripheral Ble { get; }

        public ScriptedHandler Handler { get; } = new();

        public VirtualPhone Phone { get; }

        public static RadioBench Started()
        {
            var bench = new RadioBench();
            bench.Ble.Start("DOOR-1", bench.Handler);
            return bench;
        }

        public static RadioBench Connected()
        {
            RadioBench bench = Started();
            bench.Phone.Connect(Mtu);
            return bench;
        }

        public static RadioBench WithAdapter(Action<IBleRequest> onRequest)
        {
            var bench = new RadioBench();
            bench.Radio.Start("DOOR-1", new BadAdapter(onRequest));
            bench.Phone.Connect(Mtu);
            return bench;
        }

        public bool Restart()
        {
            Ble.Stop();
            return Ble.Start("DOOR-1", Handler);
        }

        /// <summary>Every GATT access fails, after the lock's time-out, while links still come and go.</summary>
        public void AssertBroken()
        {
            Assert.IsTrue(Radio.IsBroken);
            Phone.Disconnect();
            Assert.IsTrue(Phone.Connect(Mtu), "links still come and go");
            AttOperation read = Phone.Read(BleCharacteristic.Hello);
            Assert.IsFalse(read.IsDone);
            Clock.Advance(VirtualRadio.LockTimeoutMs);
            Assert.AreEqual(AttError.Unlikely, read.Error);
        }

        /// <summary>A stop and a start, with the right adapter, make everything good.</summary>
        public void AssertMendedByRestart()
        {
            Assert.IsTrue(Restart());
            Assert.IsTrue(Phone.Connect(Mtu));
            Assert.IsTrue(Phone.Read(BleCharacteristic.Hello).IsOk);
        }
    }
}
