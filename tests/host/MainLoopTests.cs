using System;
using DoorController.Hal;
using DoorController.Hal.Host;
using DoorController.Tests.Radio;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests
{
    /// <summary>Whatever throws or hangs, the board lives on or is rebooted with a reason that the next boot knows.</summary>
    [TestClass]
    public sealed class MainLoopTests
    {
        [TestMethod]
        public void Exception_EndsOnePass_AndTheDoorGoesOn()
        {
            using var rig = new LoopRig();
            rig.Run(500);
            rig.Throws = true;
            rig.Loop.Pass();
            rig.Throws = false;
            rig.Run(500);

            Assert.AreEqual(1, rig.Loop.Door!.Supervisor.Faults);
            Assert.IsTrue(rig.Host.Radio.IsAdvertising);
            Assert.AreEqual(0, rig.Host.Power.RebootsOrdered);
        }

        [TestMethod]
        public void LastingException_RebootsAfterFiveMinutes_AndTheReasonSurvives()
        {
            using var rig = new LoopRig();
            rig.Run(500);
            rig.Throws = true;
            rig.Run(Limits.RebootEarliestMs - 1000);
            Assert.AreEqual(0, rig.Host.Power.RebootsOrdered, "a fault that lasts must not become a reboot loop");
            rig.Run(2000);
            Assert.AreEqual(1, rig.Host.Power.RebootsOrdered);

            rig.Throws = false;
            rig.Boot();
            rig.Run(500);
            Assert.AreEqual(RebootReason.LoopFaults, rig.Loop.Door!.Supervisor.LastReboot);
            rig.Boot();
            rig.Run(500);
            Assert.AreEqual(0, rig.Loop.Door!.Supervisor.LastReboot, "told once, not for ever");
        }

        [TestMethod]
        public void LastingException_WaitsForTheStrike()
        {
            using var rig = new LoopRig();
            rig.Run(Limits.RebootEarliestMs + 1000);
            rig.Loop.Door!.Opener.Open(AuditEvent.Technician, 0, rig.Host.Clock.NowMs);
            rig.Throws = true;
            rig.Run(rig.Settings.HoldMs - 100);
            Assert.AreEqual(0, rig.Host.Power.RebootsOrdered);
            rig.Run(500);
            Assert.AreEqual(1, rig.Host.Power.RebootsOrdered);
        }

        [TestMethod]
        public void DoorThatCannotBeBuilt_IsTriedAgain_ThenRebooted_AndTheReasonSurvives()
        {
            using var rig = new LoopRig { Throws = true };
            rig.Run(Limits.RebootEarliestMs - 1000, 100);
            Assert.IsNull(rig.Loop.Door);
            Assert.AreEqual(0, rig.Host.Power.RebootsOrdered);
            rig.Run(Limits.BootRetryMs + 2000, 100);
            Assert.AreEqual(1, rig.Host.Power.RebootsOrdered);
            Assert.AreEqual(0, rig.Host.Strike.Pulses);

            rig.Throws = false;
            rig.Boot();
            rig.Run(500);
            Assert.AreEqual(RebootReason.Boot, rig.Loop.Door!.Supervisor.LastReboot);
        }

        [TestMethod]
        public void DoorThatCannotBeBuiltAtFirst_LivesOnceItCan()
        {
            using var rig = new LoopRig { Throws = true };
            rig.Run(3000, 100);
            rig.Throws = false;
            rig.Run(Limits.BootRetryMs + 1000, 100);
            Assert.IsTrue(rig.Host.Radio.IsAdvertising);
        }

        [TestMethod]
        public void LoopThatHangs_IsRebootedByTheWatchdog_AndTheReasonSurvives()
        {
            using var rig = new LoopRig();
            var watchdog = new Watchdog(rig.Board, rig.Loop);
            rig.Host.Run(() => Beat(rig, watchdog), Limits.RebootEarliestMs, 100);
            Assert.AreEqual(0, rig.Host.Power.RebootsOrdered, "a loop that lives is left alone");

            rig.Host.Run(watchdog.Check, Limits.LoopStalledMs - 1000, 1000);
            Assert.AreEqual(0, rig.Host.Power.RebootsOrdered);
            rig.Host.Run(watchdog.Check, 3000, 1000);
            Assert.AreEqual(1, rig.Host.Power.RebootsOrdered);

            rig.Boot();
            rig.Run(500);
            Assert.AreEqual(RebootReason.LoopStalled, rig.Loop.Door!.Supervisor.LastReboot);
        }

        [TestMethod]
        public void LoopThatHangsAtBoot_IsRebootedToo()
        {
            using var rig = new LoopRig();
            var watchdog = new Watchdog(rig.Board, rig.Loop);
            rig.Host.Run(watchdog.Check, Limits.RebootEarliestMs + 2000, 1000);
            Assert.AreEqual(1, rig.Host.Power.RebootsOrdered);
        }

        [TestMethod]
        public void WatchdogWhoseFlashThrows_StillReboots()
        {
            using var rig = new LoopRig();
            rig.Run(500);
            rig.Host.Clock.Advance(Limits.RebootEarliestMs + Limits.LoopStalledMs);
            rig.FilesThrow = true;
            new Watchdog(rig.Board, rig.Loop).Check();
            Assert.AreEqual(1, rig.Host.Power.RebootsOrdered);
        }

        [TestMethod]
        public void RadioThatNeverStarts_RebootsWithItsReason()
        {
            using var rig = new LoopRig();
            rig.Host.Radio.StartsToRefuse = int.MaxValue;
            rig.Run(Limits.RebootEarliestMs + Limits.RadioRetryMs, 100);
            Assert.AreEqual(1, rig.Host.Power.RebootsOrdered);
            rig.Host.Radio.StartsToRefuse = 0;
            rig.Boot();
            rig.Run(500);
            Assert.AreEqual(RebootReason.Radio, rig.Loop.Door!.Supervisor.LastReboot);
        }

        [TestMethod]
        public void NativeMemoryThatRunsLow_RebootsWithItsReason()
        {
            using var rig = new LoopRig();
            rig.Host.Power.FreeNativeBytes = Limits.NativeLowBytes - 1;
            rig.Run(Limits.RebootEarliestMs + Limits.MemoryCheckMs, 100);
            Assert.AreEqual(1, rig.Host.Power.RebootsOrdered);
            rig.Boot();
            rig.Run(500);
            Assert.AreEqual(RebootReason.Memory, rig.Loop.Door!.Supervisor.LastReboot);
        }

        [TestMethod]
        [DataRow(3000)]
        [DataRow(10_000)]
        public void RadioThatStartsSlowly_IsNotTakenForAStandstill(int startMs)
        {
            using var rig = new LoopRig { RadioStartMs = startMs };
            rig.Run(60_000);
            Assert.AreEqual(1, rig.Host.Radio.Starts);
            Assert.AreEqual(0, rig.Loop.Door!.Supervisor.RadioRestarts);
            Assert.IsFalse(rig.Loop.Door.Link.WasSilent);
            var phone = new VirtualPhone(rig.Host.Radio) { Interval = () => rig.Run(VirtualPhone.IntervalMs) };
            Assert.IsTrue(phone.Connect(RadioBench.Mtu));
            rig.Run(100);
            Assert.AreEqual(0, phone.TryRead(BleCharacteristic.Hello, out byte[] hello));
            Assert.IsNotEmpty(hello);
        }

        private static void Beat(LoopRig rig, Watchdog watchdog)
        {
            rig.Loop.Pass();
            watchdog.Check();
        }

        /// <summary>A main loop on a virtual board, some of whose devices throw when a test says so.</summary>
        private sealed class LoopRig : IInputs, IDisposable
        {
            private readonly ThrowingFiles _files;

            public LoopRig()
            {
                Host = new HostBoard(new MemoryFiles());
                _files = new ThrowingFiles(Host.Flash);
                Board b = Host.Board;
                Board = new Board(
                    b.Clock, b.Random, b.Crypto, new SlowRadio(this), b.Strike, b.Floors, this, b.Lamp, _files, b.Network, b.Serial, b.Power);
                Loop = new MainLoop(Board, Settings);
            }

            public HostBoard Host { get; }

            public Board Board { get; }

            public Settings Settings { get; } = new();

            public MainLoop Loop { get; private set; }

            public bool Throws { get; set; }

            public bool FilesThrow
            {
                get => _files.Throws;
                set => _files.Throws = value;
            }

            public int RadioStartMs { get; set; }

            public int Read() => Throws ? throw new InvalidOperationException("a contact that throws") : 0;

            public void Run(long milliseconds, int stepMs = 10) => Host.Run(Loop.Pass, milliseconds, stepMs);

            public void Boot()
            {
                Host.Reboot();
                Loop = new MainLoop(Board, Settings);
            }

            public void Dispose() => Host.Dispose();
        }

        /// <summary>The host radio, whose start takes time of the loop's own, as NimBLE's does.</summary>
        private sealed class SlowRadio(LoopRig rig) : IBle
        {
            public int Mtu => rig.Host.Ble.Mtu;

            public bool Start(string name, IBleHandler handler)
            {
                rig.Host.Clock.Advance(rig.RadioStartMs);
                return rig.Host.Ble.Start(name, handler);
            }

            public void Stop() => rig.Host.Ble.Stop();

            public void Notify(int characteristic, byte[] value) => rig.Host.Ble.Notify(characteristic, value);
        }

        /// <summary>Files that break their promise never to throw.</summary>
        private sealed class ThrowingFiles(IFiles files) : IFiles
        {
            public bool Throws { get; set; }

            private IFiles Files => Throws ? throw new InvalidOperationException("a flash that throws") : files;

            public int Length(string name) => Files.Length(name);

            public int Read(string name, int position, byte[] buffer, int offset, int count) =>
                Files.Read(name, position, buffer, offset, count);

            public bool Write(string name, int position, byte[] buffer, int offset, int count) =>
                Files.Write(name, position, buffer, offset, count);

            public bool Replace(string name, byte[] buffer, int offset, int count) => Files.Replace(name, buffer, offset, count);

            public bool Delete(string name) => Files.Delete(name);

            public string[] List() => Files.List();
        }
    }
}
