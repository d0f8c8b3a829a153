using System.Text;
using DoorController.Access;
using DoorController.Hal;
using DoorController.Storage;
using DoorController.Wire;

namespace DoorController.Diagnostics
{
    /// <summary>What became of an answer to a challenge.</summary>
    public static class ProofOutcome
    {
        /// <summary>It is the answer.</summary>
        public const int Right = 0;

        /// <summary>It is another one.</summary>
        public const int Wrong = 1;

        /// <summary>No challenge was given for this command, or it is too old, or it was answered already.</summary>
        public const int NoChallenge = 2;

        /// <summary>The try could not be counted on flash, so it was not judged.</summary>
        public const int FlashFails = 3;
    }

    /// <summary>
    /// Challenge and response for dangerous commands (PROTOCOL.md section 8), with a back-off after wrong answers that survives a
    /// reboot: the try is counted on flash before the answer is judged, so pulling the plug gains nobody a second try.
    /// </summary>
    public sealed class TechnicianProof
    {
        private const string FileName = "tech";
        private const int ResponseBytes = 5;

        private readonly Board _board;
        private readonly Keyring _keyring;
        private readonly SlotFile _file;
        private readonly byte[] _challenge = new byte[Keys.ChallengeLength];
        private readonly byte[] _tries = new byte[1];
        private int _command;
        private long _issuedMs;
        private long _lockedUntilMs;

        /// <summary>Reads how many answers were wrong before the last boot; what is left of the wait begins again.</summary>
        public TechnicianProof(Board board, Keyring keyring)
        {
            _board = board;
            _keyring = keyring;
            _file = new SlotFile(board.Files, board.Crypto, FileName, new byte[SlotFile.Overhead + 1]);
            _file.Load(_tries);
            Lock(board.Clock.NowMs);
        }

        /// <summary>Seconds until a challenge is given; 0 when it is now.</summary>
        public int SecondsLocked(long nowMs)
        {
            return nowMs < _lockedUntilMs ? (int)((_lockedUntilMs - nowMs + 999) / 1000) : 0;
        }

        /// <summary>A new challenge for a command; the one before is void.</summary>
        /// <returns>16 hex digits.</returns>
        public string Challenge(int command, long nowMs)
        {
            _board.Random.Fill(_challenge);
            _command = command;
            _issuedMs = nowMs;
            return LineText.Hex(_challenge, 0, _challenge.Length);
        }

        /// <summary>Judges an answer. A challenge is good once, and for <see cref="Limits.ChallengeMs"/>.</summary>
        /// <param name="response">10 hex digits, in lower case.</param>
        /// <returns>One of <see cref="ProofOutcome"/>.</returns>
        public int Judge(int command, string response, long nowMs)
        {
            bool stands = _command == command && nowMs - _issuedMs <= Limits.ChallengeMs && SecondsLocked(nowMs) == 0;
            _command = 0;
            if (!stands || !_keyring.HasKeys)
            {
                return ProofOutcome.NoChallenge;
            }

            return Count(_tries[0] < byte.MaxValue ? _tries[0] + 1 : _tries[0]) ? Compare(command, response, nowMs) : ProofOutcome.FlashFails;
        }

        /// <summary>The try is counted on flash by now: whoever cuts the power after a wrong answer has not won another one.</summary>
        private int Compare(int command, string response, long nowMs)
        {
            bool right = IsAnswer(command, response);
            if (right)
            {
                Count(0);
            }

            Lock(nowMs);
            return right ? ProofOutcome.Right : ProofOutcome.Wrong;
        }

        private bool IsAnswer(int command, string response)
        {
            byte[] input = new byte[Keys.ChallengeLength + 1];
            Bytes.Put(input, 0, _challenge);
            input[Keys.ChallengeLength] = (byte)command;
            byte[] mac = Keys.Mac(_board.Crypto, _keyring.SubKey(Keys.Technician), "dc1techr", input, 0, input.Length);
            byte[] wanted = Encoding.UTF8.GetBytes(LineText.Hex(mac, 0, ResponseBytes));
            byte[] given = Encoding.UTF8.GetBytes(response);
            return given.Length == wanted.Length && Bytes.SameInConstantTime(wanted, 0, given, 0, wanted.Length);
        }

        private bool Count(int tries)
        {
            _tries[0] = (byte)tries;
            return _file.Save(_tries, 0, 1);
        }

        private void Lock(long nowMs)
        {
            int doublings = _tries[0] < Limits.TechnicianDoublings ? _tries[0] : Limits.TechnicianDoublings;
            _lockedUntilMs = _tries[0] == 0 ? nowMs : nowMs + ((long)Limits.TechnicianLockMs << doublings);
        }
    }
}
