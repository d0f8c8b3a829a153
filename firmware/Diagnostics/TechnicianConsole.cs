#nullable enable
using System.Text;
using DoorController.Hal;

namespace DoorController.Diagnostics
{
    /// <summary>
    /// The technician's console. Each Poll takes a few bytes, or makes one line, or sends a few bytes of it, so that the longest log never
    /// delays an unlock. It tells no secret and asks for none; what is dangerous needs an answer that only a holder of the technician
    /// sub-key can make.
    /// </summary>
    public sealed class TechnicianConsole
    {
        /// <summary>What stands before the cursor when a line is wanted; tools wait for it.</summary>
        public const string Prompt = "> ";

        private readonly ISerial _serial;
        private readonly ConsoleCommands _commands;
        private readonly LineEditor _editor = new LineEditor();
        private readonly byte[] _input = new byte[Limits.ConsoleInputBytes];
        private byte[] _output;
        private int _sent;
        private int _inputCount;
        private int _inputAt;
        private bool _isRunning;

        /// <summary>A console that greets.</summary>
        /// <param name="door">The door it looks at; what is wrong with its settings comes with the greeting.</param>
        public TechnicianConsole(Door door, Board board)
        {
            _serial = board.Serial;
            _commands = new ConsoleCommands(door, board);
            string fault = door.Settings.SafeReason;
            _output = Encoding.UTF8.GetBytes("\r\ndoor controller " + Firmware.VersionText + ", type help\r\n"
                + (fault.Length > 0 ? "SAFE STATE, opens for nobody: " + fault + "\r\n" : "") + Prompt);
        }

        /// <summary>Sends what waits; else goes on with the command; else takes input.</summary>
        public void Poll(long nowMs)
        {
            if (_sent < _output.Length)
            {
                int left = _output.Length - _sent;
                _sent += _serial.Write(_output, _sent, left < Limits.ConsoleOutputBytes ? left : Limits.ConsoleOutputBytes);
            }
            else if (_isRunning)
            {
                string? line = _commands.Next(nowMs);
                _isRunning = line != null;
                Send(line == null ? Prompt : line.Length > 0 ? line + "\r\n" : "");
            }
            else
            {
                TakeInput(nowMs);
            }
        }

        /// <summary>Takes bytes up to the end of a line; what is behind it waits until the command is done.</summary>
        private void TakeInput(long nowMs)
        {
            if (_inputAt == _inputCount)
            {
                _inputCount = _serial.Read(_input);
                _inputAt = 0;
            }

            // Nothing in almost every pass. The device's Encoding allocates even for an empty text: 156 bytes, a garbage collection every few seconds.
            if (_inputAt < _inputCount)
            {
                Send(TakeLine(nowMs));
            }
        }

        /// <returns>What to echo.</returns>
        private string TakeLine(long nowMs)
        {
            string echoes = "";
            while (_inputAt < _inputCount && !_isRunning)
            {
                string? line = _editor.Add(_input[_inputAt++], out string echo);
                echoes += echo;
                if (line != null)
                {
                    _commands.Begin(line, nowMs);
                    _isRunning = true;
                }
            }

            return echoes;
        }

        private void Send(string text)
        {
            _output = Encoding.UTF8.GetBytes(text);
            _sent = 0;
        }
    }
}
