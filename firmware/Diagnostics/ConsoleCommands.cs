#nullable enable
using DoorController.Hal;
using DoorController.Wire;

namespace DoorController.Diagnostics
{
    /// <summary>Runs one command at a time, one line of output a call, so that the loop goes on between lines.</summary>
    public sealed class ConsoleCommands
    {
        private const string HelpText =
            "status           how the door is, in short, and what to do about it\n" +
            "door             id, strike, contacts, settings\n" +
            "keys             scopes, lists, what is lost\n" +
            "log [N]          audit trail: the newest page, or the one from record N on\n" +
            "time             floor, latest, quality\n" +
            "net              network\n" +
            "sync             last exchange with the key server\n" +
            "radio            Bluetooth\n" +
            "heap             free memory\n" +
            "explain N        verdict on key number N, and which check would refuse it\n" +
            "selftest         pins, flash, random, cryptography, radio, network\n" +
            "strike [ANSWER]  energise the strike; asks for an answer to a challenge\n" +
            "reboot [ANSWER]  restart the board; the same";

        private readonly ConsoleReports _reports;
        private readonly ConsoleLog _log;
        private readonly Explanation _explanation;
        private readonly SelfTest _selfTest;
        private readonly DangerousCommands _dangerous;
        private string _command = "";
        private string _argument = "";
        private int _step;

        /// <summary>Commands of one door.</summary>
        public ConsoleCommands(Door door, Board board)
        {
            _reports = new ConsoleReports(door, board);
            _log = new ConsoleLog(door.Memory.Audit);
            _explanation = new Explanation(door, board.Floors.Count);
            _selfTest = new SelfTest(door, board);
            _dangerous = new DangerousCommands(door, board);
        }

        /// <summary>Starts a line: a command in any case and at most one argument. An empty line does nothing.</summary>
        public void Begin(string line, long nowMs)
        {
            _command = "";
            _argument = "";
            _step = 0;
            string[] words = line.ToLower().Split(' ');
            for (int i = 0; i < words.Length; i++)
            {
                if (words[i].Length > 0 && _command.Length == 0)
                {
                    _command = words[i];
                }
                else if (words[i].Length > 0)
                {
                    // A second argument spoils the first, so that it is refused and not passed over.
                    _argument += _argument.Length == 0 ? words[i] : " " + words[i];
                }
            }
        }

        /// <summary>The next line of output.</summary>
        /// <returns>Null when the command is done; empty when there is nothing to say yet.</returns>
        public string? Next(long nowMs)
        {
            int step = _step++;
            switch (_command)
            {
                case "strike":
                    return Dangerous(step, TechnicianCommand.Strike, nowMs);
                case "reboot":
                    return Dangerous(step, TechnicianCommand.Reboot, nowMs);
                case "log":
                case "explain":
                    return Numbered(step);
                default:
                    return _argument.Length > 0 ? Refuse(step, _command + ": wanted no argument") : Plain(step, nowMs);
            }
        }

        private string? Dangerous(int step, int command, long nowMs)
        {
            if (step == 0)
            {
                return _dangerous.Run(command, _command, _argument, nowMs);
            }

            _dangerous.Finish();
            return null;
        }

        private string? Numbered(int step)
        {
            bool hasNumber = LineText.TryNumber(_argument, out uint number);
            if (!hasNumber && (_argument.Length > 0 || _command == "explain"))
            {
                return Refuse(step, _command + ": wanted a number from 0 to 4294967295, as in \"" + _command + " 5\"");
            }

            return _command == "log" ? _log.Line(step, hasNumber, number) : _explanation.Line(step, number);
        }

        private string? Plain(int step, long nowMs)
        {
            switch (_command)
            {
                case "":
                    return null;
                case "help":
                    return Help(step);
                case "status":
                    return _reports.Status(step, nowMs);
                case "door":
                    return _reports.DoorLines(step, nowMs);
                case "keys":
                    return _reports.Keys(step);
                case "selftest":
                    return _selfTest.Line(step == 0, nowMs);
                default:
                    return Board(step, nowMs);
            }
        }

        private string? Board(int step, long nowMs)
        {
            switch (_command)
            {
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
                default:
                    return Refuse(step, "no command \"" + _command + "\": type help");
            }
        }

        private static string? Help(int step)
        {
            string[] lines = HelpText.Split('\n');
            return step < lines.Length ? lines[step] : null;
        }

        private static string? Refuse(int step, string line)
        {
            return step > 0 ? null : line;
        }
    }
}
