using DoorController.Issuer;
using DoorController.KeyServer.Audit;
using DoorController.KeyServer.Doors;
using DoorController.KeyServer.Lists;
using DoorController.KeyServer.Root;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Sync;

/// <summary>Answers doors that ask for news (PROTOCOL.md section 6, blobs 6 and 7).</summary>
internal sealed class SyncDesk(Site site, DoorDirectory directory, SeenBook seen)
{
    private SiteRoot Root => site.Keys.Root;

    /// <summary>Answers a request. The reply's time is 0, which says nothing, while the clock is not trusted: a door never forgets a later one.</summary>
    /// <returns>The sealed reply; null when the request is of no door that is in use here.</returns>
    public async Task<byte[]?> AnswerAsync(byte[] body, CancellationToken cancel)
    {
        TrustedClock clock = site.Database.Clock;
        uint nowS = clock.IsTrusted ? (uint)clock.GetUtcNow().ToUnixTimeSeconds() : 0;
        if (Open(body) is not SyncRequest request)
        {
            return null;
        }

        await directory.FreshenAsync(cancel);
        DoorEntry? door = await directory.DoorAsync(request.DoorId, cancel);
        if (door == null || (request.DoorGeneration != door.Row.Generation && request.DoorGeneration != door.Row.HeldGeneration))
        {
            return null;
        }

        seen.Note(request, door.Row, nowS);
        SyncReply reply = new(request, nowS);
        await AddNewsAsync(reply, door, request, nowS, cancel);
        return request.DoorGeneration == door.Row.Generation
            ? reply.Seal(door.ReplyKey, request.DoorId, request.DoorGeneration)
            : reply.Seal(Root, request.DoorId, request.DoorGeneration);
    }

    private SyncRequest? Open(byte[] body)
    {
        bool isWhole = SealedHeader.TryRead(body, out SealedHeader header);
        DoorEntry? known = isWhole ? directory.Known(header.DoorId, header.DoorGeneration) : null;
        return known != null ? SyncRequest.Open(known.RequestKey, body) : isWhole ? SyncRequest.Open(Root, body) : null;
    }

    private async Task AddNewsAsync(SyncReply reply, DoorEntry door, SyncRequest request, uint nowS, CancellationToken cancel)
    {
        if (door.HasFloorReset)
        {
            await AddFloorResetAsync(reply, request, nowS, cancel);
        }

        if (request.NextSequence - 1 > request.Acknowledged)
        {
            await AddAcknowledgementAsync(reply, request, cancel);
        }

        for (int slot = 0; slot < request.Lists.Count; slot++)
        {
            KnownList known = request.Lists[slot];
            if (door.ScopeIds.Contains(known.ScopeId))
            {
                await AddListAsync(reply, door, request, slot, cancel);
            }
        }

        if (request.BundleVersion < door.Row.BundleVersion && !reply.HasMore)
        {
            await AddKeysAsync(reply, request, door, cancel);
        }
        else if (request.BundleVersion > door.Row.BundleVersion)
        {
            seen.Alarm(door.Row, Alarms.NewerThanEverMade, 0, $"bundle version {request.BundleVersion}, newest is {door.Row.BundleVersion}");
        }
    }

    private async Task AddListAsync(SyncReply reply, DoorEntry door, SyncRequest request, int slot, CancellationToken cancel)
    {
        KnownList known = request.Lists[slot];
        bool isLost = (request.ListLostBits & (1 << slot)) != 0;
        ScopeEntry scope = await directory.ScopeAsync(known.ScopeId, cancel);
        if (known.Version > scope.ListVersion)
        {
            seen.Alarm(door.Row, Alarms.NewerThanEverMade, scope.Id, $"list version {known.Version}, newest is {scope.ListVersion}");
            return;
        }

        if (known.Version == scope.ListVersion && !isLost)
        {
            return;
        }

        uint baseVersion = isLost || known.Version < scope.FullSince ? 0 : known.Version;
        byte[] body = await scope.BodyAsync(
            baseVersion, () => site.Database.ReadAsync(s => ListBodies.SinceAsync(s, scope.Id, baseVersion), CancellationToken.None));
        reply.TryAdd(ListBlob.ForDoor(Root, request.DoorId, request.DoorGeneration, body));
    }

    /// <summary>Last of all, since with it the door's keys change. What it says of lists that the door has already loses none of them.</summary>
    private async Task AddKeysAsync(SyncReply reply, SyncRequest request, DoorEntry door, CancellationToken cancel)
    {
        Dictionary<int, uint> known = request.Lists.ToDictionary(l => l.ScopeId, l => l.Version);
        Bundle bundle = await site.Database.ReadAsync(
            async s => await DoorBook.BundleAsync(s, await DoorBook.GetAsync(s, door.Row.WorkspaceId, door.Row.Id), known),
            cancel);
        if (reply.TryAdd(bundle.Seal(Root, request.DoorGeneration)))
        {
            reply.HasMore |= bundle.Scopes.Any(s => !known.ContainsKey(s.ScopeId));
        }
    }

    private async Task AddFloorResetAsync(SyncReply reply, SyncRequest request, uint nowS, CancellationToken cancel)
    {
        FloorReset? waiting = await site.Database.QueryAsync(s => PendingBlobs.FloorResetAsync(s, request.DoorId), cancel);
        if (waiting == null || nowS == 0)
        {
            return;
        }

        if (waiting.IsTaken(request, nowS))
        {
            await site.Database.WriteAsync(
                async s =>
                {
                    await PendingBlobs.EndFloorResetAsync(s, request.DoorId);
                    return 0;
                },
                cancel);
            return;
        }

        if (!waiting.IsFor(request))
        {
            await site.Database.AppendAsync(
                async s =>
                {
                    await PendingBlobs.NoteFloorResetAsync(s, request.DoorId, new FloorReset(request.TimeChallenge, nowS));
                    return 0;
                },
                cancel);
        }

        reply.TryAdd(ServerBlobs.FloorReset(Root, request.DoorId, request.DoorGeneration, request.TimeChallenge, nowS));
    }

    /// <summary>Records may have come by another way: the door need not send what is kept.</summary>
    private async Task AddAcknowledgementAsync(SyncReply reply, SyncRequest request, CancellationToken cancel)
    {
        (uint sequence, byte[]? chain) = await site.Database.QueryAsync(s => AuditBook.EndAsync(s, request.DoorId, request.AuditEpoch), cancel);
        if (chain != null && sequence > request.Acknowledged && sequence < request.NextSequence)
        {
            reply.TryAdd(ServerBlobs.Acknowledgement(Root, request.DoorId, request.DoorGeneration, request.AuditEpoch, sequence, chain));
        }
    }
}
