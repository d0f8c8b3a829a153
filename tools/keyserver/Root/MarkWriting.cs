using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Root;

/// <summary>Sets marks within a change.</summary>
public static class MarkWriting
{
    /// <summary>Notes the highest value of something that only grows.</summary>
    /// <param name="kind">One of <see cref="MarkKind"/>.</param>
    /// <param name="untilS">Unix seconds from which on it does not matter, always or never 0 for a kind. An earlier mark's later end stays.</param>
    public static Task MarkAsync(this Session session, string kind, string id, long value, long untilS = 0) => session.ExecuteAsync(
        """
        INSERT INTO marks (kind, id, value, until_s, change) VALUES (@kind, @id, @value, @until, @change)
        ON CONFLICT (kind, id) DO UPDATE SET value = excluded.value, change = excluded.change,
            until_s = CASE WHEN marks.until_s > excluded.until_s THEN marks.until_s ELSE excluded.until_s END
        WHERE marks.value <= excluded.value
        """,
        ("kind", kind), ("id", id), ("value", value), ("until", untilS), ("change", session.Change));

    /// <summary>Notes the highest value of something that has a number as its id.</summary>
    public static Task MarkAsync(this Session session, string kind, long id, long value) =>
        session.MarkAsync(kind, id.ToString(System.Globalization.CultureInfo.InvariantCulture), value);
}
