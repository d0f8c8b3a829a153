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
        private const int NonceLength = SyncQuestion.NonceLength;
        private const int ReplyHeader = 21;
        private const int More = 1;
        private const int HttpOk = 200;

        private readonly Board _board;
        private readonly DoorMemory _memory;
        private readonly RadioLink _link;
        private readonly SyncQuestion _question;
        private readonly PhoneFirst _phoneFirst;
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
            _question = new SyncQuestion(memory, supervisor, helloMaker);
            _phoneFirst = new PhoneFirst(link, supervisor);
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
                    Wait(nowMs);
                    break;
                case State.Storing:
                    Store(nowMs);
                    break;
                default:
                    Await(nowMs);
                    break;
            }
        }

        private void Wait(long nowMs)
        {
            bool isDue = nowMs >= _dueMs && _board.Network.CanStart && _memory.Keyring.HasKeys;
            if (!isDue)
            {
                _phoneFirst.Forget();
            }
            else if (_phoneFirst.LetsPass(nowMs))
            {
                AskForNews(nowMs);
            }
        }

        private void AskForNews(long nowMs)
        {
            _board.Random.Fill(_nonce);
            byte[] body = _question.Make(_board, _nonce, nowMs);
            _pages = 0;
            _phoneFirst.Forget();
            _askedMs = nowMs;
            Start("/door/sync", body, State.FetchingNews, nowMs);
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

            if (_buffer.TryTake(this))
            {
                TakeAnswer(nowMs);
                _buffer.Release(this);
            }
        }

        private void TakeAnswer(long nowMs)
        {
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
            _intake.TakeReplyTime(Bytes.U32(_reply, NonceLength), _askedMs, _board.Clock.NowMs);
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
                _auditDueMs = nowMs + Backoff.After(_auditFailures, _board.Random);
                _auditFailures++;
            }
            else
            {
                _dueMs = nowMs + Backoff.After(_failures, _board.Random);
                _failures++;
            }

            _lastProblem = problem;
            _reply = null;
            _rounds = 0;
            _state = State.Waiting;
        }
    }
}
