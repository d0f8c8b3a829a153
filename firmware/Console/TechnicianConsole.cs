#nullable enable
using System.Text;
using DoorController.Hal;

namespace DoorController
{
    /// <summary>
    /// The technician's console. Each Poll takes a few bytes and sends at most one line, so that the longest log never delays an
    /// unlock. It tells no secret and asks for none; what is dangerous needs an answer that only a holder of the technician sub-key can make.
    /// </summary>
    public sealed class TechnicianConsole
    {
        private readonly ISerial _serial;
        private readonly ConsoleCommands _commands;
        private readonly LineEditor _editor = new LineEditor();
        private readonly byte[] _input = new byte[Limits.ConsoleInputBytes];
        private byte[] _output;
        private int _sent;
        private bool _isRunning;

        /// <summary>A console that greets.</summary>
        public TechnicianConsole(ISerial serial, ConsoleCommands commands)
        {
            _serial = serial;
            _commands = commands;
            _output = Encoding.UTF8.GetBytes("\r\ndoor controller " + Firmware.VersionText + ", type help\r\n> ");
        }

        /// <summary>Sends what waits; else goes on with the command; else takes input.</summary>
        public void Poll(long nowMs)
        {
            if (_sent < _output.Length)
            {
                _sent += _serial.Write(_output, _sent, _output.Length - _sent);
            }
            else if (_isRunning)
            {
                string? line = _commands.Next(nowMs);
                _isRunning = line != null;
                Send(line == null ? "> " : line + "\r\n");
            }
            else
            {
                TakeInput(nowMs);
            }
        }

        private void TakeInput(long nowMs)
        {
            int count = _serial.Read(_input);
            string echoes = "";
            for (int i = 0; i < count && !_isRunning; i++)
            {
                string? line = _editor.Add(_input[i], out string echo);
                echoes += echo;
                if (line != null)
                {
                    // What came behind a line's end in the same breath is dropped: one paste never runs two commands.
                    _commands.Begin(line, nowMs);
                    _isRunning = true;
                }
            }

            if (echoes.Length > 0)
            {
                Send(echoes);
            }
        }

        private void Send(string text)
        {
            _output = Encoding.UTF8.GetBytes(text);
            _sent = 0;
        }
    }
}
