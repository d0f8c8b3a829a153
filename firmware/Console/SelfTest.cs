#nullable enable
using DoorController.Hal;

namespace DoorController
{
    /// <summary>Command selftest: each part says pass, or the fault by its symptom. It energises nothing and changes nothing that stays.</summary>
    public sealed class SelfTest
    {
        private const string ProbeFile = "probe";
        private const int ProbeBytes = 64;

        // RFC 4231, test case 2: HMAC-SHA256 of "what do ya want for nothing?" under "Jefe" begins so.
        private const string KnownAnswer = "5bdcc146bf60754e";

        private readonly Door _door;
        private readonly Board _board;

        /// <summary>A self-test of one door.</summary>
        public SelfTest(Door door, Board board)
        {
            _door = door;
            _board = board;
        }

        /// <summary>The next line.</summary>
        /// <returns>Null behind the last one.</returns>
        public string? Line(int step)
        {
            switch (step)
            {
                case 0:
                    return Say("strike", !_door.Strike.IsFaulty && (_board.Strike.IsIdle || _door.Strike.RemainingMs(_board.Clock.NowMs) > 0),
                        "it did not take or end its last pulse: check driver and RMT pin");
                case 1:
                    return Say("inputs", (_door.Monitor.Inputs & (Input.Tamper | Input.FireAlarm)) == 0,
                        "tamper or fire alarm is active: check housing and panel");
                case 2:
                    return Say("flash", FlashHolds(), "what is written does not come back: replace the board");
                case 3:
                    return Say("random", RandomDiffers(), "the same bytes twice: the radio is off or the chip is broken");
                case 4:
                    return Say("cryptography", HmacIsRight(), "a known answer is wrong: the firmware image does not fit the application");
                case 5:
                    return Say("radio", _door.Supervisor.IsRadioOn, "it does not advertise: see command radio");
                case 6:
                    return Say("network", !_door.Settings.HasServer || _board.Network.IsUp, "no address: check Wi-Fi name, password and signal");
                case 7:
                    return Say("keys", !_door.Memory.IsFaulty, "keys or a list are lost, or flash failed: see command status");
                default:
                    return null;
            }
        }

        private bool FlashHolds()
        {
            byte[] written = new byte[ProbeBytes];
            byte[] read = new byte[ProbeBytes];
            _board.Random.Fill(written);
            bool holds = _board.Files.Replace(ProbeFile, written, 0, ProbeBytes)
                && _board.Files.Read(ProbeFile, 0, read, 0, ProbeBytes) == ProbeBytes
                && Bytes.SameInConstantTime(written, 0, read, 0, ProbeBytes);
            return _board.Files.Delete(ProbeFile) && holds;
        }

        private bool RandomDiffers()
        {
            byte[] first = new byte[Keys.AesLength];
            byte[] second = new byte[Keys.AesLength];
            _board.Random.Fill(first);
            _board.Random.Fill(second);
            return !Bytes.SameInConstantTime(first, 0, second, 0, first.Length);
        }

        private bool HmacIsRight()
        {
            byte[] key = new byte[4];
            Bytes.PutText(key, 0, "Jefe");
            byte[] data = new byte[28];
            Bytes.PutText(data, 0, "what do ya want for nothing?");
            return Text.Hex(_board.Crypto.Hmac(key, data), 0, 8) == KnownAnswer;
        }

        private static string Say(string part, bool passes, string symptom)
        {
            return part.PadRight(13) + (passes ? "pass" : "FAULT: " + symptom);
        }
    }
}
