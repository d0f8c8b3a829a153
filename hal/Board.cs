namespace DoorController.Hal
{
    /// <summary>Every outside need of the firmware, bundled: the door is handed one board and knows no other hardware.</summary>
    public sealed class Board
    {
        /// <summary>Bundles the adapters of one board.</summary>
        public Board(
            IClock clock,
            IRandom random,
            ICrypto crypto,
            IBle ble,
            IStrike strike,
            IFloors floors,
            IInputs inputs,
            ILamp lamp,
            IFiles files,
            INetwork network,
            ISerial serial,
            IPower power)
        {
            Clock = clock;
            Random = random;
            Crypto = crypto;
            Ble = ble;
            Strike = strike;
            Floors = floors;
            Inputs = inputs;
            Lamp = lamp;
            Files = new CheckedFiles(files);
            Network = network;
            Serial = serial;
            Power = power;
        }

        /// <summary>Monotonic time.</summary>
        public IClock Clock { get; }

        /// <summary>True random bytes.</summary>
        public IRandom Random { get; }

        /// <summary>HMAC, AES and CRC.</summary>
        public ICrypto Crypto { get; }

        /// <summary>Bluetooth LE.</summary>
        public IBle Ble { get; }

        /// <summary>Strike, or master gate of an elevator car.</summary>
        public IStrike Strike { get; }

        /// <summary>Floor selectors of an elevator car.</summary>
        public IFloors Floors { get; }

        /// <summary>Input contacts.</summary>
        public IInputs Inputs { get; }

        /// <summary>Lamp and buzzer.</summary>
        public ILamp Lamp { get; }

        /// <summary>File system; every change of it is read back.</summary>
        public IFiles Files { get; }

        /// <summary>Network.</summary>
        public INetwork Network { get; }

        /// <summary>Serial line of the console.</summary>
        public ISerial Serial { get; }

        /// <summary>Memory and reboot.</summary>
        public IPower Power { get; }
    }
}
