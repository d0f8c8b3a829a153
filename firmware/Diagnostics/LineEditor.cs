#nullable enable
using System.Text;

namespace DoorController.Diagnostics
{
    /// <summary>One line of input with an echo that the dumbest terminal survives: backspace, Ctrl-U, Ctrl-C; escape sequences are ignored.</summary>
    public sealed class LineEditor
    {
        private const byte CtrlC = 3;
        private const byte CtrlU = 21;
        private const byte Escape = 27;
        private const byte Delete = 127;

        private readonly byte[] _line = new byte[Limits.ConsoleLineBytes];
        private int _length;
        private int _escape;
        private bool _wasReturn;

        /// <summary>Takes one byte.</summary>
        /// <param name="echo">What to send back, possibly nothing.</param>
        /// <returns>The line without spaces at its ends, once it is complete; an empty one after Ctrl-C. Else null.</returns>
        public string? Add(byte input, out string echo)
        {
            echo = "";
            bool second = input == '\n' && _wasReturn;
            _wasReturn = input == '\r';
            if (second || IsInEscape(input))
            {
                return null;
            }

            return Take(input, out echo);
        }

        private string? Take(byte input, out string echo)
        {
            switch (input)
            {
                case (byte)'\r':
                case (byte)'\n':
                    return Complete("\r\n", out echo);
                case CtrlC:
                    _length = 0;
                    return Complete("^C\r\n", out echo);
                case CtrlU:
                    echo = "\r> " + new string(' ', _length) + "\r> ";
                    _length = 0;
                    return null;
                default:
                    echo = input == '\b' || input == Delete ? Erase() : Store(input);
                    return null;
            }
        }

        private string Erase()
        {
            if (_length == 0)
            {
                return "";
            }

            _length--;
            return "\b \b";
        }

        /// <summary>Swallows ESC, an optional '[' or 'O', and what follows up to a letter.</summary>
        private bool IsInEscape(byte input)
        {
            if (input == Escape)
            {
                _escape = 1;
                return true;
            }

            if (_escape == 0)
            {
                return false;
            }

            bool opens = _escape == 1 && (input == '[' || input == 'O');
            bool goesOn = _escape > 1 && input < '@' && input >= ' ' && _escape < Limits.ConsoleLineBytes;
            _escape = opens || goesOn ? _escape + 1 : 0;
            return true;
        }

        private string Store(byte input)
        {
            if (input < ' ' || input > '~')
            {
                return "";
            }

            if (_length == _line.Length)
            {
                return "\a";
            }

            _line[_length++] = input;
            return Encoding.UTF8.GetString(_line, _length - 1, 1);
        }

        private string Complete(string end, out string echo)
        {
            echo = end;
            string line = _length == 0 ? "" : Encoding.UTF8.GetString(_line, 0, _length).Trim();
            _length = 0;
            return line;
        }
    }
}
