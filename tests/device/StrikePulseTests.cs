#nullable enable
using System.Device.Gpio;
using System.Threading;
using DoorController.Hal.Esp32;
using nanoFramework.Hardware.Esp32;
using nanoFramework.TestFramework;

namespace DoorController.Tests.Device
{
    /// <summary>
    /// The pulse of the RMT, measured on the pin. Needs nothing but a jumper from the strike's pin to the door contact's, and no strike: without the
    /// jumper the tests are skipped.
    /// </summary>
    [TestClass]
    public class StrikePulseTests
    {
        private const int ToleranceMs = 3;
        private const int SettleMs = 50;

        // One of each for all tests: a pin that is open is not opened again, and a strike that nobody holds would take its channel with it.
        private static GpioPin? _probe;
        private static Esp32Strike? _strike;

        [TestMethod]
        [DataRow(1)]
        [DataRow(50)]
        [DataRow(209)]
        [DataRow(1000)]
        [DataRow(5000)]
        [DataRow(19000)]
        public void PulseIsAsLongAsItWasAskedFor(int milliseconds)
        {
            OpenOrSkip();
            GpioPin probe = _probe!;
            Esp32Strike strike = _strike!;
            Thread.Sleep(SettleMs);
            Assert.IsTrue(probe.Read() == PinValue.Low, "LOW before the pulse");
            ulong start = HighResTimer.GetCurrent();
            Assert.IsTrue(strike.Pulse(milliseconds));
            Assert.IsTrue(probe.Read() == PinValue.High, "HIGH at once");
            int lasted = WaitForLow(probe, start, milliseconds + 1000);
            OutputHelper.WriteLine(milliseconds.ToString() + " ms asked for, " + lasted.ToString() + " ms measured");
            Assert.IsTrue(lasted >= milliseconds - 1 && lasted <= milliseconds + ToleranceMs + milliseconds / 1000, lasted.ToString());
        }

        [TestMethod]
        public void ReleaseRelocksAtOnceAndTheNextPulseWorks()
        {
            OpenOrSkip();
            GpioPin probe = _probe!;
            Esp32Strike strike = _strike!;
            for (int i = 0; i < 20; i++)
            {
                Assert.IsTrue(strike.Pulse(5000));
                Thread.Sleep(100);
                Assert.IsTrue(probe.Read() == PinValue.High);
                ulong start = HighResTimer.GetCurrent();
                strike.Release();
                Assert.IsTrue(WaitForLow(probe, start, 1000) < SettleMs);
                Assert.IsTrue(strike.IsIdle);
            }
        }

        [TestMethod]
        public void SecondPulseIsRefusedWhileOneIsPlayed()
        {
            OpenOrSkip();
            GpioPin probe = _probe!;
            Esp32Strike strike = _strike!;
            Assert.IsTrue(strike.Pulse(500));
            Assert.IsFalse(strike.IsIdle);
            Assert.IsFalse(strike.Pulse(500));
            Thread.Sleep(600);
            Assert.IsTrue(probe.Read() == PinValue.Low);
            Assert.IsTrue(strike.IsIdle);
            Assert.IsFalse(strike.Pulse(strike.MaxPulseMs + 1));
            Assert.IsFalse(strike.Pulse(0));
        }

        /// <summary>Milliseconds from <paramref name="startUs"/> to the first LOW; −1 when it stays HIGH.</summary>
        private static int WaitForLow(GpioPin probe, ulong startUs, int atMostMs)
        {
            while (probe.Read() == PinValue.High)
            {
                if ((HighResTimer.GetCurrent() - startUs) / 1000 > (ulong)atMostMs)
                {
                    return -1;
                }
            }

            return (int)((HighResTimer.GetCurrent() - startUs) / 1000);
        }

        /// <summary>Looks for the jumper, with the strike's pin as a plain output, and makes the strike. Once.</summary>
        private static void OpenOrSkip()
        {
            if (_strike != null)
            {
                return;
            }

            PinMap pins = BoardPins.OrSkip();
            GpioController gpio = new GpioController();
            _probe = _probe ?? gpio.OpenPin(pins.DoorContact, PinMode.Input);
            GpioPin output = gpio.OpenPin(pins.Strike, PinMode.Output);
            output.Write(PinValue.High);
            bool isHigh = _probe.Read() == PinValue.High;
            output.Write(PinValue.Low);
            bool isLow = _probe.Read() == PinValue.Low;
            gpio.ClosePin(pins.Strike);
            if (!isHigh || !isLow)
            {
                Assert.SkipTest("wanted a jumper from pin " + pins.Strike.ToString() + " to pin " + pins.DoorContact.ToString());
            }

            _strike = new Esp32Strike(gpio, new Esp32Clock(), pins);
        }
    }
}
