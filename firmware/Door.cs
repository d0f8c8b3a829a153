#nullable enable
using System;
using DoorController.Access;
using DoorController.Hal;
using DoorController.Memory;
using DoorController.Radio;
using DoorController.Strike;
using DoorController.Sync;
using DoorController.Wire;

namespace DoorController
{
    /// <summary>
    /// The door. One non-blocking loop; the walk of an unlock stands in <see cref="Walk"/>: receive, parse, verify, strike, audit,
    /// reply. Nothing here knows any hardware but the contracts of the board.
    /// </summary>
    public sealed class Door
    {
        private static readonly byte[] Doorbell = new byte[1];

        private readonly Board _board;
        private readonly Verifier _verifier;
        private readonly AttemptMemory _attempts = new AttemptMemory();
        private readonly TokenBucket _bucket = new TokenBucket();
        private readonly Fragments _fragments = new Fragments();
        private readonly AttemptRecords _records;
        private readonly AnsweredFrame _answered = new AnsweredFrame();
        private readonly HelloMaker _helloMaker;
        private readonly Signals _signals;
        private readonly Carry _carry;
        private readonly Contacts _contacts;
        private readonly RestartNotes _restartNotes;
        private int _session;
        private long _flashMs;

        /// <summary>Boots the door: strike released, keys and time read, radio still off.</summary>
        public Door(Board board, Settings settings)
        {
            _board = board;
            Settings = settings;
            long now = board.Clock.NowMs;
            Strike = new StrikeControl(board.Strike, board.Floors, settings.IsSafeState);
            Monitor = new DoorMonitor(settings, board.Inputs.Read(), now);
            Memory = new DoorMemory(board);
            Link = new RadioLink(board.Clock);
            Supervisor = new Supervisor(board, Link, Memory);
            TransferBuffer buffer = new TransferBuffer();
            Provisioning.Run(board, Memory, new BlobIntake(board, Memory), buffer.Bytes);
            _verifier = new Verifier(
                board.Crypto, Memory.Keyring, Memory.KeyStore, Memory.Time, _attempts, board.Floors.Count);
            _records = new AttemptRecords(Memory, _attempts);
            _helloMaker = new HelloMaker(board, Memory);
            _signals = new Signals(board.Lamp);
            Opener = new Opener(Strike, Monitor, _signals, Memory.Audit, settings);
            _contacts = new Contacts(Monitor, Strike, Opener, Memory.Audit);
            _carry = new Carry(board, Memory, Link, new BlobIntake(board, Memory), buffer);
            Sync = new SyncClient(board, Memory, Link, Supervisor, _helloMaker, new BlobIntake(board, Memory), buffer);

            // Last: what was provisioned is taken in by then, and the note of this boot is chained under its key.
            _restartNotes = new RestartNotes(Supervisor, Memory.Audit);
        }

        /// <summary>What the installer chose.</summary>
        public Settings Settings { get; }

        /// <summary>The exchange with the key server.</summary>
        public SyncClient Sync { get; }

        /// <summary>Strike, or gate and floors.</summary>
        public StrikeControl Strike { get; }

        /// <summary>The contacts.</summary>
        public DoorMonitor Monitor { get; }

        /// <summary>Energises for any cause.</summary>
        public Opener Opener { get; }

        /// <summary>All that survives a power cut.</summary>
        public DoorMemory Memory { get; }

        /// <summary>The seam to the radio's thread.</summary>
        public RadioLink Link { get; }

        /// <summary>Keeper of radio and loop.</summary>
        public Supervisor Supervisor { get; }

        /// <summary>The verdict of the last attempt, for the console.</summary>
        public int LastVerdict { get; private set; }

        /// <summary>One pass of the main loop. Never blocks, never waits; at most one background step on flash.</summary>
        public void Poll()
        {
            long now = _board.Clock.NowMs;
            Link.Beat(now);
            Memory.Poll(now);
            Strike.Poll(now);
            _contacts.Poll(_board.Inputs.Read(), now);
            WorkOnFlash(now);
            Receive(now);
            _carry.Poll(now, Supervisor.IsCarryingOver(now));
            if (Settings.HasServer)
            {
                Sync.Poll(now);
            }

            if (Link.NeedsHello(now))
            {
                Link.PublishHello(_helloMaker.Make());
            }

            Supervisor.Poll(now, _carry.IsBusy, Strike.RemainingMs(now) == 0, Memory.Keyring.Name);
            _restartNotes.Poll();
            Show(now);
        }

        private void Show(long now)
        {
            _signals.IsAlarm = Monitor.IsAlarm;
            _signals.IsFault = Strike.IsFaulty || Memory.IsFaulty || Settings.IsSafeState;
            _signals.Poll(now);
        }

        /// <summary>A step stops the loop for tens of ms, so a waiting frame goes first, but no phone can keep the door from storing.</summary>
        private void WorkOnFlash(long now)
        {
            if (!Link.IsQuiet && now - _flashMs < Limits.FlashStepMs)
            {
                return;
            }

            _flashMs = now;
            if (Memory.FlashStep(now))
            {
                Link.RenewHello();
            }
        }

        private void Receive(long now)
        {
            int session = Link.Session;
            if (session != _session)
            {
                _session = session;
                _fragments.Reset();
                _bucket.Fill(now);
            }

            byte[]? frame = Link.Take(out int characteristic);
            if (frame != null && characteristic == BleCharacteristic.Unlock)
            {
                Assemble(frame, session, now);
            }
            else if (frame != null && _carry.OnFrame(frame))
            {
                Supervisor.OnValidFrame(now);
            }
        }

        private void Assemble(byte[] frame, int session, long now)
        {
            byte[]? whole = frame;
            int verdict = (frame[0] & Unlock.FragmentBit) == 0 ? Unlock.GoodForm : _fragments.Add(frame, now, out whole);
            if (whole != null)
            {
                Admit(whole, session, now);
            }
            else if (verdict != Verdict.Pending)
            {
                Memory.Audit.Repeats.Unproven(verdict);
                Reply(Result.Untagged(verdict), session);
            }
        }

        private void Admit(byte[] frame, int session, long now)
        {
            byte[]? answer = _answered.Find(frame, session);
            if (!_bucket.Take(now))
            {
                Supervisor.RestartRadio();
            }
            else if (answer != null)
            {
                Publish(answer, session);
            }
            else
            {
                Walk(new Attempt(frame, Link.StandingHello()), session, now);
            }
        }

        /// <summary>The walk of an unlock: verify, strike, record, answer.</summary>
        private void Walk(Attempt attempt, int session, long now)
        {
            _verifier.Judge(attempt, Link.HelloWasRead, SecondsSelected(now), now);
            if (Link.Session != session)
            {
                return;
            }

            if (attempt.Verdict == Verdict.Granted)
            {
                Energise(attempt, now);
            }

            Record(attempt, now);
            LastVerdict = attempt.Verdict;
            Answer(attempt, session, now);
        }

        /// <summary>Remembered before the pulse: whatever fails from here on, a retry of this attempt gets no second one.</summary>
        private void Energise(Attempt attempt, long now)
        {
            _attempts.Remember(attempt, Memory.Keyring.ScopeId(attempt.Slot), attempt.Credential!.KeyNumber, now);
            if (!Opener.Energise(attempt.Floors, now))
            {
                _attempts.Forget();
                attempt.Verdict = Verdict.StrikeFault;
                attempt.Detail = 0;
                return;
            }

            Supervisor.OnGrant(now);
        }

        /// <summary>Durable before the phone hears of it; an attempt that cannot be recorded still opens (STORAGE.md).</summary>
        private void Record(Attempt attempt, long now)
        {
            if (Verdict.OnAir(attempt.Verdict) != Verdict.Granted)
            {
                _signals.Refused(now);
            }

            if (attempt.Credential != null)
            {
                Supervisor.OnValidFrame(now);
                _carry.OnProven();
            }

            _records.Record(attempt);
        }

        private void Answer(Attempt attempt, int session, long now)
        {
            if (!Verdict.IsProven(attempt.Verdict))
            {
                Reply(Result.Untagged(attempt.Verdict), session);
                return;
            }

            byte[] result = MakeResult(attempt, now);
            _answered.Keep(attempt.Frame, result, session);
            Reply(result, session);
        }

        private byte[] MakeResult(Attempt attempt, long now)
        {
            bool opens = Verdict.OnAir(attempt.Verdict) == Verdict.Granted;
            uint epoch = attempt.Sequence == 0 ? 0 : Memory.Audit.Epoch;
            byte[] result = Result.Compose(attempt.Verdict, attempt.Detail, epoch, attempt.Sequence, opens ? Strike.RemainingMs(now) : 0);
            Result.Seal(_board.Crypto, attempt.CredentialKey, attempt.Hello, attempt.Frame, result);
            return result;
        }

        private void Reply(byte[] result, int session)
        {
            Link.DropHello();
            Publish(result, session);
        }

        private void Publish(byte[] result, int session)
        {
            Link.PublishResult(result, session);
            _board.Ble.Notify(BleCharacteristic.Result, Doorbell);
        }

        private int SecondsSelected(long now)
        {
            return _board.Floors.Count == 0 ? 0 : (Strike.RemainingMs(now) + 999) / 1000;
        }
    }
}
