using DoorController.KeyServer.Root;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Requests;

/// <summary>One request to a route of the JSON API.</summary>
/// <param name="Http">The request itself.</param>
/// <param name="WorkspaceId">Workspace of the API key.</param>
/// <param name="Role">Of the API key.</param>
/// <param name="Parameters">From the query or the body.</param>
/// <param name="Site">Database and keys.</param>
public sealed record Call(HttpContext Http, string WorkspaceId, Role Role, Parameters Parameters, Site Site)
{
    /// <summary>The database.</summary>
    public Database Database => Site.Database;

    /// <summary>What the command line says.</summary>
    public KeyServerSettings Settings => Http.RequestServices.GetRequiredService<KeyServerSettings>();

    /// <summary>Ends with the request.</summary>
    public CancellationToken Cancel => Http.RequestAborted;
}
