#nullable enable
namespace DoorController.Hal.Esp32
{
    /// <summary>The pins of the board that this image runs on, and what its RMT can do.</summary>
    public sealed class PinMap
    {
        /// <summary>In place of a pin that a variant drops.</summary>
        public const int None = -1;

        private PinMap()
        {
        }

        /// <summary>RMT output of the strike, or of the master gate.</summary>
        public int Strike { get; private set; } = None;

        /// <summary>Outputs of the floor selectors, floor 0 first; empty where there are none.</summary>
        public int[] Floors { get; private set; } = new int[0];

        /// <summary>REX input.</summary>
        public int Rex { get; private set; } = None;

        /// <summary>Door contact input.</summary>
        public int DoorContact { get; private set; } = None;

        /// <summary>Tamper input.</summary>
        public int Tamper { get; private set; } = None;

        /// <summary>Fire alarm input.</summary>
        public int FireAlarm { get; private set; } = None;

        /// <summary>True when the inputs have pull-ups of their own.</summary>
        public bool HasPullUps { get; private set; } = true;

        /// <summary>Transmit pin of the console.</summary>
        public int ConsoleTx { get; private set; } = None;

        /// <summary>Receive pin of the console.</summary>
        public int ConsoleRx { get; private set; } = None;

        /// <summary>Green lamp output.</summary>
        public int LampGreen { get; private set; } = None;

        /// <summary>Red lamp output.</summary>
        public int LampRed { get; private set; } = None;

        /// <summary>Buzzer output.</summary>
        public int Buzzer { get; private set; } = None;

        /// <summary>
        /// RMT memory blocks that one pulse takes: channel 0 and the blocks of its neighbours, which nothing else uses. As many as a pulse of
        /// 20 s needs.
        /// </summary>
        public int PulseBlocks { get; private set; }

        /// <summary>Symbols in one memory block: 64 on the ESP32, 48 on the S3 (PLATFORM.md 9.3).</summary>
        public int BlockSymbols { get; private set; }

        /// <summary>Chooses the variant by the name of the firmware image.</summary>
        /// <param name="image">SystemInfo.TargetName and SystemInfo.Platform, as in "ESP32_S3_OCTAL ESP32_S3".</param>
        /// <returns>Null when the image is for none of the two chips: no pin is touched then.</returns>
        public static PinMap? Of(string image)
        {
            if (image.IndexOf("ESP32_S3") >= 0)
            {
                return OfS3();
            }

            return image.IndexOf("ESP32_BLE") >= 0 ? OfWrover() : null;
        }

        private static PinMap OfS3()
        {
            return new PinMap
            {
                Strike = S3Pins.Strike,
                Floors = new int[]
                {
                    S3Pins.Floor0, S3Pins.Floor1, S3Pins.Floor2, S3Pins.Floor3, S3Pins.Floor4, S3Pins.Floor5, S3Pins.Floor6, S3Pins.Floor7,
                },
                Rex = S3Pins.Rex,
                DoorContact = S3Pins.DoorContact,
                Tamper = S3Pins.Tamper,
                FireAlarm = S3Pins.FireAlarm,
                ConsoleTx = S3Pins.ConsoleTx,
                ConsoleRx = S3Pins.ConsoleRx,
                LampGreen = S3Pins.LampGreen,
                LampRed = S3Pins.LampRed,
                Buzzer = S3Pins.Buzzer,
                PulseBlocks = 3,
                BlockSymbols = 48,
            };
        }

        private static PinMap OfWrover()
        {
            return new PinMap
            {
                Strike = WroverPins.Strike,
                Floors = new int[] { WroverPins.Floor0, WroverPins.Floor1, WroverPins.Floor2, WroverPins.Floor3 },
                Rex = WroverPins.Rex,
                DoorContact = WroverPins.DoorContact,
                Tamper = WroverPins.Tamper,
                FireAlarm = WroverPins.FireAlarm,
                HasPullUps = false,
                ConsoleTx = WroverPins.ConsoleTx,
                ConsoleRx = WroverPins.ConsoleRx,
                LampGreen = WroverPins.LampGreen,
                LampRed = WroverPins.LampRed,
                Buzzer = WroverPins.Buzzer,
                PulseBlocks = 2,
                BlockSymbols = 64,
            };
        }
    }
}
