#nullable enable
using DoorController.Hal;
using DoorController.Strike;
using DoorController.Wire;

namespace DoorController.Diagnostics
{
    /// <summary>
    /// Command selftest: each part says pass, or the fault by its symptom. It energises nothing and changes nothing that stays; lamps and
    /// buzzer are shown in turn, because only a person can see them. One flash operation a call.
    /// </summary>
    public sealed class SelfTest
    {
        private const string ProbeFile = "probe";
        private const int ProbeBytes = 64;
        private const int LampShowMs = 400;

        // RFC 4231, test case 2: HMAC-SHA256 of "what do ya want for nothing?" under "Jefe" begins so.
        private const string HmacAnswer = "5bdcc146bf60754e";

        // FIPS 197, appendix C.1: AES-128 of 00112233… under 00010203… begins so; CBC with an IV of zeros is the same for one block.
        private const string AesAnswer = "69c4e0d86a7b0430";

        private readonly Door _door;
        private readonly Board _board;
        private Part _part;
        private byte[] _probe = new byte[0];
        private bool _flashHolds;
        private int _lamp;
        private long _lampMs;

        /// <summary>A self-test of one door.</summary>
        public SelfTest(Door door, Board board)
        {
            _door = door;
            _board = board;
        }

        private enum Part
        {
            Strike,
            Contacts,
            Rex,
            Lamps,
            FlashWrite,
            FlashRead,
            FlashDelete,
            Random,
            Hmac,
            Aes,
            Radio,
            Network,
            Keys,
            Done,
        }

        /// <summary>The next line.</summary>
        /// <param name="begins">True for the first call of a test.</param>
        /// <returns>Null behind the last one; empty while there is nothing to say.</returns>
        public string? Line(bool begins, long nowMs)
        {
            if (begins)
            {
                _part = Part.Strike;
                _lamp = 0;
            }

            if ((_part == Part.Lamps && !LampsShown(nowMs)) || (IsFlashWrite(_part) && !_door.Link.IsQuiet))
            {
                return "";
            }

            Part part = _part;
            _part = part == Part.Done ? part : part + 1;
            return part <= Part.Lamps ? Pins(part) : part <= Part.FlashDelete ? Flash(part) : Rest(part);
        }

        /// <summary>A write blocks the whole board for tens of ms, so it waits while a phone's frame does.</summary>
        private static bool IsFlashWrite(Part part)
        {
            return part == Part.FlashWrite || part == Part.FlashDelete;
        }

        private string Pins(Part part)
        {
            int inputs = _door.Monitor.Inputs;
            switch (part)
            {
                case Part.Strike:
                    bool isWell = !_door.Strike.IsFaulty && (_board.Strike.IsIdle || _door.Strike.RemainingMs(_board.Clock.NowMs) > 0);
                    return Say("strike", isWell, "it did not take or end its last pulse: check driver and RMT pin");
                case Part.Contacts:
                    return Say("contacts", (inputs & (Input.Tamper | Input.FireAlarm)) == 0, "tamper or fire alarm is active: check housing and panel");
                case Part.Rex:
                    return Say("rex", (inputs & Input.Rex) == 0, "it is active now: let the button go, or look for a short");
                default:
                    return "lamps: shown green, red, buzzer; what you did not see or hear is not wired";
            }
        }

        private string Flash(Part part)
        {
            switch (part)
            {
                case Part.FlashWrite:
                    _probe = new byte[ProbeBytes];
                    _board.Random.Fill(_probe);
                    _flashHolds = _board.Files.Replace(ProbeFile, _probe, 0, ProbeBytes);
                    return "";
                case Part.FlashRead:
                    _flashHolds = _flashHolds && IsProbeThere();
                    return "";
                default:
                    _probe = new byte[0];
                    _flashHolds = _board.Files.Delete(ProbeFile) && _flashHolds;
                    return Say("flash", _flashHolds, "what is written does not come back: replace the board");
            }
        }

        private bool IsProbeThere()
        {
            byte[] read = new byte[ProbeBytes];
            return _board.Files.Read(ProbeFile, 0, read, 0, ProbeBytes) == ProbeBytes
                && Bytes.SameInConstantTime(_probe, 0, read, 0, ProbeBytes);
        }

        private string? Rest(Part part)
        {
            switch (part)
            {
                case Part.Random:
                    return Say("random", RandomDiffers(), "the same bytes twice: the radio is off or the chip is broken");
                case Part.Hmac:
                    return Say("hmac", HmacIsRight(), "a known answer is wrong: the firmware image does not fit the application");
                case Part.Aes:
                    return Say("aes", AesIsRight(), "a known answer is wrong: the firmware image does not fit the application");
                case Part.Radio:
                    return Say("radio", _door.Supervisor.IsRadioOn, "it does not advertise: see radio");
                case Part.Network:
                    return Network();
                case Part.Keys:
                    return Say("keys", !_door.Memory.IsFaulty, "keys or a list are lost, or flash failed: see status");
                default:
                    return null;
            }
        }

        private string Network()
        {
            return _door.Settings.HasServer
                ? Say("network", _board.Network.IsUp, "no address: check Wi-Fi name, password and signal")
                : "network: pass, no server is set";
        }

        /// <summary>Shows green, red and buzzer, one after the other. The door's own signals take the lamp back with their next change.</summary>
        private bool LampsShown(long nowMs)
        {
            if (_lamp != 0 && nowMs - _lampMs < LampShowMs)
            {
                return false;
            }

            _lamp = _lamp == 0 ? LampOutput.Green : _lamp << 1;
            _lampMs = nowMs;
            _board.Lamp.Set(_lamp > LampOutput.Buzzer ? 0 : _lamp);
            return _lamp > LampOutput.Buzzer;
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
            return LineText.Hex(_board.Crypto.Hmac(key, data), 0, 8) == HmacAnswer;
        }

        private bool AesIsRight()
        {
            byte[] key = new byte[Keys.AesLength];
            byte[] data = new byte[Keys.AesLength];
            for (int i = 0; i < key.Length; i++)
            {
                key[i] = (byte)i;
                data[i] = (byte)(i * 0x11);
            }

            byte[] iv = new byte[Keys.AesLength];
            byte[] sealedData = _board.Crypto.Encrypt(key, iv, data);
            return LineText.Hex(sealedData, 0, 8) == AesAnswer
                && Bytes.SameInConstantTime(_board.Crypto.Decrypt(key, iv, sealedData), 0, data, 0, data.Length);
        }

        private static string Say(string part, bool passes, string symptom)
        {
            return part + (passes ? ": pass" : ": FAULT, " + symptom);
        }
    }
}
