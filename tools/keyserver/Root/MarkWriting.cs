namespace DoorController.KeyServer;

/// <summary>Sets marks within a change.</summary>
public static class MarkWriting
{
    /// <summary>Notes the highest value of something that only grows.</summary>
    /// <param name="kind">One of <see cref="MarkKind"/>.</param>
    public static Task MarkAsync(this Session session, string kind, string id, long value, long untilS = 0) => session.ExecuteAsync(
        """
        INSERT INTO marks (kind, id, value, until_s, change) VALUES (@kind, @id, @value, @until, @change)
        ON CONFLICT (kind, id) DO UPDATE SET value = excluded.value, until_s = excluded.until_s, change = excluded.change
        WHERE marks.value <= excluded.value
        """,
        ("kind", kind), ("id", id), ("value", value), ("until", untilS), ("change", session.Change));

    /// <summary>Notes the highest value of something that has a number as its id.</summary>
    public static Task MarkAsync(this Session session, string kind, long id, long value) =>
        session.MarkAsync(kind, id.ToString(System.Globalization.CultureInfo.InvariantCulture), value);
}
