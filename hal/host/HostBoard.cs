using System;
using System.Collections.Generic;

namespace DoorController.Hal.Host
{
    /// <summary>
    /// A whole board of virtual hardware, and the hand that cuts its power. The devices live through every reboot, as those of
    /// a bench do; what a reboot takes from each of them is taken by <see cref="Reboot"/> and <see cref="PowerCut"/>. After
    /// either the firmware is made anew on <see cref="Board"/>.
    /// </summary>
    public sealed class HostBoard : IDisposable
    {
        /// <summary>A board that has just booted.</summary>
        /// <param name="flash">Its files, which outlive it; a new <see cref="VirtualFlash"/> when null.</param>
        /// <param name="seed">Seed of its random bytes.</param>
        public HostBoard(IFiles? flash = null, int seed = 1)
        {
            Clock = new VirtualClock();
            Faults = new FaultList(Clock);
            Random = new SeededRandom(seed);
            Crypto = new HostCrypto();
            Radio = new VirtualRadio(Clock, Faults);
            Ble = new BlePeripheral(Radio);
            Strike = new VirtualStrike(Clock, Faults) { Freeze = milliseconds => Freeze(milliseconds) };
            Floors = new VirtualFloors(Clock, Strike);
            Inputs = new VirtualInputs(Clock);
            Lamp = new VirtualLamp(Clock);
            Flash = flash ?? new VirtualFlash();
            Network = new VirtualNetwork(Clock, Faults);
            Serial = new VirtualSerial();
            Power = new VirtualPower(Strike.Stop);
            Board = new Board(Clock, Random, Crypto, Ble, Strike, Floors, Inputs, Lamp, Flash, Network, Serial, Power);
        }

        /// <summary>Raised when the processor has stopped and before it starts.</summary>
        public event EventHandler? Stopped;

        /// <summary>The contracts of all devices, for the firmware.</summary>
        public Board Board { get; }

        /// <summary>The time of the world and of the board.</summary>
        public VirtualClock Clock { get; }

        /// <summary>Rules of the hardware that the firmware broke.</summary>
        public FaultList Faults { get; }

        /// <summary>Random bytes of the seed.</summary>
        public SeededRandom Random { get; }

        /// <summary>Cryptography, counted.</summary>
        public HostCrypto Crypto { get; }

        /// <summary>Radio.</summary>
        public VirtualRadio Radio { get; }

        /// <summary>The radio as the firmware sees it.</summary>
        public BlePeripheral Ble { get; }

        /// <summary>Strike, or gate.</summary>
        public VirtualStrike Strike { get; }

        /// <summary>Floor selectors.</summary>
        public VirtualFloors Floors { get; }

        /// <summary>Input contacts.</summary>
        public VirtualInputs Inputs { get; }

        /// <summary>Lamp and buzzer.</summary>
        public VirtualLamp Lamp { get; }

        /// <summary>Files.</summary>
        public IFiles Flash { get; }

        /// <summary>Network.</summary>
        public VirtualNetwork Network { get; }

        /// <summary>Serial line.</summary>
        public VirtualSerial Serial { get; }

        /// <summary>Processor.</summary>
        public VirtualPower Power { get; }

        /// <summary>Boots so far, this one included.</summary>
        public int Boots { get; private set; } = 1;

        /// <summary>Polls the firmware again and again while time passes.</summary>
        /// <param name="poll">One turn of the firmware's loop.</param>
        /// <param name="milliseconds">How long. Ends early when the firmware orders a reboot.</param>
        /// <param name="stepMs">Time between two turns, above 0.</param>
        /// <exception cref="ArgumentOutOfRangeException">The step is 0 or negative.</exception>
        public void Run(Action poll, long milliseconds, int stepMs = 10)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(stepMs);
            long end = Clock.WorldMs + milliseconds;
            while (Clock.WorldMs < end && !Power.IsRebootOrdered)
            {
                poll();
                Clock.Advance(Math.Min(stepMs, end - Clock.WorldMs));
            }
        }

        /// <summary>The runtime stands still in a blocked native call: no loop, no handler. See <see cref="VirtualRadio.Freeze"/>.</summary>
        public void Freeze(long milliseconds, bool isLoopFirst = false) => Radio.Freeze(milliseconds, isLoopFirst);

        /// <summary>The processor restarts, by its own order or by its watchdog. Outputs stay as they are until the adapters are made anew.</summary>
        /// <param name="bootMs">Time until then.</param>
        public void Reboot(long bootMs = 0)
        {
            Strike.Stop();
            Restart(bootMs);
        }

        /// <summary>Power goes and comes back.</summary>
        /// <param name="offMs">How long it is away.</param>
        public void PowerCut(long offMs)
        {
            Strike.Lose();
            ReleaseOutputs();
            Restart(offMs);
        }

        /// <inheritdoc/>
        public void Dispose() => Crypto.Dispose();

        private void Restart(long stoppedMs)
        {
            Radio.Lose();
            Network.Cancel();
            Serial.Restart();
            Stopped?.Invoke(this, EventArgs.Empty);
            Clock.Advance(stoppedMs);
            (Flash as VirtualFlash)?.Restart();
            Clock.Restart();
            Power.Restart();
            Strike.Restart();
            ReleaseOutputs();
            Boots++;
        }

        private void ReleaseOutputs()
        {
            Floors.Select(0);
            Lamp.Set(0);
        }
    }
}
