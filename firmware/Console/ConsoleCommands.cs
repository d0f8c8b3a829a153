#nullable enable
using DoorController.Hal;

namespace DoorController
{
    /// <summary>Runs one command at a time, one line of output a call, so that the loop goes on between lines.</summary>
    public sealed class ConsoleCommands
    {
        private const string HelpText =
            "status           how the door is, in short\n" +
            "door             strike, contacts, settings\n" +
            "keys             scopes, lists, what is lost\n" +
            "log [N]          audit trail: the newest, or from record N on\n" +
            "time             floor, estimate, quality\n" +
            "net              network\n" +
            "sync             last exchange with the key server\n" +
            "radio            Bluetooth\n" +
            "heap             free memory\n" +
            "explain N        what the lists say of key number N\n" +
            "selftest         pins, flash, random, cryptography, radio, network\n" +
            "strike [ANSWER]  energise the strike; asks for an answer to a challenge\n" +
            "reboot [ANSWER]  restart the board; the same";

        private readonly Door _door;
        private readonly Board _board;
        private readonly ConsoleReports _reports;
        private readonly SelfTest _selfTest;
        private readonly TechnicianProof _technician;
        private string[] _words = new string[0];
        private string[] _help = new string[0];
        private int _step;

        /// <summary>Commands of one door.</summary>
        public ConsoleCommands(Door door, Board board)
        {
            _door = door;
            _board = board;
            _reports = new ConsoleReports(door, board);
            _selfTest = new SelfTest(door, board);
            _technician = new TechnicianProof(board, door.Memory.Keyring);
        }

        /// <summary>Starts a line; an empty one does nothing.</summary>
        public void Begin(string line, long nowMs)
        {
            _words = line.Split(' ');
            _step = 0;
        }

        /// <summary>The next line of output.</summary>
        /// <returns>Null when the command is done.</returns>
        public string? Next(long nowMs)
        {
            int step = _step++;
            switch (_words[0])
            {
                case "":
                    return null;
                case "help":
                    return Help(step);
                case "selftest":
                    return _selfTest.Line(step);
                case "strike":
                    return step > 0 ? null : Dangerous(TechnicianProof.CommandStrike, nowMs);
                case "reboot":
                    return step > 0 ? null : Dangerous(TechnicianProof.CommandReboot, nowMs);
                default:
                    return Report(step, nowMs);
            }
        }

        private string? Report(int step, long nowMs)
        {
            uint number = 0;
            bool hasNumber = _words.Length == 2 && Text.TryNumber(_words[1], out number);
            if ((_words.Length == 2 && !hasNumber) || _words.Length > 2 || (_words[0] == "explain" && !hasNumber))
            {
                return step > 0 ? null : _words[0] + ": wanted a number from 0 to 4294967295, as in \"" + _words[0] + " 5\"";
            }

            switch (_words[0])
            {
                case "status":
                    return _reports.Status(step, nowMs);
                case "door":
                    return _reports.DoorLines(step, nowMs);
                case "keys":
                    return _reports.Keys(step);
                case "log":
                    return _reports.Log(step, hasNumber, number);
                case "time":
                    return _reports.Time(step);
                case "net":
                    return _reports.Net(step);
                case "sync":
                    return _reports.Sync(step, nowMs);
                case "radio":
                    return _reports.Radio(step);
                case "heap":
                    return _reports.Heap(step);
                case "explain":
                    return _reports.Explain(step, number);
                default:
                    return step > 0 ? null : "no command \"" + _words[0] + "\": type help";
            }
        }

        private string? Help(int step)
        {
            if (step == 0)
            {
                _help = HelpText.Split('\n');
            }

            return step < _help.Length ? _help[step] : null;
        }

        private string Dangerous(int command, long nowMs)
        {
            string name = _words[0];
            int locked = _technician.SecondsLocked(nowMs);
            if (locked > 0)
            {
                return name + ": locked after wrong answers, try again in " + locked.ToString() + " s";
            }

            if (!_door.Memory.Keyring.HasKeys)
            {
                return name + ": this door has no keys, so nobody can prove anything; provision it";
            }

            if (_words.Length != 2)
            {
                return "challenge " + _technician.Challenge(command, nowMs) + " of door " + _door.Memory.Keyring.DoorId.ToString()
                    + ": type \"" + name + " ANSWER\" within 5 min (tools/flash respond makes it)";
            }

            if (!_technician.IsRight(command, _words[1].ToLower(), nowMs))
            {
                return name + ": wrong answer, or none was asked for; type \"" + name + "\" for a new challenge";
            }

            if (command == TechnicianProof.CommandReboot)
            {
                _door.Supervisor.AskReboot(RebootReason.Technician);
                return "rebooting";
            }

            int floors = (1 << _board.Floors.Count) - 1;
            return _door.Open(AuditEvent.Technician, floors, nowMs) ? "strike energised" : "strike: did not take the pulse, see selftest";
        }
    }
}
