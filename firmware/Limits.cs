namespace DoorController
{
    /// <summary>Every bound and timeout of the door in one place, with its unit in its name.</summary>
    public static class Limits
    {
        /// <summary>Scopes that a door may belong to (PROTOCOL.md section 1).</summary>
        public const int Scopes = 5;

        /// <summary>Doors or cars in a scope; indexes run from 0 to one less.</summary>
        public const int DoorsInScope = 64;

        /// <summary>Key numbers above the watermark that a door can tell apart.</summary>
        public const int WindowKeys = 16384;

        /// <summary>Bytes of the bitmap of one scope.</summary>
        public const int WindowBytes = WindowKeys / 8;

        /// <summary>Longest advertised name: 31 bytes of scan response less 2 of header, rounded down for the adapter's own section.</summary>
        public const int NameBytes = 26;

        /// <summary>The scratch of the flash steps, used within one step only. Apart from the transfer buffer: STORAGE.md section 4.</summary>
        public const int ScratchBytes = 4096;

        /// <summary>Frames that wait for the main loop. A whole fragmented Unlock is 5.</summary>
        public const int FrameQueue = 8;

        /// <summary>Longest frame on Carry: an MTU of 247.</summary>
        public const int CarryFrameBytes = 244;

        /// <summary>Time within which the fragments of one frame come.</summary>
        public const int FragmentsMs = 5000;

        /// <summary>A Hello is replaced so long after its first read.</summary>
        public const int HelloMs = 10000;

        /// <summary>The parts of one read of Hello follow each other within this time: it is not replaced sooner after a part was read.</summary>
        public const int HelloPartsMs = 1000;

        /// <summary>Accepted attempts that are remembered.</summary>
        public const int Attempts = 16;

        /// <summary>An accepted attempt is remembered so long.</summary>
        public const int AttemptMs = 30000;

        /// <summary>Attempts that one session may make at once.</summary>
        public const int BucketAttempts = 5;

        /// <summary>One more attempt is allowed after so long.</summary>
        public const int BucketRefillMs = 1000;

        /// <summary>A handler that runs when the main loop has stood still for longer does not answer (PLATFORM.md 1.4: 2 s).</summary>
        public const int StaleLoopMs = 1500;

        /// <summary>A session without a valid frame ends after so long.</summary>
        public const int SessionIdleMs = 10000;

        /// <summary>A session ends after so long in any case, unless it carries.</summary>
        public const int SessionMs = 30000;

        /// <summary>A session that carries ends after so long.</summary>
        public const int SessionCarryMs = 60000;

        /// <summary>Carrying after an unlock lasts so long, unless nobody else came lately.</summary>
        public const int CarryAfterUnlockMs = 4000;

        /// <summary>Nobody else came for so long: carrying after an unlock may last as long as the session.</summary>
        public const int QuietDoorMs = 600000;

        /// <summary>The radio is off so long between stop and start.</summary>
        public const int RadioPauseMs = 500;

        /// <summary>Without any session for so long the radio is restarted: a failed connection can leave it silent (PLATFORM.md 1.3).</summary>
        public const int RadioQuietMs = 900000;

        /// <summary>A radio that does not start is tried again after so long.</summary>
        public const int RadioRetryMs = 5000;

        /// <summary>So many failed starts in a row reboot the board.</summary>
        public const int RadioFailures = 5;

        /// <summary>So many faults of the main loop within <see cref="FaultWindowMs"/> reboot the board.</summary>
        public const int LoopFaults = 3;

        /// <summary>Window of <see cref="LoopFaults"/>.</summary>
        public const int FaultWindowMs = 60000;

        /// <summary>A main loop that stood still for longer is rebooted: six times what the slowest native call in it takes (PLATFORM.md 1.2: 10 s).</summary>
        public const int LoopStalledMs = 60000;

        /// <summary>A door that could not be built at boot is tried again after so long.</summary>
        public const int BootRetryMs = 10000;

        /// <summary>The supervisor reboots no sooner after boot, so that a lasting fault does not become a reboot loop.</summary>
        public const int RebootEarliestMs = 300000;

        /// <summary>
        /// A board that ran for so long reboots, with the strike released and nobody connected: 400 days. Its clock falls back to 0 after 497, and threads
        /// that sleep then never wake (PLATFORM.md 2.4).
        /// </summary>
        public const long UptimeMaxMs = 400L * 86400000;

        /// <summary>Less free native memory than this reboots the board, in bytes: NimBLE's buffers alone take 11 KB (PLATFORM.md 1.3).</summary>
        public const int NativeLowBytes = 12288;

        /// <summary>Memory is looked at so often.</summary>
        public const int MemoryCheckMs = 60000;

        /// <summary>Longest pulse of the strike. The hardware's own bound may be lower.</summary>
        public const int HoldMaxMs = 20000;

        /// <summary>A pulse that the hardware has not ended so long after its time is a fault.</summary>
        public const int PulseLateMs = 250;

        /// <summary>A contact counts once it stood still so long.</summary>
        public const int DebounceMs = 30;

        /// <summary>A door that opens so long after a pulse, or after REX or the fire alarm ended, was opened by it, not forced.</summary>
        public const int OpenAfterPulseMs = 2000;

        /// <summary>A door that was shut for less has bounced off its frame: it is the same passage.</summary>
        public const int SamePassageMs = 500;

        /// <summary>An opening that nothing explains waits at most so long for a REX or fire alarm contact that still bounces: ten times its debouncing.</summary>
        public const int ReleaseSettleMs = 300;

        /// <summary>One look at one window of the key store for bit rot, when the door is idle.</summary>
        public const int ScrubMs = 600000;

        /// <summary>Longest line that a technician types.</summary>
        public const int ConsoleLineBytes = 64;

        /// <summary>Bytes of input that one Poll takes.</summary>
        public const int ConsoleInputBytes = 16;

        /// <summary>Bytes of output that one Poll sends.</summary>
        public const int ConsoleOutputBytes = 64;

        /// <summary>Records that one "log" shows.</summary>
        public const int ConsoleLogRecords = 20;

        /// <summary>A technician's challenge is good for so long.</summary>
        public const int ChallengeMs = 300000;

        /// <summary>After a wrong answer no challenge is given for twice this, and twice as long after each further one.</summary>
        public const int TechnicianLockMs = 1000;

        /// <summary>Doublings of <see cref="TechnicianLockMs"/> at most: 68 min.</summary>
        public const int TechnicianDoublings = 12;

        /// <summary>The buffer that Carry and Sync take turns with.</summary>
        public const int TransferBytes = 4096;

        /// <summary>All that a phone may carry up in a session before it proved a credential.</summary>
        public const int CarryBeforeBytes = 2560;

        /// <summary>Once the door has judged and stored so long for a phone that proved no credential, it takes no further blob from it.</summary>
        public const int CarryBeforeMs = 1000;

        /// <summary>Bytes of an audit page in one slice of Carry.</summary>
        public const int SliceBytes = 240;

        /// <summary>Records of one audit page.</summary>
        public const int PageRecords = 60;

        /// <summary>Longest sealed audit page.</summary>
        public const int PageBytes = 2048;

        /// <summary>A time challenge is handed out for so long, 3 h; then another one is.</summary>
        public const int TimeChallengeMs = 10800000;

        /// <summary>Time challenges that are kept: handed out every 3 h, the oldest of 8 is 24 h old.</summary>
        public const int TimeChallenges = 8;

        /// <summary>A time token proves the time for so long after its challenge was made, 24 h; later it is a lower bound.</summary>
        public const int TimeTokenMs = 86400000;

        /// <summary>A floor reset is taken for so long after its challenge was made, 15 min.</summary>
        public const int FloorResetMs = 900000;

        /// <summary>The distance of the floor from flash is looked at so often.</summary>
        public const int TimeLookMs = 1000;

        /// <summary>Times of the server that are no further apart agree: 5 min, in s. So far the floor may be ahead of it without being called wrong.</summary>
        public const int ClockAgreeS = 300;

        /// <summary>A time so far past the latest possible one is the server's clock being put right, in s; beyond, one of the two clocks was wrong.</summary>
        public const int ClockStepS = 3600;

        /// <summary>So many answers that agree settle a conflict of the clocks, once they span <see cref="ConflictMs"/>.</summary>
        public const int ConflictAnswers = 3;

        /// <summary>Span of the answers that settle a conflict of the clocks: 24 h.</summary>
        public const int ConflictMs = 86400000;

        /// <summary>Time between two syncs that found the server.</summary>
        public const int SyncPollMs = 60000;

        /// <summary>An exchange that takes longer is given up.</summary>
        public const int SyncTimeoutMs = 20000;

        /// <summary>Each of the two time-outs of one HTTP request: to the answer's headers, and to each piece of its body.</summary>
        public const int HttpTimeoutMs = 8000;

        /// <summary>A station without an address for so long is disconnected: it would take air time from Bluetooth (PLATFORM.md 2.2).</summary>
        public const int WifiLostMs = 60000;

        /// <summary>A station that was disconnected is tried again after so long: each connect leaks a little native memory (PLATFORM.md 2.2).</summary>
        public const int WifiRetryMs = 600000;

        /// <summary>At boot a server's name waits so long for an address of the station.</summary>
        public const int ResolveMs = 8000;

        /// <summary>First wait after a failed sync; it doubles.</summary>
        public const int SyncBackoffMs = 15000;

        /// <summary>Longest wait after failed syncs.</summary>
        public const int SyncBackoffMaxMs = 900000;

        /// <summary>A sync that a phone has kept waiting for so long sheds the phone.</summary>
        public const int SyncOverdueMs = 120000;

        /// <summary>A server that has more is asked again at once, so many times in a row.</summary>
        public const int SyncRounds = 16;

        /// <summary>The blobs of one reply are durable within this time, or the sync has failed.</summary>
        public const int SyncStoreMs = 30000;

        /// <summary>Audit pages sent after one sync.</summary>
        public const int SyncPages = 8;

        /// <summary>More flash steps than one list takes: write, commit, and what was waiting before it.</summary>
        public const int StepsOfOneList = 64;

        /// <summary>Grace of "not before" while the clock is proven: phones and servers disagree by minutes.</summary>
        public const int NotBeforeGraceS = 600;

        /// <summary>
        /// Grace of "not before" after a reboot, until the clock is proven: the power may have been off for a day, and a late clock
        /// alone must not lock out a valid guest (PROTOCOL.md section 5).
        /// </summary>
        public const int NotBeforeGraceRestoredS = 86400;

        /// <summary>More boots than this since the server last proved the time, and the clock counts as unknown.</summary>
        public const int BootsWithoutProof = 16;

        /// <summary>One part in so many is the most that a board's crystal runs fast: 100 ppm, ten times what the ESP32's asks of it.</summary>
        public const int ClockErrorParts = 10000;

        /// <summary>All credentials together move the time floor by at most 7 days between two proofs under the door key.</summary>
        public const int CredentialAdvanceS = 7 * 86400;

        /// <summary>The time floor is saved once it is so far ahead of flash, whatever moved it: what a power cut may cost it, 15 min.</summary>
        public const int TimeSaveS = 900;

        /// <summary>A flash step is done at least so often, whatever frames wait.</summary>
        public const int FlashStepMs = 250;

        /// <summary>Flash that refused a write is tried again after so long.</summary>
        public const int FlashRetryMs = 60000;

        /// <summary>
        /// Records in the stage of the audit trail: with their CRC 288 bytes, which littlefs keeps inside its metadata (512 bytes at most).
        /// A divisor of the 128 records of a segment.
        /// </summary>
        public const int AuditStageRecords = 8;

        /// <summary>A queued record waits so long for another one to share the write with.</summary>
        public const int AuditQueueMs = 10000;

        /// <summary>So many acknowledged records are worth a write of their own.</summary>
        public const int AuditAcknowledgedUnsaved = 32;

        /// <summary>Keys that form 2 of a list names at most.</summary>
        public const int ScatteredKeys = 1024;

        /// <summary>So many of them are read in one turn of the loop: as much work as a bitmap of the whole window.</summary>
        public const int ScatteredKeysOfAStep = 128;

        /// <summary>Repeats of a thing become one record after so long, 15 min; then after twice as long each time.</summary>
        public const int AuditAggregateS = 900;

        /// <summary>Longest wait for the record of repeats: 24 h.</summary>
        public const int AuditAggregateMaxS = 86400;

        /// <summary>Records at once that no grant, opening or alarm is the cause of; one more may follow each hour.</summary>
        public const int AuditRoutineBurst = 24;

        /// <summary>Refused keys that are counted each by itself; further ones are counted together.</summary>
        public const int AuditRefusedKeys = 8;
    }
}
