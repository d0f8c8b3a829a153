#nullable enable
using DoorController.Hal;

namespace DoorController
{
    /// <summary>The commands that only tell. Each method gives line 0, 1, … and null behind the last.</summary>
    public sealed class ConsoleReports
    {
        private readonly Door _door;
        private readonly Board _board;
        private readonly byte[] _record = new byte[AuditRecord.Length];
        private uint _logNext;

        /// <summary>Reports of one door.</summary>
        public ConsoleReports(Door door, Board board)
        {
            _door = door;
            _board = board;
        }

        /// <summary>Command status.</summary>
        public string? Status(int step, long nowMs)
        {
            DoorMemory memory = _door.Memory;
            switch (step)
            {
                case 0:
                    return "door " + memory.Keyring.DoorId.ToString() + " \"" + memory.Keyring.Name + "\", up "
                        + (nowMs / 1000).ToString() + " s, last verdict " + Verdict.Name(_door.LastVerdict);
                case 1:
                    return "keys " + (memory.Keyring.HasKeys ? "held, bundle " + memory.Keyring.Version.ToString() : "LOST: provision this board");
                case 2:
                    return "time " + Quality(memory.Time.Quality) + ", " + Text.Time(memory.Time.Estimate);
                case 3:
                    return "audit next " + memory.Audit.NextSequence.ToString() + ", acknowledged " + memory.Audit.Acknowledged.ToString()
                        + ", lost " + memory.Audit.Lost.ToString() + (memory.Audit.IsFailing ? ", FLASH DOES NOT TAKE IT" : "");
                case 4:
                    return "radio " + (_door.Supervisor.IsRadioOn ? "on" : "OFF") + ", network " + (_board.Network.IsUp ? "up" : "down")
                        + ", strike " + (_door.Strike.IsFaulty ? "FAULT" : "well");
                default:
                    return Scope(step - 5);
            }
        }

        /// <summary>Command door.</summary>
        public string? DoorLines(int step, long nowMs)
        {
            int inputs = _door.Monitor.Inputs;
            switch (step)
            {
                case 0:
                    return "strike " + (_door.Strike.RemainingMs(nowMs) > 0
                        ? "energised for " + _door.Strike.RemainingMs(nowMs).ToString() + " ms more" : "released")
                        + ", pulses since boot " + _door.Strike.Pulses.ToString() + ", hold " + _door.Settings.HoldMs.ToString() + " ms";
                case 1:
                    return "rex " + OnOff(inputs, Input.Rex) + ", door contact " + (_door.Settings.HasContact
                        ? (_door.Monitor.IsOpen ? "open" : "closed") : "not wired") + ", tamper " + OnOff(inputs, Input.Tamper)
                        + ", fire alarm " + OnOff(inputs, Input.FireAlarm);
                case 2:
                    return _door.Monitor.IsAlarm ? "ALARM: forced or held open" : "no alarm";
                case 3:
                    return _board.Floors.Count == 0 ? "a door" : "an elevator car with " + _board.Floors.Count.ToString() + " floors";
                default:
                    return null;
            }
        }

        /// <summary>Command keys.</summary>
        public string? Keys(int step)
        {
            return step == 0 && _door.Memory.Keyring.ScopeCount == 0 ? "no scopes: provision this board" : Scope(step);
        }

        /// <summary>Command log: the newest records, or those from a number on.</summary>
        public string? Log(int step, bool hasFrom, uint from)
        {
            AuditTrail audit = _door.Memory.Audit;
            if (step == 0)
            {
                uint newest = audit.NextSequence;
                _logNext = hasFrom ? from : newest > Limits.ConsoleLogRecords ? newest - Limits.ConsoleLogRecords : 1;
            }

            if (step == Limits.ConsoleLogRecords || audit.ReadPage(_logNext, _record, 0, 1) == 0)
            {
                return step == 0 ? "no records" : _logNext < audit.NextSequence && step == Limits.ConsoleLogRecords
                    ? "more: log " + _logNext.ToString() : null;
            }

            if (step > Limits.ConsoleLogRecords)
            {
                return null;
            }

            _logNext = Bytes.U32(_record, AuditRecord.SequenceOffset) + 1;
            return LogLine();
        }

        /// <summary>Command time.</summary>
        public string? Time(int step)
        {
            DoorTime time = _door.Memory.Time;
            switch (step)
            {
                case 0:
                    return "quality " + Quality(time.Quality) + ", boots since the last proof " + time.BootsSinceProof.ToString();
                case 1:
                    return "floor    " + Text.Time(time.Floor) + " UTC: it is at least this late";
                case 2:
                    return "estimate " + Text.Time(time.Estimate) + " UTC";
                default:
                    return null;
            }
        }

        /// <summary>Command net.</summary>
        public string? Net(int step)
        {
            return step > 0 ? null : "network " + (_board.Network.IsUp ? "up" : "down") + ", server " + (_door.Settings.HasServer ? "set" : "not set");
        }

        /// <summary>Command radio.</summary>
        public string? Radio(int step)
        {
            switch (step)
            {
                case 0:
                    return "radio " + (_door.Supervisor.IsRadioOn ? "on" : "OFF") + ", phone " + (_door.Link.IsActive ? "connected" : "none")
                        + ", sessions " + _door.Link.Session.ToString() + ", MTU " + _board.Ble.Mtu.ToString();
                case 1:
                    return "restarts " + _door.Supervisor.RadioRestarts.ToString() + ", shed " + _door.Supervisor.Shed.ToString()
                        + ", queue full " + _door.Link.Overflows.ToString() + ", last reboot " + RebootReason.Name(_door.Supervisor.LastReboot);
                default:
                    return null;
            }
        }

        /// <summary>Command heap.</summary>
        public string? Heap(int step)
        {
            return step > 0 ? null : "free bytes: managed " + _board.Power.FreeManagedBytes.ToString() + ", native " + _board.Power.FreeNativeBytes.ToString();
        }

        /// <summary>Command explain: what each scope's list says of a key number, and nothing secret.</summary>
        public string? Explain(int step, uint keyNumber)
        {
            DoorMemory memory = _door.Memory;
            if (step >= memory.Keyring.ScopeCount)
            {
                return step == 0 ? "this door has no keys: every credential is refused" : null;
            }

            int verdict = memory.KeyStore.IsListLost(step) ? Verdict.ListLost : memory.KeyStore.Judge(step, keyNumber);
            return "scope " + Text.Scope(memory.Keyring.ScopeId(step)) + " key " + keyNumber.ToString() + ": "
                + (verdict == Verdict.Granted ? "the list lets it pass" : "refused, " + Verdict.Name(verdict))
                + "; watermark " + memory.KeyStore.Watermark(step).ToString()
                + ", generations from " + memory.KeyStore.MinimumGeneration(step).ToString();
        }

        /// <summary>Command sync.</summary>
        public string? Sync(int step, long nowMs)
        {
            return step > 0 ? null : _door.Settings.HasServer ? _door.Sync.Describe(nowMs) : "sync: no server is set in door.json";
        }

        private string? Scope(int slot)
        {
            DoorMemory memory = _door.Memory;
            if (slot >= memory.Keyring.ScopeCount)
            {
                return null;
            }

            uint version = memory.KeyStore.ListVersion(slot);
            uint known = memory.NewestKnown(slot);
            return "scope " + Text.Scope(memory.Keyring.ScopeId(slot)) + " generation " + memory.Keyring.ScopeGeneration(slot).ToString()
                + " index " + memory.Keyring.DoorIndex(slot).ToString() + ": "
                + (memory.KeyStore.IsListLost(slot) ? "LIST LOST, opens for nobody" : "list " + Text.Time(version))
                + (known > version ? ", a newer one exists: " + Text.Time(known) : "");
        }

        private string LogLine()
        {
            int auditEvent = _record[AuditRecord.EventOffset];
            uint key = Bytes.U32(_record, AuditRecord.KeyNumberOffset);
            int verdict = _record[AuditRecord.VerdictOffset];
            return Bytes.U32(_record, AuditRecord.SequenceOffset).ToString() + " " + Text.Time(Bytes.U32(_record, AuditRecord.TimeOffset))
                + ((_record[AuditRecord.QualityOffset] & 3) == ClockQuality.Proven ? " " : " ? ") + AuditEvent.Name(auditEvent)
                + (verdict != 0 ? " " + Verdict.Name(verdict) : "")
                + (key != 0 ? " scope " + Text.Scope(Bytes.U24(_record, AuditRecord.ScopeOffset)) + " key " + key.ToString() : "")
                + ((_record[AuditRecord.QualityOffset] & AuditRecord.Aggregated) != 0
                    ? " " + Bytes.U32(_record, AuditRecord.ArgumentOffset).ToString() + " times" : "");
        }

        private static string Quality(int quality)
        {
            return quality == ClockQuality.Proven ? "proven" : quality == ClockQuality.Restored ? "restored" : "UNKNOWN";
        }

        private static string OnOff(int inputs, int bit)
        {
            return (inputs & bit) != 0 ? "active" : "idle";
        }
    }
}
