#nullable enable
using System;
using DoorController.Hal;

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
        private readonly HelloMaker _helloMaker;
        private readonly Signals _signals;
        private readonly Carry _carry;
        private readonly TechnicianConsole _console;
        private int _session;
        private long _flashMs;
        private int _restartsTold;
        private long _restartsToldMs = -Limits.AuditAggregateMs;

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
            _helloMaker = new HelloMaker(board, Memory.Keyring, Memory.KeyStore, Memory.Time, Memory.Audit);
            _signals = new Signals(board.Lamp);
            _carry = new Carry(board, Memory, Link, new BlobIntake(board, Memory), buffer);
            Sync = new SyncClient(board, this, new BlobIntake(board, Memory), buffer);
            _console = new TechnicianConsole(board.Serial, new ConsoleCommands(this, board), settings.SafeReason);
            Note(AuditEvent.Booted, Supervisor.LastReboot, 0);
        }

        /// <summary>What the installer chose.</summary>
        public Settings Settings { get; }

        /// <summary>The exchange with the key server.</summary>
        public SyncClient Sync { get; }

        /// <summary>Strike, or gate and floors.</summary>
        public StrikeControl Strike { get; }

        /// <summary>The contacts.</summary>
        public DoorMonitor Monitor { get; }

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
            OnContacts(Monitor.Poll(_board.Inputs.Read(), now), now);
            WorkOnFlash(now);
            Receive(now);
            _carry.Poll(now);
            _console.Poll(now);
            if (Settings.HasServer)
            {
                Sync.Poll(now);
            }

            if (Link.NeedsHello(now))
            {
                Link.PublishHello(_helloMaker.Make());
            }

            Supervisor.Poll(now, _carry.IsBusy, Strike.RemainingMs(now) == 0, Memory.Keyring.Name);
            NoteRestarts(now);
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
            if (frame == null)
            {
                return;
            }

            if (characteristic == BleCharacteristic.Carry)
            {
                if (_carry.OnFrame(frame))
                {
                    Supervisor.OnValidFrame(now);
                }
            }
            else
            {
                int verdict = Assemble(ref frame, now);
                if (verdict == Verdict.Granted)
                {
                    Walk(frame, session, now);
                }
                else if (verdict != Verdict.Pending)
                {
                    Memory.Audit.Refusals.Unproven(verdict);
                    Reply(Result.Untagged(verdict), session);
                }
            }
        }

        /// <summary>The walk of an unlock.</summary>
        private void Walk(byte[] frame, int session, long now)
        {
            if (!_bucket.Take(now))
            {
                Supervisor.RestartRadio();
                return;
            }

            Attempt attempt = new Attempt(frame, Link.StandingHello());
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
            Reply(MakeResult(attempt, now), session);
        }

        /// <summary>Remembered before the pulse: whatever fails from here on, a retry of this attempt gets no second one.</summary>
        private void Energise(Attempt attempt, long now)
        {
            _attempts.Remember(attempt, Memory.Keyring.ScopeId(attempt.Slot), attempt.Credential!.KeyNumber, now);
            if (!Strike.Energise(attempt.Floors, Settings.HoldMs, now))
            {
                _attempts.Forget();
                attempt.Verdict = Verdict.StrikeFault;
                attempt.Detail = 0;
                return;
            }

            Monitor.OnPulse(Settings.HoldMs, now);
            _signals.Granted(Settings.HoldMs, now);
            Supervisor.OnGrant(now);
        }

        /// <summary>Durable before the phone hears of it; an attempt that cannot be recorded still opens (STORAGE.md).</summary>
        private void Record(Attempt attempt, long now)
        {
            Memory.Time.Hold(attempt.RestsOnFloor);
            if (attempt.Verdict != Verdict.Granted && attempt.Verdict != Verdict.Repeated)
            {
                _signals.Refused(now);
            }

            Credential? credential = attempt.Credential;
            if (credential == null)
            {
                Memory.Audit.Refusals.Unproven(attempt.Verdict);
                return;
            }

            Supervisor.OnValidFrame(now);
            _carry.OnProven();
            if (attempt.Verdict == Verdict.Repeated)
            {
                return;
            }

            int scope = Memory.Keyring.ScopeId(attempt.Slot);
            bool recorded = attempt.Verdict == Verdict.Granted
                ? Memory.Audit.Append(AuditEvent.Credential, Verdict.Granted, attempt.Operation, scope, attempt.Generation,
                    credential.KeyNumber, (uint)attempt.Floors)
                : Memory.Audit.Refusals.Refused(attempt.Verdict, attempt.Operation, scope, attempt.Generation, credential.KeyNumber);
            attempt.Sequence = recorded ? Memory.Audit.NextSequence - 1 : 0;
            if (attempt.Verdict == Verdict.Granted)
            {
                _attempts.NoteSequence(attempt.Sequence);
            }

            if (credential.IsSupported)
            {
                Memory.Time.CredentialProven(credential.IssuedAt);
                Memory.Learn(attempt.Slot, credential.ListVersion);
            }
        }

        private byte[] MakeResult(Attempt attempt, long now)
        {
            if (!Verdict.IsProven(attempt.Verdict))
            {
                return Result.Untagged(attempt.Verdict);
            }

            bool opens = Verdict.OnAir(attempt.Verdict) == Verdict.Granted;
            uint epoch = attempt.Sequence == 0 ? 0 : Memory.Audit.Epoch;
            return Result.Tagged(_board.Crypto, attempt, epoch, attempt.Sequence, opens ? Strike.RemainingMs(now) : 0);
        }

        private void Reply(byte[] result, int session)
        {
            Link.DropHello();
            Link.PublishResult(result, session);
            _board.Ble.Notify(BleCharacteristic.Result, Doorbell);
        }

        private int Assemble(ref byte[] frame, long now)
        {
            if ((frame[0] & Unlock.FragmentBit) == 0)
            {
                return Verdict.Granted;
            }

            int verdict = _fragments.Add(frame, now, out byte[]? whole);
            frame = whole ?? frame;
            return verdict;
        }

        private void OnContacts(int news, long now)
        {
            if (news == 0)
            {
                return;
            }

            if ((news & DoorNews.Rex) != 0)
            {
                Open(AuditEvent.Rex, 0, now);
            }

            if ((news & DoorNews.Opened) != 0 && Strike.RemainingMs(now) > 0)
            {
                Strike.Release();
            }

            NoteIf(news, DoorNews.Opened, AuditEvent.DoorOpened, 0);
            NoteIf(news, DoorNews.Closed, AuditEvent.DoorClosed, 0);
            NoteIf(news, DoorNews.ForcedOpen, AuditEvent.ForcedOpen, 0);
            NoteIf(news, DoorNews.HeldOpen, AuditEvent.HeldOpen, 0);
            NoteIf(news, DoorNews.Tamper, AuditEvent.Tamper, 1);
            NoteIf(news, DoorNews.FireAlarm, AuditEvent.FireAlarm, 1);
        }

        /// <summary>Energises for a cause that is no credential: REX or a technician who proved himself.</summary>
        /// <param name="cause"><see cref="AuditEvent.Rex"/> or <see cref="AuditEvent.Technician"/>.</param>
        /// <param name="floors">Floor selectors in an elevator car; 0 at a door.</param>
        /// <returns>False when the strike did not take the pulse.</returns>
        public bool Open(int cause, int floors, long now)
        {
            bool energised = Strike.Energise(floors, Settings.HoldMs, now);
            if (energised)
            {
                Monitor.OnPulse(Settings.HoldMs, now);
                _signals.Granted(Settings.HoldMs, now);
            }

            int detail = cause == AuditEvent.Technician ? TechnicianProof.CommandStrike : 0;
            Memory.Audit.Append(cause, energised ? Verdict.Granted : Verdict.StrikeFault, detail, 0, 0, 0, (uint)floors);
            return energised;
        }

        /// <summary>The flags of a Hello made now, which a sync request carries too.</summary>
        public int HelloFlags()
        {
            return _helloMaker.MakeFlags();
        }

        private int SecondsSelected(long now)
        {
            return _board.Floors.Count == 0 ? 0 : (Strike.RemainingMs(now) + 999) / 1000;
        }

        /// <summary>Together, because whoever holds the one connection again and again would flood the trail.</summary>
        private void NoteRestarts(long now)
        {
            int restarts = Supervisor.RadioRestarts;
            if (restarts != _restartsTold && now - _restartsToldMs >= Limits.AuditAggregateMs)
            {
                Note(AuditEvent.RadioRestarted, 0, (uint)(restarts - _restartsTold));
                _restartsTold = restarts;
                _restartsToldMs = now;
            }
        }

        private void NoteIf(int news, int bit, int auditEvent, int detail)
        {
            if ((news & bit) != 0)
            {
                Note(auditEvent, detail, 0);
            }
        }

        private void Note(int auditEvent, int detail, uint argument)
        {
            Memory.Audit.Queue(auditEvent, detail, 0, argument);
        }
    }
}
