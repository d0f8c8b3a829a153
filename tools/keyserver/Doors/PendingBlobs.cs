using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Doors;

/// <summary>
/// A floor reset that waits for its door. The token answers the challenge of the request that it goes with, so it is made then; the row
/// keeps the challenge that it was last made for.
/// </summary>
internal static class PendingBlobs
{
    private const string FloorReset = "floor_reset";

    /// <summary>Has the door get a floor reset with its next sync.</summary>
    public static async Task AskFloorResetAsync(Session s, uint doorId)
    {
        await s.ExecuteAsync(
            """
            INSERT INTO door_blobs (door_id, kind, blob, created_us) VALUES (@door, @kind, @none, @now)
            ON CONFLICT (door_id, kind) DO UPDATE SET blob = excluded.blob, created_us = excluded.created_us
            """,
            ("door", doorId), ("kind", FloorReset), ("none", Array.Empty<byte>()), ("now", s.NowUs));
        await DoorBook.TouchAsync(s, doorId);
    }

    /// <summary>Challenge that a waiting floor reset was made for, empty when it was not yet; null when none waits.</summary>
    public static Task<byte[]?> FloorResetAsync(Session s, uint doorId) => s.FirstAsync(
        "SELECT blob FROM door_blobs WHERE door_id = @door AND kind = @kind", row => row.Blob(0), ("door", doorId), ("kind", FloorReset));

    /// <summary>Notes for which challenge it was made; null: the door took it.</summary>
    public static async Task NoteFloorResetAsync(Session s, uint doorId, byte[]? challenge)
    {
        if (challenge != null)
        {
            await s.ExecuteAsync(
                "UPDATE door_blobs SET blob = @blob WHERE door_id = @door AND kind = @kind", ("blob", challenge), ("door", doorId), ("kind", FloorReset));
            return;
        }

        await s.ExecuteAsync("DELETE FROM door_blobs WHERE door_id = @door AND kind = @kind", ("door", doorId), ("kind", FloorReset));
        await DoorBook.TouchAsync(s, doorId);
    }
}
