using System.Collections.Concurrent;
using DoorController.Issuer;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Doors;

/// <summary>
/// Notes what doors say of themselves, and writes it down every few seconds, many doors at once: losing the last of it costs nothing,
/// since the next sync says it again.
/// </summary>
internal sealed class SeenBook(Database database, TimeProvider clock) : IDisposable
{
    private const int MaxBatch = 2000;
    private const int MaxAlarms = 1000;
    private const int AlarmPauseS = 60;
    private const int MaxWritten = 1_000_000;

    private readonly ConcurrentDictionary<uint, Said> _seen = new();
    private readonly ConcurrentDictionary<(string Kind, uint Door, int Scope), Told> _alarms = new();
    private readonly ConcurrentDictionary<(uint Door, int Scope), uint> _written = new();
    private readonly SaidAlarms _said = new();
    private readonly SemaphoreSlim _one = new(1);

    /// <summary>A door was here just now.</summary>
    /// <param name="nowS">The server's time; 0 when it is not trusted.</param>
    public void Note(SyncRequest request, DoorRow door, uint nowS) => _seen[request.DoorId] = new Said(request, NowUs(), door, nowS);

    /// <summary>Raises an alarm with the next writing, at most once a minute for each door and scope.</summary>
    public void Alarm(DoorRow door, string kind, int scopeId, string detail)
    {
        if (_alarms.Count >= MaxAlarms)
        {
            return;
        }

        Told told = _alarms.GetOrAdd((kind, door.Id, scopeId), _ => new Told());
        if (NowUs() >= told.NextUs)
        {
            told.Workspace = door.WorkspaceId;
            told.Detail = detail;
        }
    }

    /// <summary>Writes down all that was noted.</summary>
    public async Task FlushAsync(CancellationToken cancel = default)
    {
        await _one.WaitAsync(cancel);
        try
        {
            foreach (uint[] doors in _seen.Keys.Chunk(MaxBatch))
            {
                Said[] batch = [.. doors.Select(door => _seen.TryRemove(door, out Said? said) ? said : null).OfType<Said>()];
                await database.AppendAsync(s => WriteAsync(s, batch), cancel);
                Remember(batch);
                await LearnAsync(batch, cancel);
            }

            await WriteAlarmsAsync(cancel);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    /// <summary>Most doors have the list that they had the last time, and that is written down.</summary>
    private void Remember(Said[] batch)
    {
        if (_written.Count > MaxWritten)
        {
            _written.Clear();
        }

        foreach (SyncRequest request in batch.Select(b => b.Request))
        {
            foreach (KnownList list in request.Lists)
            {
                _written[(request.DoorId, list.ScopeId)] = list.Version;
            }
        }
    }

    private async Task<int> WriteAsync(Session s, Said[] batch)
    {
        foreach ((SyncRequest r, long seenUs, DoorRow door, uint nowS) in batch)
        {
            await s.ExecuteAsync(
                """
                INSERT INTO sync_state (door_id, seen_us, way, firmware_version, flags, list_lost, time_floor_s, bundle_version, audit_epoch,
                    audit_sequence, audit_next, uptime_s, radio_restarts, reboots, records_lost, challenge)
                VALUES (@door, @seen, 'network', @firmware, @flags, @lost, @floor, @bundle, @epoch, @acknowledged, @next, @uptime, @restarts, @reboots,
                    @recordsLost, @challenge)
                ON CONFLICT (door_id) DO UPDATE SET seen_us = excluded.seen_us, way = excluded.way, firmware_version = excluded.firmware_version,
                    flags = excluded.flags, list_lost = excluded.list_lost, time_floor_s = excluded.time_floor_s,
                    bundle_version = excluded.bundle_version, audit_epoch = excluded.audit_epoch, audit_sequence = excluded.audit_sequence,
                    audit_next = excluded.audit_next, uptime_s = excluded.uptime_s, radio_restarts = excluded.radio_restarts,
                    reboots = excluded.reboots, records_lost = excluded.records_lost, challenge = excluded.challenge
                """,
                ("door", r.DoorId), ("seen", seenUs), ("firmware", r.FirmwareVersion), ("flags", r.Flags), ("lost", r.ListLostBits), ("floor", r.TimeFloor),
                ("bundle", r.BundleVersion), ("epoch", r.AuditEpoch), ("acknowledged", r.Acknowledged), ("next", r.NextSequence), ("uptime", r.UptimeS),
                ("restarts", r.RadioRestarts), ("reboots", r.LastReboot), ("recordsLost", r.RecordsLost), ("challenge", r.TimeChallenge));
            foreach (KnownList list in r.Lists.Where(l => l.Version > _written.GetValueOrDefault((r.DoorId, l.ScopeId))))
            {
                await NoteListAsync(s, r.DoorId, list.ScopeId, list.Version, "network", seenUs);
            }

            await _said.NoteAsync(s, door, r, nowS);
        }

        return 0;
    }

    /// <summary>Notes which list a door has, and by which way that is known.</summary>
    public static Task NoteListAsync(Session s, uint doorId, int scopeId, uint version, string way, long seenUs) => s.ExecuteAsync(
        """
        INSERT INTO door_lists (door_id, scope_id, list_version, way, seen_us) VALUES (@door, @scope, @version, @way, @seen)
        ON CONFLICT (door_id, scope_id) DO UPDATE SET list_version = excluded.list_version, way = excluded.way, seen_us = excluded.seen_us
        WHERE door_lists.list_version < excluded.list_version
        """,
        ("door", doorId), ("scope", scopeId), ("version", version), ("way", way), ("seen", seenUs));

    /// <summary>A door that speaks under its newest key has it: what is sealed for it from now on is under that key.</summary>
    private async Task LearnAsync(Said[] batch, CancellationToken cancel)
    {
        List<uint> moved = await database.QueryAsync(
            s => s.QueryAsync("SELECT door_id FROM doors WHERE held_generation <> generation LIMIT 1000", row => row.U32(0)), cancel);
        foreach (SyncRequest request in batch.Select(b => b.Request).Where(r => moved.Contains(r.DoorId)))
        {
            await database.WriteAsync(
                async s =>
                {
                    int rows = await s.ExecuteAsync(
                        "UPDATE doors SET held_generation = generation WHERE door_id = @door AND generation = @generation",
                        ("door", request.DoorId), ("generation", request.DoorGeneration));
                    await (rows > 0 ? DoorBook.TouchAsync(s, request.DoorId) : Task.CompletedTask);
                    return 0;
                },
                cancel);
        }
    }

    private async Task WriteAlarmsAsync(CancellationToken cancel)
    {
        foreach (((string kind, uint door, int scope), Told told) in _alarms)
        {
            if (told.Detail is string detail)
            {
                told.Detail = null;
                told.NextUs = NowUs() + (AlarmPauseS * 1_000_000L);
                await database.AppendAsync(
                    async s =>
                    {
                        await Alarms.RaiseAsync(s, told.Workspace, kind, door, scope, detail);
                        return 0;
                    },
                    cancel);
            }
            else if (NowUs() >= told.NextUs)
            {
                _alarms.TryRemove((kind, door, scope), out _);
            }
        }
    }

    private long NowUs() => (clock.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    private sealed record Said(SyncRequest Request, long SeenUs, DoorRow Door, uint NowS);

    private sealed class Told
    {
        public string Workspace { get; set; } = string.Empty;

        public string? Detail { get; set; }

        public long NextUs { get; set; }
    }
}
