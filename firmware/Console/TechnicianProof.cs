using DoorController.Hal;

namespace DoorController
{
    /// <summary>
    /// Challenge and response for dangerous commands (PROTOCOL.md section 8), with a back-off after wrong answers that survives a
    /// reboot: the count is written before the answer is judged.
    /// </summary>
    public sealed class TechnicianProof
    {
        /// <summary>Command: energise the strike.</summary>
        public const int CommandStrike = 1;

        /// <summary>Command: reboot.</summary>
        public const int CommandReboot = 2;

        private const string FileName = "tech";
        private const int ResponseBytes = 5;

        private readonly Board _board;
        private readonly Keyring _keyring;
        private readonly byte[] _challenge = new byte[Keys.ChallengeLength];
        private readonly byte[] _failures = new byte[1];
        private int _command;
        private long _issuedMs;
        private long _lockedUntilMs;

        /// <summary>Reads how many answers were wrong before the last boot.</summary>
        public TechnicianProof(Board board, Keyring keyring)
        {
            _board = board;
            _keyring = keyring;
            board.Files.Read(FileName, 0, _failures, 0, 1);
            Lock(board.Clock.NowMs);
        }

        /// <summary>Seconds until a challenge is given; 0 when it is now.</summary>
        public int SecondsLocked(long nowMs)
        {
            return nowMs < _lockedUntilMs ? (int)((_lockedUntilMs - nowMs + 999) / 1000) : 0;
        }

        /// <summary>A new challenge for a command.</summary>
        /// <returns>16 hex digits.</returns>
        public string Challenge(int command, long nowMs)
        {
            _board.Random.Fill(_challenge);
            _command = command;
            _issuedMs = nowMs;
            return Text.Hex(_challenge, 0, _challenge.Length);
        }

        /// <summary>Judges an answer. A challenge is good once, and for <see cref="Limits.ChallengeMs"/>.</summary>
        /// <param name="response">10 hex digits, in lower case.</param>
        public bool IsRight(int command, string response, long nowMs)
        {
            bool stands = _command == command && nowMs - _issuedMs <= Limits.ChallengeMs && SecondsLocked(nowMs) == 0;
            _command = 0;
            if (!stands || !_keyring.HasKeys || !Remember(_failures[0] < byte.MaxValue ? _failures[0] + 1 : _failures[0]))
            {
                return false;
            }

            byte[] input = new byte[Keys.ChallengeLength + 1];
            Bytes.Put(input, 0, _challenge);
            input[Keys.ChallengeLength] = (byte)command;
            byte[] mac = Keys.Mac(_board.Crypto, _keyring.SubKey(Keys.Technician), "dc1techr", input, 0, input.Length);
            bool right = Text.Hex(mac, 0, ResponseBytes) == response;
            if (right)
            {
                Remember(0);
            }

            Lock(nowMs);
            return right;
        }

        private bool Remember(int failures)
        {
            _failures[0] = (byte)failures;
            return _board.Files.Replace(FileName, _failures, 0, 1);
        }

        private void Lock(long nowMs)
        {
            int doublings = _failures[0] < Limits.TechnicianDoublings ? _failures[0] : Limits.TechnicianDoublings;
            _lockedUntilMs = _failures[0] == 0 ? nowMs : nowMs + ((long)Limits.TechnicianLockMs << doublings);
        }
    }
}
