using System.Globalization;
using System.Text;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Root;

/// <summary>
/// The file of marks beside the site root: a line for each mark, with a CRC-32, appended and durable before anybody hears of the
/// change. A torn last line was never acknowledged and is passed over; a bad line before it stops the server. Each process beside the
/// same root has a file of its own, the second one with the ending .2 and so on, and reads all of them when it starts.
/// </summary>
internal sealed class MarksFile : IDisposable
{
    private const string FirstWord = "marks1";
    private const int MaxProcesses = 16;
    private readonly Dictionary<(string Kind, string Id), Mark> _marks = [];
    private readonly string _path;
    private readonly FileStream _lock;
    private FileStream? _stream;
    private int _lines;

    private MarksFile(string path, FileStream held)
    {
        _path = path;
        _lock = held;
    }

    /// <summary>Highest change that the file knows.</summary>
    public long Change { get; private set; }

    /// <summary>Fingerprint of the site that the marks belong to; null in a file without any.</summary>
    public string? Fingerprint { get; private set; }

    /// <summary>All marks, in no order.</summary>
    public IReadOnlyCollection<Mark> All => _marks.Values;

    /// <summary>Reads all files there are, and takes the first that no other process has.</summary>
    /// <exception cref="KeyServerException">A file is damaged, others can read it, or all are taken.</exception>
    public static MarksFile Open(string path)
    {
        MarksFile file = Take(path);
        try
        {
            foreach (string present in Enumerable.Range(1, MaxProcesses).Select(i => Name(path, i)).Where(File.Exists))
            {
                OwnerFile.CheckOwnerOnly(present);
                file.Load(present, File.ReadAllBytes(present));
            }
        }
        catch
        {
            file.Dispose();
            throw;
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
    public void Dispose()
    {
        _stream?.Dispose();
        _lock.Dispose();
    }

    private static string Name(string path, int process) =>
        process == 1 ? path : string.Create(CultureInfo.InvariantCulture, $"{path}.{process}");

    private static MarksFile Take(string path)
    {
        for (int process = 1; process <= MaxProcesses; process++)
        {
            string name = Name(path, process);
            try
            {
                return new MarksFile(name, OwnerFile.Hold(name + ".lock"));
            }
            catch (IOException) when (process < MaxProcesses)
            {
                // Another process has it.
            }
        }

        throw new KeyServerException($"{MaxProcesses} processes use {path}", "stop some, or give each machine a copy of the site root");
    }

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

    private void Load(string path, byte[] bytes)
    {
        string[] lines = Encoding.ASCII.GetString(bytes).Split('\n');
        if (!lines[0].StartsWith(FirstWord + " ", StringComparison.Ordinal))
        {
            throw Bad(path, 1);
        }

        string fingerprint = lines[0][(FirstWord.Length + 1)..];
        if (Fingerprint != null && Fingerprint != fingerprint)
        {
            throw new KeyServerException($"{path} is of another site than the file before it", "put the file there that belongs to this root");
        }

        Fingerprint = fingerprint;
        for (int i = 1; i < lines.Length - 1; i++)
        {
            Keep(Parse(lines[i]) ?? throw Bad(path, i + 1));
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

    private static KeyServerException Bad(string path, int line) =>
        new($"{path} is damaged in line {line}", "put the backup of it there, or keep it and run restore with a copy of the rest");
}
