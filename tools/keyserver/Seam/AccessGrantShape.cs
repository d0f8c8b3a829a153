using System.Text.Json.Serialization;
using DoorController.KeyServer.Grants;
using DoorController.KeyServer.Redeem;
using DoorController.KeyServer.Requests;

namespace DoorController.KeyServer.Seam;

/// <summary>Access grants and methods, as the API shows them.</summary>
/// <param name="links">Makes the links; null: none is shown.</param>
internal sealed class AccessGrantShape(Links? links)
{
    /// <summary>The shape for who asks: a link opens doors, so that who may only read is shown none.</summary>
    public static AccessGrantShape For(Call call) => new(call.Role == Role.Read ? null : call.Http.RequestServices.GetRequiredService<Links>());

    /// <summary>The one mode of access that there is.</summary>
    public const string MobileKey = "mobile_key";

    private const string MethodName = "Mobile key";

    /// <summary>A grant.</summary>
    /// <param name="person">Display name of its person.</param>
    public object Show(AccessGrant grant, string person) => new GrantShape(
        grant.WorkspaceId, grant.Id, grant.Key, grant.UserIdentityId, [.. grant.SpaceIds], [.. grant.SpaceIds], [.. grant.EntranceIds],
        [.. grant.Methods.Select(Request)], [.. grant.Methods.Select(m => m.Id)], grant.Name, grant.Name ?? $"Access of {person}",
        grant.Methods.Count == 1 ? links?.Make(grant.Methods[0].InstantKeyId) : null, IsoTime.FromUs(grant.CreatedUs), IsoTime.FromS(grant.StartsS),
        grant.EndsS is uint ends ? IsoTime.FromS(ends) : null, [], [], [], grant.ProfileId);

    /// <summary>A method.</summary>
    public object Show(AccessMethod method) => new
    {
        workspace_id = method.WorkspaceId,
        access_method_id = method.Id,
        display_name = MethodName,
        mode = MobileKey,
        created_at = IsoTime.FromUs(method.CreatedUs),
        issued_at = IsoTime.FromUs(method.CreatedUs),
        is_issued = true,
        instant_key_url = links?.Make(method.InstantKeyId),
        customization_profile_id = method.ProfileId,
        errors = Array.Empty<object>(),
        warnings = Array.Empty<object>(),
        pending_mutations = Array.Empty<object>(),
    };

    private static object Request(AccessMethod method) => new
    {
        display_name = MethodName,
        mode = MobileKey,
        created_at = IsoTime.FromUs(method.CreatedUs),
        created_access_method_ids = new[] { method.Id },
    };

    private sealed record GrantShape(
        string WorkspaceId,
        string AccessGrantId,
        string? AccessGrantKey,
        string UserIdentityId,
        string[] LocationIds,
        string[] SpaceIds,
        string[] AcsEntranceIds,
        object[] RequestedAccessMethods,
        string[] AccessMethodIds,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Name,
        string DisplayName,
        string? InstantKeyUrl,
        string CreatedAt,
        string StartsAt,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? EndsAt,
        object[] Warnings,
        object[] Errors,
        object[] PendingMutations,
        string? CustomizationProfileId);
}
