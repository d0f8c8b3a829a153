using DoorController.KeyServer.Requests;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Issue;

/// <summary>
/// How long a credential opens without a network. A right says it, or its scope does; else it is to the end of the right,
/// <see cref="DefaultHours"/> at most. A guest whose key was taken back opens for so long at a door that hears nothing.
/// </summary>
public static class OfflineLife
{
    /// <summary>A week: without a setting no credential opens for longer, and no setting of a guest's scope allows more.</summary>
    public const int DefaultHours = 168;

    /// <summary>Ten years, as long as a right may be: the most that a staff or emergency key may name.</summary>
    public const int MaxNamedHours = 10 * 366 * 24;

    private const string LongerKeys = """
        WHERE k.revoked_us IS NULL AND r.closed_us IS NULL AND k.expires_s > (CASE WHEN r.starts_s > @now THEN r.starts_s ELSE @now END) + @life
        """;

    /// <summary>What may become of keys in use when a value is lowered.</summary>
    public const string WantedInUse = "wanted revoke (keys that open for longer end now) or keep (the next renewal)";

    /// <summary>True when keys of a scope of this kind have no default: they are long-lived, and their value is a decision.</summary>
    /// <param name="kind">Of a scope, as the database has it.</param>
    public static bool MustBeNamed(string kind) => kind is "staff" or "emergency";

    /// <summary>The most that a setting in a scope of this kind may be, in hours.</summary>
    public static int MaxHours(string kind) => MustBeNamed(kind) ? MaxNamedHours : DefaultHours;

    /// <summary>Hours for which a credential of this right opens, from when it is issued, or from the right's start.</summary>
    public static async Task<int> HoursAsync(Session s, Right right) => right.Terms.OfflineHours
        ?? (int)(await s.NumberAsync("SELECT offline_hours FROM scopes WHERE scope_id = @scope", ("scope", right.ScopeId)) ?? DefaultHours);

    /// <summary>When a scope's value is set: reaches the keys in use of its rights that say nothing of their own.</summary>
    /// <param name="present">Its value until now; null: the default.</param>
    /// <param name="wanted">Its value from now on.</param>
    /// <param name="inUse">What becomes of keys in use that open for longer; null is good only when the value is not lowered.</param>
    /// <returns>Null when it was not lowered.</returns>
    /// <exception cref="ApiException">400: it is lowered, and what becomes of keys in use is not said.</exception>
    public static async Task<LongerKeys?> ReachScopeAsync(Session s, string workspaceId, int scopeId, int? present, int? wanted, KeysInUse? inUse) =>
        IsLowered(present ?? DefaultHours, wanted ?? DefaultHours, inUse)
            ? await ReachAsync(s, workspaceId, "r.scope_id = @id AND r.offline_hours IS NULL", scopeId, wanted ?? DefaultHours, inUse!.Value)
            : null;

    /// <summary>Before a right is changed: reaches its keys in use, should its new terms let them open for a shorter time.</summary>
    /// <param name="inUse">As with a scope.</param>
    /// <returns>Null when it was not lowered.</returns>
    /// <exception cref="ApiException">400: it is lowered, and what becomes of keys in use is not said.</exception>
    public static async Task<LongerKeys?> BeforeChangeAsync(Session s, string workspaceId, Right right, RightTerms terms, KeysInUse? inUse)
    {
        int hours = await HoursAsync(s, right with { Terms = terms });
        if (!IsLowered(await HoursAsync(s, right), hours, inUse))
        {
            return null;
        }

        await RightsBook.MarkReducedAsync(s, right);
        return await ReachAsync(s, workspaceId, "r.right_id = @id", right.Id, hours, inUse!.Value);
    }

    private static bool IsLowered(int present, int wanted, KeysInUse? inUse) => wanted < present && (inUse != null
        ? true
        : throw ApiException.Invalid("keys_in_use", $"offline_hours goes from {present} to {wanted}: {WantedInUse}"));

    private static async Task<LongerKeys> ReachAsync(Session s, string workspaceId, string whose, object id, int hours, KeysInUse inUse)
    {
        (string Name, object? Value)[] values = [("id", id), ("now", (long)s.NowS), ("life", hours * 3600L)];
        List<KeyRow> keys = await s.QueryAsync(
            $"SELECT {KeyRow.Columns} FROM {KeyRow.Tables} {LongerKeys} AND {whose} ORDER BY k.scope_id, k.key_number", KeyRow.Read, values);
        if (inUse == KeysInUse.Revoke)
        {
            await KeyNumbers.RevokeAsync(s, workspaceId, keys, isForGood: false);
        }

        return new LongerKeys(keys.Count, keys.Max(k => (long?)k.ExpiresS), inUse == KeysInUse.Revoke);
    }
}
