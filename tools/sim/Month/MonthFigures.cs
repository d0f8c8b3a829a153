using System.Text.Json.Nodes;
using DoorController.Audit;
using DoorController.Sim.Site;
using DoorController.Wire;

namespace DoorController.Sim.Month;

/// <summary>What a month came to.</summary>
/// <param name="doors">How many.</param>
internal sealed class MonthFigures(int doors)
{
    private const double DayMs = 86_400_000;
    private readonly List<double> _rekeyDays = [];
    private readonly SortedDictionary<int, int> _refused = [];
    private int _samples;
    private int _proven;
    private int _revoked;
    private double _revokedVariance;
    private int _dead;
    private long _written;
    private long _waiting;

    /// <summary>Openings by guests and staff whose keys were good.</summary>
    public int Opened { get; private set; }

    /// <summary>Their attempts that were refused.</summary>
    public int Refused => _refused.Values.Sum();

    /// <summary>Openings by keys that had been taken back.</summary>
    public int RevokedOpened { get; private set; }

    /// <summary>The same as it is to be expected.</summary>
    public double RevokedExpected { get; private set; }

    /// <summary>Its standard deviation.</summary>
    public double RevokedDeviation => Math.Sqrt(_revokedVariance);

    /// <summary>Share of doors and hours with a proven clock.</summary>
    public double ProvenShare => _proven / (double)Math.Max(1, _samples);

    /// <summary>Share of the doors that have the new keys.</summary>
    public double RekeyedShare => _rekeyDays.Count / (double)doors;

    /// <summary>Audit records that no longer stand at the door and never came to the server.</summary>
    public long Lost => _written - Kept - _waiting;

    /// <summary>Audit records at the server.</summary>
    public long Kept { get; private set; }

    /// <summary>A door was looked at.</summary>
    public void NoteClock(bool isProven)
    {
        _samples++;
        _proven += isProven ? 1 : 0;
    }

    /// <summary>A key was taken back, and so often it is to be expected to open yet.</summary>
    public void NoteRevoked((double Mean, double Variance) expected)
    {
        _revoked++;
        RevokedExpected += expected.Mean;
        _revokedVariance += expected.Variance;
    }

    /// <summary>Somebody stood at a door without power, and came again.</summary>
    public void NoteDead() => _dead++;

    /// <summary>Somebody stood at a door.</summary>
    /// <param name="isRevoked">The key had been taken back.</param>
    /// <param name="verdict">The door's own.</param>
    public void NoteVisit(bool isRevoked, int verdict)
    {
        bool isOpen = verdict is Verdict.Granted or Verdict.Repeated;
        if (isRevoked)
        {
            RevokedOpened += isOpen ? 1 : 0;
            return;
        }

        Opened += isOpen ? 1 : 0;
        if (!isOpen)
        {
            _refused[verdict] = _refused.GetValueOrDefault(verdict) + 1;
        }
    }

    /// <summary>The month is over for a door: its keys and its trail.</summary>
    public void NoteEnd(MonthDoor door, double rekeyMs, SiteServer server)
    {
        if (door.RekeyedMs is long rekeyed)
        {
            _rekeyDays.Add((rekeyed - rekeyMs) / DayMs);
        }

        HashSet<long> kept = KeptOf(door.Id, server);
        AuditTrail trail = door.Site.Door.Door.Memory.Audit;
        _written += trail.NextSequence - 1;
        Kept += kept.Count;
        for (uint sequence = trail.Oldest; sequence < trail.NextSequence; sequence++)
        {
            _waiting += kept.Contains(sequence) ? 0 : 1;
        }
    }

    /// <summary>The figures, as lines "name value unit".</summary>
    /// <param name="begin">What each name begins with.</param>
    public IEnumerable<string> Lines(string begin)
    {
        (string, FormattableString, string)[] rows =
        [
            ("proven_time_share", $"{ProvenShare:0.0000}", "of_door_hours"), ("rekeyed_share", $"{RekeyedShare:0.000}", "of_doors"),
            ("rekey_half", Days(0.5), "days"), ("rekey_nine_tenths", Days(0.9), "days"), ("rekey_everywhere", Days(1), "days"),
            ("audit_written", $"{_written}", "records"), ("audit_at_server", $"{Kept}", "records"), ("audit_still_at_doors", $"{_waiting}", "records"),
            ("audit_lost", $"{Lost}", "records"), ("openings", $"{Opened}", "openings"), ("good_keys_refused", $"{Refused}", "attempts"),
            ("revoked_keys", $"{_revoked}", "keys"), ("revoked_openings", $"{RevokedOpened}", "openings"),
            ("revoked_openings_expected", $"{RevokedExpected:0.0}", "openings"), ("revoked_openings_deviation", $"{RevokedDeviation:0.0}", "openings"),
            ("came_again_for_want_of_power", $"{_dead}", "visits"),
        ];
        return rows.Select(row => FormattableString.Invariant($"{begin}_{row.Item1} {FormattableString.Invariant(row.Item2)} {row.Item3}"))
            .Concat(_refused.Select(r => $"{begin}_good_keys_refused_{Verdict.Name(r.Key).Replace(' ', '_')} {r.Value} attempts"));
    }

    /// <summary>Days until so many of the doors had the new keys.</summary>
    private FormattableString Days(double share)
    {
        int wanted = (int)Math.Ceiling(share * doors);
        return _rekeyDays.Count < wanted ? (FormattableString)$"never" : $"{_rekeyDays.Order().ElementAt(wanted - 1):0.00}";
    }

    private static HashSet<long> KeptOf(uint doorId, SiteServer server)
    {
        HashSet<long> kept = [];
        for (string? cursor = string.Empty; cursor != null;)
        {
            JsonObject wish = new() { ["door_id"] = doorId, ["limit"] = 1000 };
            if (cursor.Length > 0)
            {
                wish["page_cursor"] = cursor;
            }

            JsonObject answer = server.Do("/audit/list", wish);
            kept.UnionWith(answer["records"]!.AsArray().Select(r => r!["sequence"]!.GetValue<long>()));
            cursor = answer["pagination"]!["next_page_cursor"]?.GetValue<string>();
        }

        return kept;
    }
}
