using DoorController.Hal;
using DoorController.Wire;

namespace DoorController.Diagnostics
{
    /// <summary>The commands strike and reboot: they give a challenge, and act on the right answer to it only.</summary>
    public sealed class DangerousCommands
    {
        private readonly Door _door;
        private readonly Board _board;
        private readonly TechnicianProof _technician;
        private bool _rebootDue;

        /// <summary>Dangerous commands of one door; reads how many answers were wrong before the last boot.</summary>
        public DangerousCommands(Door door, Board board)
        {
            _door = door;
            _board = board;
            _technician = new TechnicianProof(board, door.Memory.Keyring);
        }

        /// <summary>Gives a challenge, or judges an answer and acts.</summary>
        /// <param name="command">One of the commands of <see cref="TechnicianProof"/>.</param>
        /// <param name="name">Its name on the console.</param>
        /// <param name="answer">Empty to ask for a challenge.</param>
        /// <returns>One line.</returns>
        public string Run(int command, string name, string answer, long nowMs)
        {
            if (!_door.Memory.Keyring.HasKeys)
            {
                return name + ": this door has no keys, so nobody can prove anything; provision it";
            }

            int locked = _technician.SecondsLocked(nowMs);
            if (locked > 0)
            {
                return name + ": locked after wrong answers, try again in " + locked.ToString() + " s";
            }

            return answer.Length == 0
                ? "challenge: " + _technician.Challenge(command, nowMs) + ", good for 5 min; type \"" + name + " ANSWER\""
                : Judge(command, name, answer, nowMs);
        }

        /// <summary>Does what can be done only once the line was sent.</summary>
        public void Finish()
        {
            if (_rebootDue)
            {
                _rebootDue = false;
                _door.Supervisor.AskReboot(RebootReason.Technician);
            }
        }

        private string Judge(int command, string name, string answer, long nowMs)
        {
            switch (_technician.Judge(command, answer, nowMs))
            {
                case ProofOutcome.Right:
                    return Act(command);
                case ProofOutcome.NoChallenge:
                    return name + ": no challenge stands; type \"" + name + "\" for one";
                case ProofOutcome.FlashFails:
                    return name + ": flash does not take the count of tries, so none is judged; see selftest";
                default:
                    _door.Memory.Audit.Repeats.TechnicianRefused(command);
                    return name + ": wrong answer; wait " + _technician.SecondsLocked(nowMs).ToString() + " s";
            }
        }

        private string Act(int command)
        {
            if (command == TechnicianCommand.Reboot)
            {
                _rebootDue = true;
                return "rebooting once the strike is released";
            }

            if (_door.Settings.IsSafeState)
            {
                return "strike: the settings are bad, so this door opens for nobody; see status";
            }

            int floors = (1 << _board.Floors.Count) - 1;
            return _door.Opener.Open(AuditEvent.Technician, floors, _board.Clock.NowMs)
                ? "strike energised for " + _door.Strike.RemainingMs(_board.Clock.NowMs).ToString() + " ms"
                : "strike: did not take the pulse, see selftest";
        }
    }
}
