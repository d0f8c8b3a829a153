using System.Text;

namespace DoorController.Sim;

/// <summary>A line that grows key by key, with a history, and never waits: the door lives on while somebody types.</summary>
internal sealed class KeyLine
{
    private const int MaxHistory = 100;
    private const int MaxLength = 120;
    private const char CtrlC = '\u0003';
    private const char CtrlD = '\u0004';
    private readonly List<string> _history = [];
    private readonly StringBuilder _line = new();
    private int _at;

    /// <summary>What was typed so far.</summary>
    public string Text => _line.ToString();

    /// <summary>True for the keys that end a program: Ctrl-C, and Ctrl-D where nothing is typed.</summary>
    public bool Ends(ConsoleKeyInfo key) => key.KeyChar == CtrlC || (key.KeyChar == CtrlD && _line.Length == 0);

    /// <summary>Takes one key.</summary>
    /// <returns>The line when Enter ended it; else null.</returns>
    public string? Add(ConsoleKeyInfo key)
    {
        switch (key.Key)
        {
            case ConsoleKey.Enter:
                return Finish();
            case ConsoleKey.UpArrow:
                Recall(_at - 1);
                break;
            case ConsoleKey.DownArrow:
                Recall(_at + 1);
                break;
            case ConsoleKey.Escape:
                _line.Clear();
                break;
            case ConsoleKey.Backspace when _line.Length > 0:
                _line.Length--;
                break;
            default:
                if (!char.IsControl(key.KeyChar) && _line.Length < MaxLength)
                {
                    _line.Append(key.KeyChar);
                }

                break;
        }

        return null;
    }

    private string Finish()
    {
        string line = _line.ToString().Trim();
        _line.Clear();
        if (line.Length > 0 && (_history.Count == 0 || _history[^1] != line))
        {
            _history.Add(line);
            if (_history.Count > MaxHistory)
            {
                _history.RemoveAt(0);
            }
        }

        _at = _history.Count;
        return line;
    }

    private void Recall(int at)
    {
        if (at >= 0 && at <= _history.Count)
        {
            _at = at;
            _line.Clear().Append(at < _history.Count ? _history[at] : string.Empty);
        }
    }
}
