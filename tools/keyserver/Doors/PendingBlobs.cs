using DoorController.Issuer;
using DoorController.KeyServer.Store;
using DoorController.Wire;

namespace DoorController.KeyServer.Doors;

/// <summary>
/// A floor reset that waits for its door. The token answers the challenge of the request that it goes with, so it is made then; the row
/// keeps the challenge that it was last made for, and its time.
/// </summary>
internal static class PendingBlobs
{
    private const string Kind = "floor_reset";

    /// <summary>Has the door get a floor reset with its next sync.</summary>
    public static async Task AskFloorResetAsync(Session s, uint doorId)
    {
        await s.ExecuteAsync(
            """
            INSERT INTO door_blobs (door_id, kind, blob, created_us) VALUES (@door, @kind, @none, @now)
            ON CONFLICT (door_id, kind) DO UPDATE SET blob = excluded.blob, created_us = excluded.created_us
            """,
            ("door", doorId), ("kind", Kind), ("none", Array.Empty<byte>()), ("now", s.NowUs));
        await DoorBook.TouchAsync(s, doorId);
    }

    /// <summary>The floor reset that waits; null when none does.</summary>
    public static Task<FloorReset?> FloorResetAsync(Session s, uint doorId) => s.FirstAsync(
        "SELECT blob FROM door_blobs WHERE door_id = @door AND kind = @kind",
        row => FloorReset.Read(row.Blob(0)),
        ("door", doorId), ("kind", Kind));

    /// <summary>Notes for which challenge it was first made, and what it said.</summary>
    public static Task NoteFloorResetAsync(Session s, uint doorId, FloorReset made) => s.ExecuteAsync(
        "UPDATE door_blobs SET blob = @blob WHERE door_id = @door AND kind = @kind", ("blob", made.Encode()), ("door", doorId), ("kind", Kind));

    /// <summary>The door has taken it, or one that was made since it was asked for.</summary>
    /// <param name="takenS">The door's time then, in Unix seconds: one that is earlier was another reset.</param>
    public static async Task EndFloorResetAsync(Session s, uint doorId, uint takenS = uint.MaxValue)
    {
        await s.ExecuteAsync(
            "DELETE FROM door_blobs WHERE door_id = @door AND kind = @kind AND created_us <= @taken",
            ("door", doorId), ("kind", Kind), ("taken", (takenS + 1L) * 1_000_000));
        await DoorBook.TouchAsync(s, doorId);
    }
}

/// <summary>A floor reset as it was first made for a challenge of its door.</summary>
/// <param name="Challenge">8 bytes; empty before it was made.</param>
/// <param name="TimeS">What it said, Unix seconds.</param>
internal sealed record FloorReset(byte[] Challenge, uint TimeS)
{
    /// <summary>Reads what <see cref="Encode"/> wrote, or nothing.</summary>
    public static FloorReset Read(byte[] blob) => blob.Length == Keys.ChallengeLength + 4
        ? new FloorReset(blob[..Keys.ChallengeLength], Bytes.U32(blob, Keys.ChallengeLength))
        : new FloorReset([], 0);

    /// <summary>12 bytes.</summary>
    public byte[] Encode()
    {
        byte[] time = new byte[4];
        Bytes.Put32(time, 0, TimeS);
        return [.. Challenge, .. time];
    }

    /// <summary>True when it was made for the challenge of this request.</summary>
    public bool IsFor(SyncRequest request) => Challenge.AsSpan().SequenceEqual(request.TimeChallenge);

    /// <summary>
    /// True when the door has taken it: it hands out another challenge, its floor is no earlier than what was said and no longer ahead of the server's
    /// clock, and it holds no conflict. The lists are no sign: they may have come again in the same reply.
    /// </summary>
    /// <param name="nowS">The server's time, Unix seconds.</param>
    public bool IsTaken(SyncRequest request, uint nowS) => Challenge.Length > 0 && !IsFor(request)
        && request.TimeFloor >= TimeS && !request.IsAhead(nowS) && (request.Flags & SyncRequest.ClockConflict) == 0;
}
