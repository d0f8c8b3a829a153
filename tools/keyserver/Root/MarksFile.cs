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
    private const string SiteId = "site";
    private const int MaxProcesses = 16;

    /// <summary>Room for the marks of changes that are under way when the disk gets full: 3,000 of them.</summary>
    private const int ReserveBytes = 256 * 1024;

    private readonly Dictionary<(string Kind, string Id), Mark> _marks = [];
    private readonly string _path;
    private readonly FileStream _lock;
    private FileStream? _stream;
    private bool _hasReserve;
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

    /// <summary>True when no file of marks was there.</summary>
    public bool IsNew { get; private set; } = true;

    /// <summary>Unix seconds up to which marks that are over were forgotten on purpose; null when none ever was.</summary>
    public long? PrunedS => _marks.TryGetValue((MarkKind.Pruned, SiteId), out Mark? pruned) ? pruned.Value : null;

    /// <summary>True when the marks of the next change will find room.</summary>
    public bool IsPrepared => _hasReserve && _stream != null;

    /// <summary>Names this process among all on the site, and again after a restart: its machine, and the file that it holds alone.</summary>
    public string ProcessName => string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName} {_lock.Name} {File.GetCreationTimeUtc(_lock.Name).Ticks}");

    private string Reserve => _path + ".reserve";

    /// <summary>Reads all files there are, and takes the first that no other process has.</summary>
    /// <param name="alone">No other process may have one.</param>
    /// <exception cref="KeyServerException">A file is damaged, others can read it, all are taken, or another process is there.</exception>
    public static MarksFile Open(string path, bool alone = false)
    {
        MarksFile file = Take(path);
        try
        {
            if (alone)
            {
                CheckAlone(file, path);
            }

            foreach (string present in Enumerable.Range(1, MaxProcesses).Select(i => Name(path, i)).Where(File.Exists))
            {
                OwnerFile.CheckOwnerOnly(present);
                file.Load(present, File.ReadAllBytes(present));
                file.IsNew = false;
            }
        }
        catch
        {
            file.Dispose();
            throw;
        }

        return file;
    }

    /// <summary>
    /// Makes sure that the marks of a change will find room, before the change: a change that is durable in the database and then not in here could neither
    /// be acknowledged nor refused truthfully.
    /// </summary>
    /// <param name="fingerprint">Of the site.</param>
    /// <exception cref="IOException">The disk is full, or has trouble.</exception>
    public void Prepare(string fingerprint)
    {
        if (!_hasReserve)
        {
            byte[] noise = System.Security.Cryptography.RandomNumberGenerator.GetBytes(ReserveBytes);
            OwnerFile.Replace(Reserve, noise);
            _hasReserve = true;
        }

        if (_stream == null)
        {
            Rewrite(fingerprint);
        }
    }

    /// <summary>Adds marks, durably.</summary>
    /// <param name="fingerprint">Of the site.</param>
    /// <param name="change">Every mark up to this change is among those known or given.</param>
    public void Append(string fingerprint, IReadOnlyList<Mark> marks, long change)
    {
        if (_stream == null || _lines > 1000 + (4 * _marks.Count))
        {
            TryRewrite(fingerprint);
        }

        StringBuilder text = new();
        foreach (Mark mark in marks)
        {
            Keep(mark);
            text.Append(Line(mark));
        }

        Change = Math.Max(Change, change);
        text.Append(Line(new Mark("change", SiteId, Change, 0, Change)));
        Write(Encoding.ASCII.GetBytes(text.ToString()));
        _lines += marks.Count + 1;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stream?.Dispose();
        if (_hasReserve)
        {
            File.Delete(Reserve);
        }

        _lock.Dispose();
    }

    /// <summary>A write that failed leaves no half line behind, which a later one would make the file's damage.</summary>
    private void Write(byte[] text)
    {
        long end = _stream!.Length;
        try
        {
            WriteAt(end, text);
        }
        catch (IOException) when (_hasReserve)
        {
            _stream.SetLength(end);
            File.Delete(Reserve);
            _hasReserve = false;
            WriteAt(end, text);
        }
    }

    private void WriteAt(long end, byte[] text)
    {
        try
        {
            _stream!.Seek(end, SeekOrigin.Begin);
            _stream.Write(text);
            _stream.Flush(flushToDisk: true);
        }
        catch (IOException)
        {
            _stream!.SetLength(end);
            throw;
        }
    }

    /// <summary>The file only gets shorter by it: without room for a second one the first goes on.</summary>
    private void TryRewrite(string fingerprint)
    {
        try
        {
            Rewrite(fingerprint);
        }
        catch (IOException) when (_stream != null)
        {
            _lines = 0;
        }
    }

    private static void CheckAlone(MarksFile file, string path)
    {
        foreach (string other in Enumerable.Range(1, MaxProcesses).Select(i => Name(path, i)).Where(n => n != file._path && File.Exists(n + ".lock")))
        {
            try
            {
                OwnerFile.Hold(other + ".lock").Dispose();
            }
            catch (IOException)
            {
                throw new KeyServerException("a server process runs on this site", "stop every one of them first");
            }
        }
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

    /// <summary>Marks that the database has forgotten on purpose are left out.</summary>
    private void Rewrite(string fingerprint)
    {
        Fingerprint = fingerprint;
        foreach ((string, string) key in _marks.Where(m => m.Value.UntilS != 0 && m.Value.UntilS < PrunedS).Select(m => m.Key).ToArray())
        {
            _marks.Remove(key);
        }

        StringBuilder text = new($"{FirstWord} {fingerprint}\n");
        text.AppendJoin(string.Empty, _marks.Values.Select(Line));
        text.Append(Line(new Mark("change", SiteId, Change, 0, Change)));
        OwnerFile.Replace(_path, Encoding.ASCII.GetBytes(text.ToString()));
        _stream?.Dispose();
        _stream = OwnerFile.Open(_path, FileMode.OpenOrCreate);
        _lines = _marks.Count + 1;
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
