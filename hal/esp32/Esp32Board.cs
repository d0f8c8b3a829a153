#nullable enable
using System;
using System.Device.Gpio;
using nanoFramework.Runtime.Native;

namespace DoorController.Hal.Esp32
{
    /// <summary>
    /// One board: its pins, its adapters and its settings. The strike comes first, so that its pin is driven LOW before anything else is
    /// done. The two classes below hold every pin.
    /// </summary>
    public sealed class Esp32Board
    {
        /// <summary>Sets up the hardware. The radio stays off; the door starts it.</summary>
        /// <exception cref="InvalidOperationException">The image is for none of the chips that this firmware knows the pins of; no pin was touched.</exception>
        public Esp32Board()
        {
            string image = SystemInfo.TargetName + " " + SystemInfo.Platform;
            PinMap? pins = PinMap.Of(image);
            if (pins == null)
            {
                throw new InvalidOperationException("image " + image + ": wanted one for the ESP32-S3 or the ESP32, with Bluetooth");
            }

            IClock clock = new Esp32Clock();
            GpioController gpio = new GpioController();
            Esp32Strike strike = new Esp32Strike(gpio, clock, pins);
            Esp32Files files = new Esp32Files();
            Settings = DoorJson.Read(files, pins.Floors.Length);
            Board = new Board(
                clock,
                new Esp32Random(),
                new Esp32Crypto(),
                new BlePeripheral(new Esp32Ble()),
                strike,
                new Esp32Floors(gpio, pins, Settings.Floors),
                new Esp32Inputs(gpio, clock, pins),
                new Esp32Lamp(gpio, pins),
                files,
                MakeNetwork(clock, Settings),
                new Esp32Serial(clock, pins),
                new Esp32Power());
        }

        /// <summary>The adapters.</summary>
        public Board Board { get; }

        /// <summary>What door.json says; the safe state when it is missing or bad.</summary>
        public Settings Settings { get; }

        private static INetwork MakeNetwork(IClock clock, Settings settings)
        {
            if (!settings.HasServer)
            {
                Esp32Wifi.TurnOff();
                return new NoNetwork();
            }

            Esp32Wifi wifi = new Esp32Wifi(clock);
            string address = wifi.Resolve(settings.ServerHost);
            if (address.Length == 0)
            {
                Console.WriteLine("door.json: server: " + settings.ServerHost + " was not found; wanted an IPv4 address, or a name that is known at boot");
            }

            return new Esp32Network(clock, wifi, address, settings.ServerPort);
        }
    }

    // The pins of the two variants, in the order of wiring.md. None is a strapping pin, none belongs to flash, PSRAM, USB or the
    // download port (PLATFORM.md 9.2). tests/host checks that, and that wiring.md says the same.
    // Each comment ends with the level at boot: from power-on until the firmware has set the pin up. Whatever must not act in that time is
    // active high and has a pull-down in its driver, because nanoFramework drives an output LOW first, always (PLATFORM.md 9.2).

    /// <summary>ESP32-S3 (images ESP32_S3_QUAD and ESP32_S3_OCTAL): everything, with up to 8 floors.</summary>
    public static class S3Pins
    {
        /// <summary>Strike, or master gate of an elevator car: RMT output, HIGH energises. At boot: floats, LOW by the driver's pull-down.</summary>
        public const int Strike = 4;

        /// <summary>Selector of floor 0: output, HIGH selects. At boot: floats, LOW by the driver's pull-down.</summary>
        public const int Floor0 = 5;

        /// <summary>Selector of floor 1: output, HIGH selects. At boot: floats, LOW by the driver's pull-down.</summary>
        public const int Floor1 = 6;

        /// <summary>Selector of floor 2: output, HIGH selects. At boot: floats, LOW by the driver's pull-down.</summary>
        public const int Floor2 = 7;

        /// <summary>Selector of floor 3: output, HIGH selects. At boot: floats, LOW by the driver's pull-down.</summary>
        public const int Floor3 = 8;

        /// <summary>Selector of floor 4: output, HIGH selects. At boot: floats, LOW by the driver's pull-down.</summary>
        public const int Floor4 = 9;

        /// <summary>Selector of floor 5: output, HIGH selects. At boot: floats, LOW by the driver's pull-down.</summary>
        public const int Floor5 = 10;

        /// <summary>Selector of floor 6: output, HIGH selects. At boot: floats, LOW by the driver's pull-down.</summary>
        public const int Floor6 = 11;

        /// <summary>Selector of floor 7: output, HIGH selects. At boot: floats, LOW by the driver's pull-down.</summary>
        public const int Floor7 = 12;

        /// <summary>REX button to ground: input with pull-up, LOW is pressed. At boot: floats.</summary>
        public const int Rex = 13;

        /// <summary>Door contact to ground, closed with the door: input with pull-up, HIGH is open. At boot: floats.</summary>
        public const int DoorContact = 14;

        /// <summary>Tamper switch to ground, closed with the housing: input with pull-up, HIGH is open. At boot: floats.</summary>
        public const int Tamper = 15;

        /// <summary>Contact of the fire alarm panel to ground, closed in peace: input with pull-up, HIGH is alarm. At boot: floats.</summary>
        public const int FireAlarm = 16;

        /// <summary>Console, transmit (COM2): output, idles HIGH. At boot: floats.</summary>
        public const int ConsoleTx = 17;

        /// <summary>Console, receive (COM2): input, idles HIGH. At boot: floats, with a short pulse at power-on.</summary>
        public const int ConsoleRx = 18;

        /// <summary>Green lamp: output, HIGH lights. At boot: floats, LOW by the driver's pull-down.</summary>
        public const int LampGreen = 21;

        /// <summary>Red lamp: output, HIGH lights. At boot: floats, LOW by the driver's pull-down.</summary>
        public const int LampRed = 41;

        /// <summary>Buzzer: output, HIGH sounds. At boot: floats, LOW by the driver's pull-down.</summary>
        public const int Buzzer = 42;
    }

    /// <summary>
    /// ESP32 on a WROVER module (image ESP32_BLE_REV3). Dropped: floors above the fourth, and the internal pull-ups of the
    /// contacts, whose pins are inputs only and want resistors outside.
    /// </summary>
    public static class WroverPins
    {
        /// <summary>Strike, or master gate of an elevator car: RMT output, HIGH energises. At boot: floats, LOW by the driver's pull-down.</summary>
        public const int Strike = 23;

        /// <summary>Selector of floor 0: output, HIGH selects. At boot: floats, LOW by the driver's pull-down.</summary>
        public const int Floor0 = 18;

        /// <summary>Selector of floor 1: output, HIGH selects. At boot: floats, LOW by the driver's pull-down.</summary>
        public const int Floor1 = 19;

        /// <summary>Selector of floor 2: output, HIGH selects. At boot: floats, LOW by the driver's pull-down.</summary>
        public const int Floor2 = 21;

        /// <summary>Selector of floor 3: output, HIGH selects. At boot: floats, LOW by the driver's pull-down.</summary>
        public const int Floor3 = 22;

        /// <summary>REX button to ground: input, pull-up outside, LOW is pressed. At boot: floats, HIGH by the resistor.</summary>
        public const int Rex = 34;

        /// <summary>Door contact to ground, closed with the door: input, pull-up outside, HIGH is open. At boot: floats, HIGH by the resistor.</summary>
        public const int DoorContact = 35;

        /// <summary>Tamper switch to ground, closed with the housing: input, pull-up outside, HIGH is open. At boot: floats, HIGH by the resistor.</summary>
        public const int Tamper = 36;

        /// <summary>Contact of the fire alarm panel to ground, closed in peace: input, pull-up outside, HIGH is alarm. At boot: floats, HIGH by the resistor.</summary>
        public const int FireAlarm = 39;

        /// <summary>Console, transmit (COM2): output, idles HIGH. At boot: floats.</summary>
        public const int ConsoleTx = 32;

        /// <summary>Console, receive (COM2): input, idles HIGH. At boot: floats.</summary>
        public const int ConsoleRx = 33;

        /// <summary>Green lamp: output, HIGH lights. At boot: floats, LOW by the driver's pull-down.</summary>
        public const int LampGreen = 25;

        /// <summary>Red lamp: output, HIGH lights. At boot: floats, LOW by the driver's pull-down.</summary>
        public const int LampRed = 26;

        /// <summary>Buzzer: output, HIGH sounds. At boot: floats, LOW by the driver's pull-down.</summary>
        public const int Buzzer = 27;
    }
}
