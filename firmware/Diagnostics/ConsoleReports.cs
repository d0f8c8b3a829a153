#nullable enable
using DoorController.Access;
using DoorController.Audit;
using DoorController.Hal;
using DoorController.Memory;
using DoorController.Radio;
using DoorController.Wire;

namespace DoorController.Diagnostics
{
    /// <summary>
    /// The commands that only tell. Each method gives line 0, 1, … and null behind the last; each line is a name, a colon and what there
    /// is to say, so that a tool can read it too.
    /// </summary>
    public sealed class ConsoleReports
    {
        private readonly Door _door;
        private readonly Board _board;

        /// <summary>Reports of one door.</summary>
        public ConsoleReports(Door door, Board board)
        {
            _door = door;
            _board = board;
        }

        /// <summary>The verdict of a door's last attempt in words; "none" when nobody tapped since boot.</summary>
        public static string LastAttempt(Door door)
        {
            return door.LastVerdict == Verdict.Pending ? "none" : Verdict.Name(door.LastVerdict);
        }

        /// <summary>Command status. Its first line says "state: ready" when and only when the door can do all of its work.</summary>
        public string? Status(int step, long nowMs)
        {
            DoorMemory memory = _door.Memory;
            switch (step)
            {
                case 0:
                    return "state: " + State();
                case 1:
                    return "to do: " + ToDo();
                case 2:
                    return "uptime: " + LineText.Duration(nowMs / 1000) + ", last attempt " + LastAttempt(_door);
                case 3:
                    return "time: " + Quality(memory.Time.Quality) + (memory.Time.Estimate == 0 ? "" : ", " + LineText.Time(memory.Time.Estimate) + " UTC");
                case 4:
                    return Trail(memory.Audit);
                case 5:
                    return "network: " + (_board.Network.IsUp ? "up" : "down");
                default:
                    return null;
            }
        }

        private static string Trail(AuditTrail audit)
        {
            return "audit: next " + audit.NextSequence.ToString() + ", acknowledged " + audit.Acknowledged.ToString() + ", lost " + audit.Lost.ToString();
        }

        /// <summary>Command door.</summary>
        public string? DoorLines(int step, long nowMs)
        {
            Keyring keyring = _door.Memory.Keyring;
            switch (step)
            {
                case 0:
                    return "id: " + keyring.DoorId.ToString();
                case 1:
                    return "name: " + keyring.Name;
                case 2:
                    return "bundle: " + keyring.Version.ToString();
                default:
                    return Wiring(step - 3, nowMs);
            }
        }

        private string? Wiring(int step, long nowMs)
        {
            switch (step)
            {
                case 0:
                    return Strike(_door.Strike.RemainingMs(nowMs));
                case 1:
                    return "contact: " + (_door.Settings.HasContact ? (_door.Monitor.IsOpen ? "open" : "closed") : "not wired")
                        + ", " + (_door.Monitor.IsAlarm ? "ALARM, forced or held open" : "no alarm");
                case 2:
                    return Inputs(_door.Monitor.Inputs);
                case 3:
                    return "kind: " + (_board.Floors.Count == 0 ? "door" : "elevator car, " + _board.Floors.Count.ToString() + " floors");
                default:
                    return null;
            }
        }

        private string Strike(int remainingMs)
        {
            return "strike: " + (remainingMs > 0 ? "energised for " + remainingMs.ToString() + " ms more" : "released")
                + ", pulses since boot " + _door.Strike.Pulses.ToString() + ", hold " + _door.Settings.HoldMs.ToString() + " ms";
        }

        private string Inputs(int inputs)
        {
            return "inputs: rex " + OnOff(inputs, Input.Rex) + (_door.Settings.HasRex ? "" : " (not used)") + ", tamper "
                + OnOff(inputs, Input.Tamper) + ", fire alarm " + OnOff(inputs, Input.FireAlarm);
        }

        /// <summary>Command keys: two lines a scope.</summary>
        public string? Keys(int step)
        {
            int slot = step / 2;
            if (slot >= _door.Memory.Keyring.ScopeCount)
            {
                return step == 0 ? "scopes: none, provision this board" : null;
            }

            return step % 2 == 0 ? Scope(slot) : List(slot);
        }

        /// <summary>Command time.</summary>
        public string? Time(int step)
        {
            DoorTime time = _door.Memory.Time;
            switch (step)
            {
                case 0:
                    return "quality: " + Quality(time.Quality) + ", boots since the last proof " + time.BootsSinceProof.ToString();
                case 1:
                    return "floor: " + (time.Floor == 0 ? "none, no server ever proved the time" : LineText.Time(time.Floor) + " UTC, it is at least this late");
                case 2:
                    return "latest: " + (time.Latest == 0 ? "none" : LineText.Time(time.Latest) + " UTC, "
                        + (time.Quality == ClockQuality.Proven ? "it is at most this late" : "if the power was never off"))
                        + (time.Conflict.Stands ? "; CLOCK CONFLICT, the server says " + LineText.Time(time.Conflict.Said) : "");
                default:
                    return null;
            }
        }

        /// <summary>Command net.</summary>
        public string? Net(int step)
        {
            return step > 0 ? null : "network: " + (_board.Network.IsUp ? "up" : "down") + ", server "
                + (_door.Settings.HasServer ? "set" : "not set in door.json");
        }

        /// <summary>Command sync.</summary>
        public string? Sync(int step, long nowMs)
        {
            return step > 0 ? null : _door.Settings.HasServer ? _door.Sync.Describe(nowMs) : "sync: no server is set in door.json";
        }

        /// <summary>Command radio.</summary>
        public string? Radio(int step)
        {
            Supervisor supervisor = _door.Supervisor;
            switch (step)
            {
                case 0:
                    return "radio: " + (supervisor.IsRadioOn ? "on" : "OFF") + ", phone " + (_door.Link.IsActive ? "connected" : "none")
                        + ", MTU " + _board.Ble.Mtu.ToString();
                case 1:
                    return "sessions: " + _door.Link.Session.ToString() + ", shed " + supervisor.Shed.ToString() + ", queue full "
                        + _door.Link.Overflows.ToString();
                case 2:
                    return "restarts: " + supervisor.RadioRestarts.ToString() + ", last reboot " + RebootReason.Name(supervisor.LastReboot)
                        + ", loop faults " + supervisor.Faults.ToString();
                default:
                    return null;
            }
        }

        /// <summary>Command heap.</summary>
        public string? Heap(int step)
        {
            return step > 0 ? null : "free bytes: managed " + _board.Power.FreeManagedBytes.ToString() + ", native "
                + _board.Power.FreeNativeBytes.ToString();
        }

        private string State()
        {
            return !_door.Memory.Keyring.HasKeys ? "keys lost"
                : _door.Settings.IsSafeState ? "settings bad"
                : IsFlashFailing ? "flash fault"
                : HasLostList() ? "list lost"
                : _door.Strike.IsFaulty ? "strike fault"
                : !_door.Supervisor.IsRadioOn ? "radio off"
                : _door.Monitor.IsForced ? "forced open"
                : _door.Monitor.IsAlarm ? "held open"
                : "ready";
        }

        private string ToDo()
        {
            return !_door.Memory.Keyring.HasKeys ? "provision this board (tools/flash provision)"
                : _door.Settings.IsSafeState ? _door.Settings.SafeReason + "; correct it, then tools/flash provision"
                : IsFlashFailing ? "selftest; replace the board if flash fails there"
                : HasLostList() ? "let it sync, or tap with a phone that was online; see keys"
                : _door.Strike.IsFaulty ? "selftest; check the driver's wiring"
                : !_door.Supervisor.IsRadioOn ? "wait 10 s; see radio"
                : _door.Monitor.IsAlarm ? "look at the door and close it; see log"
                : ToDoAtInputs();
        }

        /// <summary>Neither input keeps the door from its work, and each of them says something that should not stand.</summary>
        private string ToDoAtInputs()
        {
            return (_door.Monitor.Inputs & Input.FireAlarm) != 0 ? "fire alarm active, no opening counts as forced; end it, or fit the input's link"
                : (_door.Monitor.Inputs & Input.Tamper) != 0 ? "tamper active; close the housing, or fit the input's link"
                : "nothing";
        }

        private bool IsFlashFailing
        {
            get { return _door.Memory.Audit.IsFailing || _door.Memory.Time.IsFailing; }
        }

        private bool HasLostList()
        {
            return _door.Memory.ListLostBits() != 0;
        }

        private string Scope(int slot)
        {
            Keyring keyring = _door.Memory.Keyring;
            return "scope " + LineText.Scope(keyring.ScopeId(slot)) + ": generation " + keyring.ScopeGeneration(slot).ToString()
                + ", index " + keyring.DoorIndex(slot).ToString() + ", watermark " + _door.Memory.KeyStore.Watermark(slot).ToString();
        }

        private string List(int slot)
        {
            DoorMemory memory = _door.Memory;
            uint version = memory.KeyStore.ListVersion(slot);
            uint known = memory.NewestKnown(slot);
            return "  list: " + (memory.KeyStore.IsListLost(slot) ? "LOST, this scope opens for nobody" : LineText.Time(version))
                + (known > version ? "; a newer one exists, " + LineText.Time(known) : "");
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
