#nullable enable
using DoorController.Hal;

namespace DoorController
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
        private const int HttpOk = 200;

        private readonly Board _board;
        private readonly Door _door;
        private readonly DoorMemory _memory;
        private readonly BlobIntake _intake;
        private readonly TransferBuffer _buffer;
        private readonly byte[] _nonce = new byte[NonceLength];
        private byte[]? _reply;
        private int _at;
        private int _failures;
        private int _pages;
        private long _dueMs;
        private long _startedMs;
        private long _lastGoodMs = -1;
        private State _state;
        private string _lastProblem = "";

        /// <summary>The sync of one door.</summary>
        public SyncClient(Board board, Door door, BlobIntake intake, TransferBuffer buffer)
        {
            _board = board;
            _door = door;
            _memory = door.Memory;
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
                + (_lastProblem.Length > 0 ? ", " + _lastProblem : "");
        }

        /// <summary>Does one bounded piece of work.</summary>
        public void Poll(long nowMs)
        {
            switch (_state)
            {
                case State.Waiting:
                    if (nowMs >= _dueMs && _board.Network.IsUp && _memory.Keyring.HasKeys && MayStart(nowMs))
                    {
                        AskForNews(nowMs);
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

        /// <summary>The radio belongs to the phone at the door, but a phone that never leaves must not keep the news away.</summary>
        private bool MayStart(long nowMs)
        {
            if (!_door.Link.IsActive)
            {
                return true;
            }

            if (nowMs - _dueMs > Limits.SyncOverdueMs)
            {
                _door.Supervisor.RestartRadio();
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
            Start("/door/sync", body, State.FetchingNews, nowMs);
        }

        private byte[] MakeRequest(long nowMs)
        {
            int scopes = _memory.Keyring.ScopeCount;
            byte[] plain = new byte[RequestHeader + 7 * scopes];
            Bytes.Put(plain, 0, _nonce);
            Bytes.Put16(plain, 16, Firmware.Version);
            plain[18] = (byte)_door.HelloFlags();
            plain[19] = (byte)HelloMaker.ListLostBits(_memory.Keyring, _memory.KeyStore);
            Bytes.Put32(plain, 20, _memory.Time.Floor);
            Bytes.Put32(plain, 24, _memory.Keyring.Version);
            Bytes.Put32(plain, 28, _memory.Audit.Epoch);
            Bytes.Put32(plain, 32, _memory.Audit.Acknowledged);
            Bytes.Put32(plain, 36, _memory.Audit.NextSequence);
            Bytes.Put32(plain, 40, (uint)(nowMs / 1000));
            Bytes.Put16(plain, 44, _door.Supervisor.RadioRestarts);
            Bytes.Put16(plain, 46, _door.Supervisor.LastReboot);
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
            if (!_board.Network.Start(path, body, body.Length))
            {
                Fail("network does not start", nowMs);
                return;
            }

            _startedMs = nowMs;
            _state = state;
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
                OnAuditAnswer(_intake.Take(_buffer.Bytes, 0, count, nowMs), nowMs);
            }

            _buffer.Release(this);
        }

        private void OpenReply(int count, long nowMs)
        {
            Keyring keyring = _memory.Keyring;
            _reply = Sealed.Open(
                _board.Crypto, keyring.SubKey(Keys.Reply), BlobType.SyncReply, keyring.DoorId, keyring.Generation, _buffer.Bytes, 0, count);
            if (_reply == null || _reply.Length < ReplyHeader || !Bytes.SameInConstantTime(_reply, 0, _nonce, 0, NonceLength))
            {
                _reply = null;
                Fail("answer is not the server's, or not to this question", nowMs);
                return;
            }

            _board.Random.Fill(_nonce);
            _memory.Time.Prove(Bytes.U32(_reply, NonceLength), true);
            _at = ReplyHeader;
            _state = State.Storing;
        }

        /// <summary>Takes the next blob of the reply once the one before is durable.</summary>
        private void Store(long nowMs)
        {
            if (_intake.Settle() == CarryState.Judging || _reply == null)
            {
                return;
            }

            if (_at + 2 <= _reply.Length)
            {
                int count = Bytes.U16(_reply, _at);
                int offset = _at + 2;
                _at = offset + count;
                if (_at > _reply.Length)
                {
                    Fail("answer ends in the middle of a blob", nowMs);
                    return;
                }

                int state = _intake.Take(_reply, offset, count, nowMs);
                if (state == CarryState.Refused || state == CarryState.BaseMissing)
                {
                    _lastProblem = "a blob of the server was refused, state " + state.ToString();
                }

                return;
            }

            bool more = (_reply[NonceLength + 4] & More) != 0;
            _reply = null;
            _door.Link.DropHello();
            Succeed(more ? 0 : Limits.SyncPollMs, nowMs);
            SendAudit(nowMs);
        }

        private void SendAudit(long nowMs)
        {
            bool waiting = _memory.Audit.NextSequence - 1 > _memory.Audit.Acknowledged;
            byte[]? page = waiting && _pages < Limits.SyncPages ? AuditPage.Make(_board, _memory, 0, Limits.PageRecords) : null;
            if (page != null)
            {
                _pages++;
                Start("/door/audit", page, State.SendingAudit, nowMs);
            }
        }

        private void OnAuditAnswer(int state, long nowMs)
        {
            if (state == CarryState.Accepted)
            {
                _state = State.Waiting;
                SendAudit(nowMs);
                return;
            }

            Fail("acknowledgement refused", nowMs);
        }

        private void Succeed(int waitMs, long nowMs)
        {
            _failures = 0;
            _lastProblem = "";
            _lastGoodMs = nowMs;
            _dueMs = nowMs + waitMs;
            _state = State.Waiting;
        }

        private void Fail(string problem, long nowMs)
        {
            long wait = Limits.SyncBackoffMs;
            for (int i = 0; i < _failures && wait < Limits.SyncBackoffMaxMs; i++)
            {
                wait *= 2;
            }

            if (wait > Limits.SyncBackoffMaxMs)
            {
                wait = Limits.SyncBackoffMaxMs;
            }

            byte[] jitter = new byte[1];
            _board.Random.Fill(jitter);
            _failures++;
            _lastProblem = problem;
            _reply = null;
            _dueMs = nowMs + wait - wait * jitter[0] / 1024;
            _state = State.Waiting;
        }
    }
}
