namespace DoorController.KeyServer.Root;

/// <summary>One thing that a database from a backup must not fall behind.</summary>
/// <param name="Kind">One of <see cref="MarkKind"/>.</param>
/// <param name="Id">What it is about.</param>
/// <param name="Value">Highest value, or 1 for something that ended.</param>
/// <param name="UntilS">Unix seconds from which on it does not matter; 0: for ever.</param>
/// <param name="Change">Number of the change that set it.</param>
public sealed record Mark(string Kind, string Id, long Value, long UntilS, long Change);

/// <summary>The kinds of marks, as the file and the database name them.</summary>
public static class MarkKind
{
    /// <summary>The next key number of a scope.</summary>
    public const string KeyNumber = "key_number";

    /// <summary>The list version of a scope.</summary>
    public const string ListVersion = "list_version";

    /// <summary>The watermark of a scope.</summary>
    public const string Watermark = "watermark";

    /// <summary>The generation of a scope.</summary>
    public const string ScopeGeneration = "scope_generation";

    /// <summary>The minimum generation of a scope.</summary>
    public const string MinimumGeneration = "minimum_generation";

    /// <summary>The next door index of a scope: generation · 1,000 + index.</summary>
    public const string DoorIndex = "door_index";

    /// <summary>The generation of a door's key.</summary>
    public const string DoorGeneration = "door_generation";

    /// <summary>The bundle version of a door.</summary>
    public const string BundleVersion = "bundle_version";

    /// <summary>The next scope id of the site; the id is "site".</summary>
    public const string ScopeId = "scope_id";

    /// <summary>The next door id of the site; the id is "site".</summary>
    public const string DoorId = "door_id";

    /// <summary>Uses of an instant key's link.</summary>
    public const string LinkUses = "link_uses";

    /// <summary>The revision of a right.</summary>
    public const string RightRevision = "right_revision";

    /// <summary>"Offline hours" of a scope: revision · 100,000 + hours, 0 hours for none.</summary>
    public const string OfflineHours = "offline_hours";

    /// <summary>A revoked key number; the id is "scope:number".</summary>
    public const string KeyRevoked = "key_revoked";

    /// <summary>A deleted instant key.</summary>
    public const string InstantKeyDeleted = "instant_key_deleted";

    /// <summary>A deleted access grant.</summary>
    public const string GrantDeleted = "grant_deleted";

    /// <summary>A deleted user identity.</summary>
    public const string IdentityDeleted = "identity_deleted";

    /// <summary>A retired door.</summary>
    public const string DoorRetired = "door_retired";

    /// <summary>Unix seconds up to which marks that are over were forgotten; the id is "site".</summary>
    public const string Pruned = "pruned";

    /// <summary>A deleted webhook.</summary>
    public const string WebhookDeleted = "webhook_deleted";

    /// <summary>A deleted API key.</summary>
    public const string ApiKeyDeleted = "api_key_deleted";
}
