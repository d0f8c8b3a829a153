using DoorController.KeyServer.Issue;
using DoorController.KeyServer.Requests;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Doors;

/// <summary>
/// Names that doors advertise. A phone's person chooses a door by its name, so no two doors of a workspace have one at the same time, nor one that the
/// other had in the last 90 days (PROTOCOL.md section 3, "Choosing a door"). Only within <see cref="Database.WriteAsync{T}"/>.
/// </summary>
internal static class DoorNames
{
    /// <summary>Sees that no other door has the name, or had it lately. Upper and lower case are one: a person does not tell them apart.</summary>
    /// <param name="doorId">The door that wants it; 0 for one that is yet to be made.</param>
    /// <exception cref="ApiException">409 door_name_taken.</exception>
    public static async Task CheckFreeAsync(Session s, string workspaceId, uint doorId, string name)
    {
        long? other = await s.NumberAsync(
            """
            SELECT MIN(d.door_id) FROM doors d LEFT JOIN door_names n ON n.door_id = d.door_id AND n.until_us > @since
            WHERE d.workspace_id = @workspace AND d.retired_us IS NULL AND d.door_id <> @door
                AND (LOWER(d.name) = LOWER(@name) OR LOWER(n.name) = LOWER(@name))
            """,
            ("workspace", workspaceId), ("door", doorId), ("name", name), ("since", s.NowUs - CredentialIssue.FormerNamesUs));
        if (other != null)
        {
            throw new ApiException(
                409, "door_name_taken", $"name: door {other} has it, or had it in the last 90 days: wanted one that no other door of this workspace is known by");
        }
    }

    /// <summary>Gives a door another name: it reaches the door as a key update, and phones with their next answer.</summary>
    /// <exception cref="ApiException">409 door_name_taken.</exception>
    public static async Task<DoorRow> RenameAsync(Session s, DoorRow door, string name)
    {
        if (name == door.Name)
        {
            return door;
        }

        await CheckFreeAsync(s, door.WorkspaceId, door.Id, name);
        await s.ExecuteAsync(
            """
            INSERT INTO door_names (workspace_id, door_id, name, until_us) VALUES (@workspace, @door, @name, @now)
            ON CONFLICT (door_id, name) DO UPDATE SET until_us = excluded.until_us
            """,
            ("workspace", door.WorkspaceId), ("door", door.Id), ("name", door.Name), ("now", s.NowUs));
        await s.ExecuteAsync("UPDATE doors SET name = @name WHERE door_id = @door", ("name", name), ("door", door.Id));
        await DoorBook.RaiseBundleVersionAsync(s, door.Id);
        return await DoorBook.GetAsync(s, door.WorkspaceId, door.Id);
    }
}
