using System;
using System.Collections.Generic;
using System.Text;

namespace DoorController.Flash.Console
{
    /// <summary>
    /// What each key of the user's terminal is on the door's console. The door's own editor knows backspace and Ctrl-U; lines that were typed
    /// before come back with the arrows from here.
    /// </summary>
    internal sealed class Keystrokes
    {
        private const byte Delete = 0x7F;
        private const char CtrlC = '\u0003';
        private const char CtrlU = '\u0015';
        private const int MaxHistory = 50;

        private readonly List<string> _history = [];
        private readonly StringBuilder _line = new();
        private int _at;

        /// <summary>Takes one key.</summary>
        /// <returns>What to send; nothing for a key that means nothing there.</returns>
        public byte[] Take(ConsoleKeyInfo key)
        {
            switch (key.Key)
            {
                case ConsoleKey.Enter:
                    Remember();
                    return "\r"u8.ToArray();
                case ConsoleKey.Backspace or ConsoleKey.Delete:
                    _line.Length = Math.Max(0, _line.Length - 1);
                    return [Delete];
                case ConsoleKey.UpArrow:
                    return Recall(_at - 1);
                case ConsoleKey.DownArrow:
                    return Recall(_at + 1);
                case ConsoleKey.LeftArrow:
                    return "\u001b[D"u8.ToArray();
                case ConsoleKey.RightArrow:
                    return "\u001b[C"u8.ToArray();
                default:
                    return Type(key.KeyChar);
            }
        }

        private byte[] Type(char c)
        {
            if (c is '\b' or (char)Delete)
            {
                _line.Length = Math.Max(0, _line.Length - 1);
                return [Delete];
            }

            if (c is CtrlC or CtrlU)
            {
                _line.Clear();
            }
            else if (c is >= ' ' and <= '~')
            {
                _line.Append(c);
            }

            return c is > '\0' and <= '~' ? [(byte)c] : [];
        }

        private void Remember()
        {
            if (_line.Length > 0)
            {
                _history.Add(_line.ToString());
                _line.Clear();
            }

            if (_history.Count > MaxHistory)
            {
                _history.RemoveAt(0);
            }

            _at = _history.Count;
        }

        private byte[] Recall(int at)
        {
            if (at < 0 || at > _history.Count)
            {
                return [];
            }

            _at = at;
            _line.Clear().Append(at < _history.Count ? _history[at] : string.Empty);
            return Encoding.ASCII.GetBytes(CtrlU + _line.ToString());
        }
    }
}
