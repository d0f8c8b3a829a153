using System.Text.Json;

namespace DoorController.Issuer;

/// <summary>
/// The instant key object of Seam's API, checked field by field. Fields that this project does not know are left alone: the API
/// may grow.
/// </summary>
/// <param name="InstantKeyId">The key.</param>
/// <param name="WorkspaceId">Workspace that contains it.</param>
/// <param name="ClientSessionId">Client session associated with it.</param>
/// <param name="UserIdentityId">The person's identity.</param>
/// <param name="CreatedAt">Begin of its life, UTC.</param>
/// <param name="ExpiresAt">End of its life, UTC; later than <paramref name="CreatedAt"/>.</param>
/// <param name="InstantKeyUrl">The link, http or https.</param>
/// <param name="CustomizationProfileId">Null when it has none.</param>
public sealed record InstantKey(
    Guid InstantKeyId,
    Guid WorkspaceId,
    Guid ClientSessionId,
    Guid UserIdentityId,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt,
    Uri InstantKeyUrl,
    Guid? CustomizationProfileId)
{
    /// <summary>Most bytes of an object; the longest real one has less than 2 KB.</summary>
    public const int MaxBytes = 65536;

    private const int MaxUrl = 2048;
    private const int MaxShown = 60;

    /// <summary>Begin of its life in Unix seconds, rounded down.</summary>
    public uint CreatedAtSeconds => (uint)CreatedAt.ToUnixTimeSeconds();

    /// <summary>End of its life in Unix seconds, rounded down.</summary>
    public uint ExpiresAtSeconds => (uint)ExpiresAt.ToUnixTimeSeconds();

    /// <summary>Reads and checks an object, also inside the answer <c>{"instant_key": …, "ok": true}</c> of the API.</summary>
    /// <param name="json">Text as <see cref="JsonText"/> takes it, at most <see cref="MaxBytes"/>.</param>
    /// <exception cref="InstantKeyException">One line that names the field and what is wanted.</exception>
    public static InstantKey Parse(ReadOnlyMemory<byte> json)
    {
        if (json.Length > MaxBytes)
        {
            throw new InstantKeyException($"instant key: wanted at most {MaxBytes} bytes, has {json.Length}");
        }

        try
        {
            using JsonDocument document = JsonText.Parse(json);
            return Read(document.RootElement);
        }
        catch (OutsideTextException e)
        {
            throw new InstantKeyException($"instant key: wanted a JSON object, {e.Message}", e);
        }
    }

    /// <summary>The credential record that this key's life gives.</summary>
    /// <param name="scopeId">24 bits.</param>
    /// <param name="generation">1 to 65,535.</param>
    /// <param name="keyNumber">Next of the scope.</param>
    /// <param name="mask">Bit i is floor i, or the door with index i.</param>
    /// <param name="isForFloors">What the mask names.</param>
    /// <param name="listVersion">List version of the scope at this moment.</param>
    public CredentialRecord ToRecord(int scopeId, int generation, uint keyNumber, ulong mask, bool isForFloors, uint listVersion) =>
        new(scopeId, generation, keyNumber, CreatedAtSeconds, CreatedAtSeconds, ExpiresAtSeconds, mask, isForFloors, listVersion);

    private static InstantKey Read(JsonElement root)
    {
        if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("instant_key", out JsonElement inner))
        {
            root = inner;
        }

        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new InstantKeyException($"instant key: wanted an object, is {Name(root.ValueKind)}");
        }

        InstantKey key = new(
            Uuid(root, "instant_key_id"),
            Uuid(root, "workspace_id"),
            Uuid(root, "client_session_id"),
            Uuid(root, "user_identity_id"),
            Time(root, "created_at"),
            Time(root, "expires_at"),
            Url(root, "instant_key_url"),
            IsThere(root, "customization_profile_id") ? Uuid(root, "customization_profile_id") : null);
        if (key.ExpiresAtSeconds <= key.CreatedAtSeconds)
        {
            throw new InstantKeyException("expires_at: wanted a time at least 1 s after created_at, is not later");
        }

        if (IsThere(root, "customization") && root.GetProperty("customization").ValueKind != JsonValueKind.Object)
        {
            throw new InstantKeyException($"customization: wanted an object, is {Name(root.GetProperty("customization").ValueKind)}");
        }

        return key;
    }

    private static bool IsThere(JsonElement root, string field) =>
        root.TryGetProperty(field, out JsonElement value) && value.ValueKind != JsonValueKind.Null;

    private static Guid Uuid(JsonElement root, string field)
    {
        string text = String(root, field, "a UUID");
        return Guid.TryParseExact(text, "D", out Guid id) ? id : throw Wrong(field, "a UUID", text);
    }

    private static DateTimeOffset Time(JsonElement root, string field)
    {
        string text = String(root, field, Rfc3339.Wanted);
        return Rfc3339.TryRead(text, out long us) && us >= 1_000_000
            ? DateTimeOffset.UnixEpoch.AddTicks(us * TimeSpan.TicksPerMicrosecond)
            : throw Wrong(field, Rfc3339.Wanted, text);
    }

    private static Uri Url(JsonElement root, string field)
    {
        const string Wanted = "a URL that begins with https://";
        string text = String(root, field, Wanted);
        return text.Length <= MaxUrl && Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url.Scheme is "https" or "http"
            ? url
            : throw Wrong(field, Wanted, text);
    }

    private static string String(JsonElement root, string field, string wanted)
    {
        if (!root.TryGetProperty(field, out JsonElement value))
        {
            throw new InstantKeyException($"{field}: wanted {wanted}, is missing");
        }

        return value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw new InstantKeyException($"{field}: wanted {wanted}, is {Name(value.ValueKind)}");
    }

    private static InstantKeyException Wrong(string field, string wanted, string text) =>
        new($"{field}: wanted {wanted}, is \"{Shown(text)}\"");

    /// <summary>What stood there, short enough for one line and without what would move a terminal's cursor.</summary>
    private static string Shown(string text) =>
        string.Concat(text.Take(MaxShown).Select(c => char.IsControl(c) ? '?' : c)) + (text.Length > MaxShown ? "…" : string.Empty);

    private static string Name(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };
}

/// <summary>An instant key object that is none. The message is one line that names the field and what is wanted.</summary>
public sealed class InstantKeyException : Exception
{
    /// <summary>A problem of one field.</summary>
    public InstantKeyException(string message)
        : base(message)
    {
    }

    /// <summary>A problem of the text itself.</summary>
    public InstantKeyException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
