using System;
using System.Collections.Generic;
using DoorController.Hal;
using DoorController.Hal.Host;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests
{
    /// <summary>A handler that a test scripts, and that remembers what it was called with.</summary>
    internal sealed class ScriptedHandler : IBleHandler
    {
        public int Answer { get; set; } = BleAnswer.Ok;

        public byte[] Value { get; set; } = Array.Empty<byte>();

        public Action? OnCall { get; set; }

        public int Reads { get; private set; }

        public List<byte[]> Written { get; } = new();

        public List<bool> Sessions { get; } = new();

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
    internal sealed class BadAdapter : IRadioAdapter
    {
        private readonly Action<RadioRequest> _onRequest;

        public BadAdapter(Action<RadioRequest> onRequest)
        {
            _onRequest = onRequest;
        }

        public void OnRequest(RadioRequest request) => _onRequest(request);

        public void OnSession(bool active)
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
            Phone = new VirtualPhone(Radio);
        }

        public VirtualClock Clock { get; } = new();

        public FaultList Faults { get; }

        public VirtualRadio Radio { get; }

        public ScriptedHandler Handler { get; } = new();

        public VirtualPhone Phone { get; }

        public static RadioBench Started()
        {
            var bench = new RadioBench();
            bench.Radio.Start("DOOR-1", bench.Handler);
            return bench;
        }

        public static RadioBench Connected()
        {
            RadioBench bench = Started();
            bench.Phone.Connect(Mtu);
            return bench;
        }

        public static RadioBench WithAdapter(Action<RadioRequest> onRequest)
        {
            var bench = new RadioBench();
            bench.Radio.AdapterFactory = _ => new BadAdapter(onRequest);
            bench.Radio.Start("DOOR-1", bench.Handler);
            bench.Phone.Connect(Mtu);
            return bench;
        }

        public bool Restart()
        {
            Radio.Stop();
            return Radio.Start("DOOR-1", Handler);
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
            Radio.AdapterFactory = handler => new HandlerAdapter(handler);
            Assert.IsTrue(Restart());
            Assert.IsTrue(Phone.Connect(Mtu));
            Assert.IsTrue(Phone.Read(BleCharacteristic.Hello).IsOk);
        }
    }
}
