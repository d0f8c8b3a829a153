namespace DoorController.KeyServer.Requests;

/// <summary>What an API key may do.</summary>
[Flags]
public enum Role
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Everything.</summary>
    Admin = 1,

    /// <summary>Persons, keys and access, and all that reads; no doors, no webhooks.</summary>
    Issue = 2,

    /// <summary>Reads, but no link: a link opens doors.</summary>
    Read = 4,

    /// <summary>The status of doors, and answers to what they ask a technician.</summary>
    Technician = 8,
}

/// <summary>Which roles a route wants: the one place that says it. What stands in no list is the admin's alone.</summary>
internal static class Roles
{
    private static readonly string[] ReadingEnds = ["/get", "/list", "/get_related", "/status"];

    /// <summary>Read, and not for everybody who reads: a link opens doors, and who has the secret of a webhook can say that one did.</summary>
    private static readonly Dictionary<string, Role> Exceptions = new()
    {
        ["/instant_keys/get"] = Role.Admin | Role.Issue,
        ["/instant_keys/list"] = Role.Admin | Role.Issue,
        ["/metrics"] = Role.Admin | Role.Read,
        ["/webhooks/get"] = Role.Admin,
        ["/webhooks/list"] = Role.Admin,
        ["/doors/status"] = Role.Admin | Role.Issue | Role.Read | Role.Technician,
        ["/doors/technician_response"] = Role.Admin | Role.Technician,
    };

    private static readonly HashSet<string> Issuing =
    [
        "/user_identities/create", "/user_identities/update", "/user_identities/delete", "/user_identities/generate_instant_key", "/instant_keys/delete",
        "/access_grants/create", "/access_grants/update", "/access_grants/delete", "/access_grants/request_access_methods", "/access_methods/delete",
        "/spaces/create", "/spaces/update", "/spaces/delete", "/spaces/add_acs_entrances", "/spaces/remove_acs_entrances",
        "/client_sessions/delete", "/client_sessions/revoke", "/phones/deactivate", "/rights/assign", "/rights/change", "/rights/delete", "/emergency_keys/create",
    ];

    /// <summary>Roles that a route is for.</summary>
    public static Role Of(string path) =>
        Exceptions.TryGetValue(path, out Role exception) ? exception
        : Array.Exists(ReadingEnds, end => path.EndsWith(end, StringComparison.Ordinal)) ? Role.Admin | Role.Issue | Role.Read
        : Issuing.Contains(path) ? Role.Admin | Role.Issue
        : Role.Admin;

    /// <summary>As the command line and the database name it.</summary>
    public static string Name(Role role) => role.ToString().ToLowerInvariant();

    /// <summary>The role of a name.</summary>
    /// <returns><see cref="Role.None"/> when there is none of that name.</returns>
    public static Role Parse(string name) => Array.Find(Enum.GetValues<Role>(), role => role != Role.None && Name(role) == name);

    /// <summary>Refuses who has none of the roles that a route is for.</summary>
    /// <exception cref="ApiException">403 forbidden.</exception>
    public static void Check(Role role, string path)
    {
        if ((Of(path) & role) == Role.None)
        {
            throw new ApiException(403, "forbidden", $"the API key has the role {Name(role)}, and this route is for {Name(Of(path))}");
        }
    }
}
