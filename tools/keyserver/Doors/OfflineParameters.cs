using System.Text.Json.Nodes;
using DoorController.KeyServer.Issue;
using DoorController.KeyServer.Requests;

namespace DoorController.KeyServer.Doors;

/// <summary>How long keys open without a network, in the requests and answers about scopes and rights.</summary>
internal static class OfflineParameters
{
    private const string Field = "offline_hours";

    /// <summary>Reads offline_hours.</summary>
    /// <param name="kind">Of the scope; null where it is not known yet.</param>
    public static int? Hours(Parameters p, string? kind = null) => (int?)p.Number(Field, 1, kind == null ? OfflineLife.MaxNamedHours : OfflineLife.MaxHours(kind));

    /// <summary>Reads keys_in_use: what becomes of keys that open for longer.</summary>
    public static KeysInUse? InUse(Parameters p)
    {
        string? word = p.Text("keys_in_use");
        if (word is not (null or "revoke" or "keep"))
        {
            p.Refuse("keys_in_use", OfflineLife.WantedInUse);
        }

        return word switch { "revoke" => KeysInUse.Revoke, "keep" => KeysInUse.Keep, _ => null };
    }

    /// <summary>A scope of a kind that has no default keeps a value.</summary>
    /// <exception cref="ApiException">400.</exception>
    public static void CheckScope(ScopeRow scope, int? hours)
    {
        if (hours == null && OfflineLife.MustBeNamed(scope.Kind))
        {
            throw ApiException.Invalid(Field, WantedOf(scope.Kind));
        }

        CheckMost(scope, hours, OfflineLife.MaxHours(scope.Kind));
    }

    /// <summary>A right in a guest's scope is bounded as the scope is, but for an emergency key's, which may keep what it has.</summary>
    /// <param name="present">The right's value until now.</param>
    /// <exception cref="ApiException">400.</exception>
    public static void CheckRight(ScopeRow scope, RightTerms terms, int? present) =>
        CheckMost(scope, terms.OfflineHours, Math.Max(OfflineLife.MaxHours(scope.Kind), present ?? 0));

    /// <summary>What a lowering met; null when nothing was lowered.</summary>
    public static JsonObject? Shape(LongerKeys? longer) => longer == null ? null : new()
    {
        ["longer"] = longer.Count,
        ["revoked"] = longer.AreRevoked,
        ["until"] = longer.LastS is long last ? IsoTime.FromS((uint)last) : null,
    };

    /// <summary>What a scope of a kind without a default wants.</summary>
    public static string WantedOf(string kind) => $"a scope of the kind {kind} has no default: wanted how long its keys open without a network";

    private static void CheckMost(ScopeRow scope, int? hours, int most)
    {
        if (hours > most)
        {
            throw ApiException.Invalid(Field, $"wanted 1 to {most} in a scope of the kind {scope.Kind}; keys that open for longer want one of the kind staff or emergency");
        }
    }
}
