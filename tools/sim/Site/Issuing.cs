using System.Text.Json.Nodes;

namespace DoorController.Sim.Site;

/// <summary>What an integrator does so that a guest gets a link, by the routes of the key server.</summary>
internal static class Issuing
{
    /// <summary>Adds a person.</summary>
    /// <returns>The user identity's id.</returns>
    public static string AddPerson(this SiteServer server, string name) =>
        server.Do("/user_identities/create", new JsonObject { ["full_name"] = name })["user_identity"]!["user_identity_id"]!.GetValue<string>();

    /// <summary>Gives a person doors of one scope.</summary>
    /// <param name="floors">At cars.</param>
    /// <returns>The right's id.</returns>
    public static string GiveRight(
        this SiteServer server, string person, int scopeId, IEnumerable<uint> doors, DateTimeOffset from, DateTimeOffset to, IEnumerable<int>? floors = null)
    {
        JsonObject right = new()
        {
            ["user_identity_id"] = person,
            ["scope_id"] = scopeId,
            ["door_ids"] = new JsonArray([.. doors.Select(door => (JsonNode)door)]),
            ["starts_at"] = from.ToString("o"),
            ["ends_at"] = to.ToString("o"),
        };
        if (floors != null)
        {
            right["floors"] = new JsonArray([.. floors.Select(floor => (JsonNode)floor)]);
        }

        return server.Do("/rights/assign", right)["right"]!["right_id"]!.GetValue<string>();
    }

    /// <summary>Makes an instant key for what a person may open.</summary>
    /// <param name="profileId">How its page looks; null: as without a customization profile.</param>
    /// <returns>The instant key object.</returns>
    public static JsonNode MakeKey(this SiteServer server, string person, string? profileId = null)
    {
        JsonObject wish = new() { ["user_identity_id"] = person };
        if (profileId != null)
        {
            wish["customization_profile_id"] = profileId;
        }

        return server.Do("/user_identities/generate_instant_key", wish)["instant_key"]!;
    }
}
