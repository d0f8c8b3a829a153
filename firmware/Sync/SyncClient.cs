#nullable enable
using DoorController.Access;
using DoorController.Hal;
using DoorController.Memory;
using DoorController.Radio;
using DoorController.Wire;

namespace DoorController.Sync
{
    /// <summary>
    /// Asks the key server for news every minute while there is a network, and sends it the audit trail. Everything said is sealed under
    /// sub-keys of the door and bound to a nonce; a server that hangs, lies or repeats costs nothing but a console line.
    /// </summary>
    public sealed class SyncClient
    {
        private const int NonceLength = 16;
        private const int RequestHeader = 61;
        private const int ReplyHeader = 21;
        private const int More = 1;
        private const uint NoTime = 0;
        private const int HttpOk = 200;

        private readonly Board _board;
        private readonly DoorMemory _memory;
        private readonly RadioLink _link;
        private readonly Supervisor _supervisor;
        private readonly HelloMaker _helloMaker;
        private readonly BlobIntake _intake;
        private readonly TransferBuffer _buffer;
        private readonly byte[] _nonce = new byte[NonceLength];
        private byte[]? _reply;
        private int _at;
        private int _failures;
        private int _auditFailures;
        private int _pages;
        private int _rounds;
        private long _dueMs;
        private long _auditDueMs;
        private long _askedMs;
        private long _startedMs;
        private long _keptSinceMs = -1;
        private long _lastGoodMs = -1;
        private State _state;
        private string _lastProblem = "";

        /// <summary>The sync of one door.</summary>
        /// <param name="intake">Its own: an intake knows of one list under way.</param>
        /// <param name="buffer">Shared with Carry.</param>
        public SyncClient(
            Board board, DoorMemory memory, RadioLink link, Supervisor supervisor, HelloMaker helloMaker, BlobIntake intake, TransferBuffer buffer)
        {
            _board = board;
            _memory = memory;
            _link = link;
            _supervisor = supervisor;
            _helloMaker = helloMaker;
            _intake = intake;
            _buffer = buffer;
        }

        private enum State
        {
            Waiting,
            FetchingNews,
            Storing,
            SendingAudit,
        }

        /// <summary>One line for the console.</summary>
        public string Describe(long nowMs)
        {
            string last = _lastGoodMs < 0 ? "never since boot" : ((nowMs - _lastGoodMs) / 1000).ToString() + " s ago";
            string next = _state != State.Waiting ? "under way" : nowMs >= _dueMs ? "due" : "in " + ((_dueMs - nowMs) / 1000).ToString() + " s";
            return "sync: last " + last + ", next " + next + ", failures in a row " + _failures.ToString()
                + (_auditFailures > 0 ? ", of the audit trail " + _auditFailures.ToString() : "")
                + (_lastProblem.Length > 0 ? ", " + _lastProblem : "");
        }

        /// <summary>Does one bounded piece of work.</summary>
        public void Poll(long nowMs)
        {
            switch (_state)
            {
                case State.Waiting:
                    bool isDue = nowMs >= _dueMs && _board.Network.CanStart && _memory.Keyring.HasKeys;
                    if (isDue && MayStart(nowMs))
                    {
                        AskForNews(nowMs);
                    }
                    else if (!isDue)
                    {
                        _keptSinceMs = -1;
                    }

                    break;
                case State.Storing:
                    Store(nowMs);
                    break;
                default:
                    Await(nowMs);
                    break;
            }
        }

        /// <summary>
        /// The radio belongs to the phone at the door, but a phone that never leaves must not keep the news away. What counts is for how
        /// long a phone alone kept it: a network that comes back sheds nobody.
        /// </summary>
        private bool MayStart(long nowMs)
        {
            if (!_link.IsActive)
            {
                return true;
            }

            if (_keptSinceMs < 0)
            {
                _keptSinceMs = nowMs;
            }
            else if (nowMs - _keptSinceMs > Limits.SyncOverdueMs)
            {
                _keptSinceMs = nowMs;
                _supervisor.RestartRadio();
            }

            return false;
        }

        private void AskForNews(long nowMs)
        {
            _board.Random.Fill(_nonce);
            Keyring keyring = _memory.Keyring;
            byte[] plain = MakeRequest(nowMs);
            byte[] body = Sealed.Make(
                _board.Crypto, _board.Random, keyring.SubKey(Keys.Request), BlobType.SyncRequest, keyring.DoorId, keyring.Generation, plain,
                plain.Length);
            _pages = 0;
            _keptSinceMs = -1;
            _askedMs = nowMs;
            Start("/door/sync", body, State.FetchingNews, nowMs);
        }

        private byte[] MakeRequest(long nowMs)
        {
            int scopes = _memory.Keyring.ScopeCount;
            byte[] plain = new byte[RequestHeader + 7 * scopes];
            Bytes.Put(plain, 0, _nonce);
            Bytes.Put16(plain, 16, Firmware.Version);
            plain[18] = (byte)_helloMaker.MakeFlags();
            plain[19] = (byte)_memory.ListLostBits();
            Bytes.Put32(plain, 20, _memory.Time.Floor);
            Bytes.Put32(plain, 24, _memory.Keyring.Version);
            Bytes.Put32(plain, 28, _memory.Audit.Epoch);
            Bytes.Put32(plain, 32, _memory.Audit.Acknowledged);
            Bytes.Put32(plain, 36, _memory.Audit.NextSequence);
            Bytes.Put32(plain, 40, (uint)(nowMs / 1000));
            Bytes.Put16(plain, 44, _supervisor.RadioRestarts);
            Bytes.Put16(plain, 46, _supervisor.LastReboot);
            Bytes.Put32(plain, 48, _memory.Audit.Lost);
            _memory.Challenge.CopyTo(plain, 52);
            plain[60] = (byte)scopes;
            int at = RequestHeader;
            for (int slot = 0; slot < scopes; slot++)
            {
                at = Bytes.Put24(plain, at, _memory.Keyring.ScopeId(slot));
                at = Bytes.Put32(plain, at, _memory.KeyStore.ListVersion(slot));
            }

            return plain;
        }

        private void Start(string path, byte[] body, State state, long nowMs)
        {
            _startedMs = nowMs;
            _state = state;
            if (!_board.Network.Start(path, body, body.Length))
            {
                Fail("network does not start", nowMs);
            }
        }

        private void Await(long nowMs)
        {
            int network = _board.Network.Poll();
            if (network == NetworkState.Busy && nowMs - _startedMs < Limits.SyncTimeoutMs)
            {
                return;
            }

            if (network != NetworkState.Done)
            {
                _board.Network.Cancel();
                Fail(network == NetworkState.Busy ? "server hangs" : "no answer", nowMs);
                return;
            }

            if (!_buffer.TryTake(this))
            {
                return;
            }

            int status = _board.Network.Status;
            int count = _board.Network.Take(_buffer.Bytes);
            if (status != HttpOk || count < 0)
            {
                Fail(count < 0 ? "answer too long or cut short" : "HTTP status " + status.ToString(), nowMs);
            }
            else if (_state == State.FetchingNews)
            {
                OpenReply(count, nowMs);
            }
            else
            {
                TakeAcknowledgement(count, nowMs);
            }

            _buffer.Release(this);
        }

        private void OpenReply(int count, long nowMs)
        {
            Keyring keyring = _memory.Keyring;
            _reply = Sealed.Open(
                _board.Crypto, keyring.SubKey(Keys.Reply), BlobType.SyncReply, keyring.DoorId, keyring.Generation, _buffer.Bytes, 0, count);
            if (_reply == null || _reply.Length < ReplyHeader || !Bytes.SameInConstantTime(_reply, 0, _nonce, 0, NonceLength)
                || (_reply[NonceLength + 4] & ~More) != 0)
            {
                _reply = null;
                Fail("answer is not the server's, or not to this question", nowMs);
                return;
            }

            _board.Random.Fill(_nonce);
            uint time = Bytes.U32(_reply, NonceLength);
            if (time != NoTime)
            {
                _memory.Time.Prove(time, true);
            }

            _at = ReplyHeader;
            _startedMs = nowMs;
            _lastProblem = "";
            _state = State.Storing;
        }

        /// <summary>Takes the next blob of the reply once the one before is durable.</summary>
        private void Store(long nowMs)
        {
            int settled = _intake.Settle();
            if (nowMs - _startedMs > Limits.SyncStoreMs)
            {
                Fail("flash does not take a blob of the server", nowMs);
            }
            else if (settled != CarryState.Judging && _reply != null)
            {
                Note(settled);
                if (_at + 2 <= _reply.Length)
                {
                    TakeBlob(_reply, nowMs);
                }
                else
                {
                    EndRound((_reply[NonceLength + 4] & More) != 0, nowMs);
                }
            }
        }

        private void TakeBlob(byte[] reply, long nowMs)
        {
            int count = Bytes.U16(reply, _at);
            int offset = _at + 2;
            if (offset + count > reply.Length)
            {
                Fail("answer ends in the middle of a blob", nowMs);
                return;
            }

            int state = _intake.Take(reply, offset, count, nowMs);
            if (state != CarryState.Busy)
            {
                _at = offset + count;
                Note(state);
            }
        }

        private void Note(int state)
        {
            if (state == CarryState.Refused || state == CarryState.BaseMissing || state == CarryState.Broken)
            {
                _lastProblem = "a blob of the server was not taken, state " + state.ToString();
            }
        }

        /// <summary>News goes before the audit trail; a server that always has more is asked again no sooner than in a minute.</summary>
        private void EndRound(bool more, long nowMs)
        {
            _rounds = more ? _rounds + 1 : 0;
            bool atOnce = more && _rounds < Limits.SyncRounds;
            _rounds = atOnce ? _rounds : 0;
            _reply = null;
            _failures = 0;
            _lastGoodMs = nowMs;
            _dueMs = atOnce ? nowMs : _askedMs + Limits.SyncPollMs;
            _state = State.Waiting;
            _link.RenewHello();
            if (!atOnce && nowMs >= _auditDueMs)
            {
                SendAudit(nowMs);
            }
        }

        private void SendAudit(long nowMs)
        {
            bool waiting = _memory.Audit.NextSequence - 1 > _memory.Audit.Acknowledged;
            byte[]? page = waiting && _pages < Limits.SyncPages ? AuditPageMaker.Make(_board, _memory, 0, Limits.PageRecords) : null;
            if (page != null)
            {
                _pages++;
                Start("/door/audit", page, State.SendingAudit, nowMs);
            }
        }

        private void TakeAcknowledgement(int count, long nowMs)
        {
            bool isOne = count > 0 && _buffer.Bytes[0] == BlobType.Acknowledgement;
            if (!isOne || _intake.Take(_buffer.Bytes, 0, count, nowMs) != CarryState.Taken)
            {
                Fail("acknowledgement refused", nowMs);
                return;
            }

            _auditFailures = 0;
            _state = State.Waiting;
            SendAudit(nowMs);
        }

        /// <summary>Waits longer after each failure. An audit trail that the server does not take keeps no news away.</summary>
        private void Fail(string problem, long nowMs)
        {
            if (_state == State.SendingAudit)
            {
                _auditDueMs = nowMs + Backoff(_auditFailures);
                _auditFailures++;
            }
            else
            {
                _dueMs = nowMs + Backoff(_failures);
                _failures++;
            }

            _lastProblem = problem;
            _reply = null;
            _rounds = 0;
            _state = State.Waiting;
        }

        /// <summary>15 s, doubled with each failure up to 15 min, less up to a quarter: doors that failed together do not come back together.</summary>
        private long Backoff(int failures)
        {
            long wait = Limits.SyncBackoffMs;
            for (int i = 0; i < failures && wait < Limits.SyncBackoffMaxMs; i++)
            {
                wait *= 2;
            }

            if (wait > Limits.SyncBackoffMaxMs)
            {
                wait = Limits.SyncBackoffMaxMs;
            }

            byte[] jitter = new byte[1];
            _board.Random.Fill(jitter);
            return wait - wait * jitter[0] / 1024;
        }
    }
}
