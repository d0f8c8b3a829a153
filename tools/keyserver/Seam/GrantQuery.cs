using System.Globalization;
using DoorController.KeyServer.Requests;

namespace DoorController.KeyServer.Seam;

/// <summary>Which access grants a list has.</summary>
/// <param name="Where">A condition behind others; empty: all.</param>
internal sealed record GrantQuery(string Where, (string Name, object? Value)[] Values)
{
    private const int MaxIds = 100;

    private static readonly (string Parameter, string Condition)[] Filters =
    [
        ("user_identity_id", "user_identity_id = @user_identity_id"),
        ("space_id", "access_grant_id IN (SELECT access_grant_id FROM grant_spaces WHERE space_id = @space_id)"),
        ("acs_entrance_id",
            "access_grant_id IN (SELECT access_grant_id FROM grant_entrances WHERE entrance_id = @acs_entrance_id UNION SELECT g.access_grant_id FROM grant_spaces g JOIN space_entrances p ON p.space_id = g.space_id WHERE p.entrance_id = @acs_entrance_id)"),
        ("acs_system_id", "CAST(@acs_system_id AS TEXT) = @system"),
    ];

    /// <summary>Reads the filters; what is wrong with them is noted there.</summary>
    public static GrantQuery Read(Parameters p)
    {
        string where = string.Empty;
        List<(string Name, object? Value)> values = [];
        foreach ((string parameter, string condition) in Filters)
        {
            if (p.Id(parameter) is Guid id)
            {
                where += " AND " + condition;
                values.Add((parameter, id));
            }
        }

        if (p.Text("access_grant_key") is string key)
        {
            where += " AND access_grant_key = @access_grant_key";
            values.Add(("access_grant_key", key));
        }

        if (p.Ids("access_grant_ids", MaxIds) is IReadOnlyList<string> ids)
        {
            where += ids.Count == 0 ? " AND 1 = 0" : $" AND access_grant_id IN ({string.Join(", ", ids.Select((_, i) => '@' + Name(i)))})";
            values.AddRange(ids.Select((id, i) => (Name(i), (object?)id)));
        }

        return new GrantQuery(where, [.. values]);
    }

    private static string Name(int index) => "id" + index.ToString(CultureInfo.InvariantCulture);
}
