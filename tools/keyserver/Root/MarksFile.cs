using System.Globalization;
using System.Text;

namespace DoorController.KeyServer;

/// <summary>
/// The file of marks beside the site root: a line for each mark, with a CRC-32, appended and durable before anybody hears of the
/// change. A torn last line was never acknowledged and is passed over; a bad line before it stops the server.
/// </summary>
internal sealed class MarksFile : IDisposable
{
    private const string FirstWord = "marks1";
    private readonly Dictionary<(string Kind, string Id), Mark> _marks = [];
    private readonly string _path;
    private FileStream? _stream;
    private int _lines;

    private MarksFile(string path) => _path = path;

    /// <summary>Highest change that the file knows.</summary>
    public long Change { get; private set; }

    /// <summary>Fingerprint of the site that the marks belong to; null in a file without any.</summary>
    public string? Fingerprint { get; private set; }

    /// <summary>All marks, in no order.</summary>
    public IReadOnlyCollection<Mark> All => _marks.Values;

    /// <summary>Reads a file; without one there are no marks.</summary>
    public static MarksFile Open(string path)
    {
        MarksFile file = new(path);
        if (File.Exists(path))
        {
            OwnerFile.CheckOwnerOnly(path);
            file.Load(File.ReadAllBytes(path));
        }

        return file;
    }

    /// <summary>Adds marks, durably.</summary>
    /// <param name="fingerprint">Of the site.</param>
    /// <param name="change">Every mark up to this change is among those known or given.</param>
    public void Append(string fingerprint, IReadOnlyList<Mark> marks, long change, long nowS)
    {
        if (_stream == null || _lines > 1000 + (4 * _marks.Count))
        {
            Rewrite(fingerprint, nowS);
        }

        StringBuilder text = new();
        foreach (Mark mark in marks)
        {
            Keep(mark);
            text.Append(Line(mark));
        }

        Change = Math.Max(Change, change);
        text.Append(Line(new Mark("change", "site", Change, 0, Change)));
        _lines += marks.Count + 1;
        _stream!.Write(Encoding.ASCII.GetBytes(text.ToString()));
        _stream.Flush(flushToDisk: true);
    }

    /// <inheritdoc/>
    public void Dispose() => _stream?.Dispose();

    private static string Line(Mark mark)
    {
        string body = string.Create(CultureInfo.InvariantCulture, $"{mark.Kind} {mark.Id} {mark.Value} {mark.UntilS} {mark.Change}");
        return $"{body} {Crc(body)}\n";
    }

    private static string Crc(string body) =>
        System.IO.Hashing.Crc32.HashToUInt32(Encoding.ASCII.GetBytes(body)).ToString("x8", CultureInfo.InvariantCulture);

    /// <summary>Marks whose time is over are left out.</summary>
    private void Rewrite(string fingerprint, long nowS)
    {
        _stream?.Dispose();
        Fingerprint = fingerprint;
        foreach ((string, string) key in _marks.Where(m => m.Value.UntilS != 0 && m.Value.UntilS < nowS).Select(m => m.Key).ToArray())
        {
            _marks.Remove(key);
        }

        StringBuilder text = new($"{FirstWord} {fingerprint}\n");
        text.AppendJoin(string.Empty, _marks.Values.Select(Line));
        text.Append(Line(new Mark("change", "site", Change, 0, Change)));
        OwnerFile.Replace(_path, Encoding.ASCII.GetBytes(text.ToString()));
        _lines = _marks.Count + 1;
        _stream = OwnerFile.Open(_path, FileMode.Append);
    }

    private void Load(byte[] bytes)
    {
        string[] lines = Encoding.ASCII.GetString(bytes).Split('\n');
        if (!lines[0].StartsWith(FirstWord + " ", StringComparison.Ordinal))
        {
            throw Bad(1);
        }

        Fingerprint = lines[0][(FirstWord.Length + 1)..];
        for (int i = 1; i < lines.Length - 1; i++)
        {
            Keep(Parse(lines[i]) ?? throw Bad(i + 1));
        }
    }

    private void Keep(Mark mark)
    {
        if (mark.Kind == "change")
        {
            Change = Math.Max(Change, mark.Value);
        }
        else if (!_marks.TryGetValue((mark.Kind, mark.Id), out Mark? known) || known.Value <= mark.Value)
        {
            _marks[(mark.Kind, mark.Id)] = mark;
        }
    }

    private static Mark? Parse(string line)
    {
        string[] words = line.Split(' ');
        return words.Length == 6
            && words[5] == Crc(string.Join(' ', words, 0, 5))
            && long.TryParse(words[2], NumberStyles.Integer, CultureInfo.InvariantCulture, out long value)
            && long.TryParse(words[3], NumberStyles.Integer, CultureInfo.InvariantCulture, out long until)
            && long.TryParse(words[4], NumberStyles.Integer, CultureInfo.InvariantCulture, out long change)
            ? new Mark(words[0], words[1], value, until, change)
            : null;
    }

    private KeyServerException Bad(int line) =>
        new($"{_path} is damaged in line {line}", "put the backup of it there, or keep it and run restore with a copy of the rest");
}
