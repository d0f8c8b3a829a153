using System.Globalization;
using System.Text.Json;
using DoorController.Issuer;

namespace DoorController.KeyServer.Requests;

/// <summary>
/// The parameters of one request, from its query or its JSON body. Each is asked for by name and type; what is wrong is collected, and
/// <see cref="Check"/> refuses the request with all of it, unknown parameters too.
/// </summary>
public sealed class Parameters
{
    /// <summary>Longest text.</summary>
    public const int MaxText = 1000;

    private readonly Dictionary<string, JsonElement> _values;
    private readonly bool _isQuery;
    private readonly HashSet<string> _asked = [];
    private readonly Dictionary<string, List<string>> _errors = [];

    /// <summary>Takes what was sent.</summary>
    /// <param name="values">By name. From a query: strings, and arrays where a name was repeated.</param>
    /// <param name="isQuery">Numbers and truth values come as text.</param>
    public Parameters(Dictionary<string, JsonElement> values, bool isQuery)
    {
        _values = values;
        _isQuery = isQuery;
    }

    /// <summary>True when the parameter was sent, null or not.</summary>
    public bool Has(string name) => _values.ContainsKey(name);

    /// <summary>Text without control characters.</summary>
    public string? Text(string name, bool required = false, int max = MaxText)
    {
        if (Find(name, required) is not JsonElement value)
        {
            return null;
        }

        if (!IsText(value, max))
        {
            Refuse(name, $"wanted text of 1 to {max} characters, none of them a control character");
            return null;
        }

        return value.GetString();
    }

    /// <summary>Bytes in Base64.</summary>
    /// <param name="max">Bytes at most.</param>
    public byte[]? Bytes(string name, int max)
    {
        if (Text(name, max: max * 2) is not string text)
        {
            return null;
        }

        byte[] bytes = new byte[max + 3];
        if (Convert.TryFromBase64String(text, bytes, out int length) && length <= max)
        {
            return bytes[..length];
        }

        Refuse(name, $"wanted at most {max} bytes in Base64");
        return null;
    }

    /// <summary>An id.</summary>
    public Guid? Id(string name, bool required = false)
    {
        if (Find(name, required) is not JsonElement value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.String && Guid.TryParseExact(value.GetString(), "D", out Guid id))
        {
            return id;
        }

        Refuse(name, "wanted a UUID");
        return null;
    }

    /// <summary>A whole number.</summary>
    public long? Number(string name, long min, long max, bool required = false)
    {
        if (Find(name, required) is not JsonElement value)
        {
            return null;
        }

        long number;
        bool isNumber = value.ValueKind == JsonValueKind.Number
            ? value.TryGetInt64(out number)
            : long.TryParse(_isQuery ? value.ToString() : string.Empty, NumberStyles.Integer, CultureInfo.InvariantCulture, out number);
        if (isNumber && number >= min && number <= max)
        {
            return number;
        }

        Refuse(name, $"wanted a whole number from {min} to {max}");
        return null;
    }

    /// <summary>A time as <see cref="Rfc3339"/> reads it, as microseconds since 1970.</summary>
    public long? TimeUs(string name, bool required = false) =>
        Find(name, required) is JsonElement value ? ParseTime(name, value) : null;

    /// <summary>Two times, as microseconds since 1970.</summary>
    public (long From, long To)? TimesUs(string name)
    {
        if (Find(name, false) is not JsonElement value)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() != 2)
        {
            Refuse(name, "wanted two times");
            return null;
        }

        long? from = ParseTime(name, value[0]);
        long? to = from == null ? null : ParseTime(name, value[1]);
        return to == null ? null : (from!.Value, to.Value);
    }

    /// <summary>A list of texts. One alone in a query may be without a list around it.</summary>
    public IReadOnlyList<string>? Texts(string name, int maxCount, bool required = false, int max = MaxText)
    {
        if (Find(name, required) is not JsonElement value)
        {
            return null;
        }

        JsonElement[] items = value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()]
            : _isQuery ? [value] : [];
        if ((value.ValueKind != JsonValueKind.Array && !_isQuery) || items.Length > maxCount
            || !items.All(i => IsText(i, max)))
        {
            Refuse(name, $"wanted a list of at most {maxCount} texts of 1 to {max} characters, none of them a control character");
            return null;
        }

        return [.. items.Select(i => i.GetString()!)];
    }

    /// <summary>A list of ids, each once, in the form in which they are stored.</summary>
    public IReadOnlyList<string>? Ids(string name, int maxCount, bool required = false)
    {
        IReadOnlyList<string>? texts = Texts(name, maxCount, required);
        if (texts?.All(text => Guid.TryParseExact(text, "D", out _)) == false)
        {
            Refuse(name, "wanted UUIDs");
        }

        return texts == null ? null : [.. texts.Select(text => text.ToLowerInvariant()).Distinct()];
    }

    /// <summary>A list of objects or numbers, as they are.</summary>
    public IReadOnlyList<JsonElement>? Items(string name, JsonValueKind kind, int maxCount, bool required = false)
    {
        if (Find(name, required) is not JsonElement value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() <= maxCount && value.EnumerateArray().All(i => i.ValueKind == kind))
        {
            return [.. value.EnumerateArray()];
        }

        Refuse(name, $"wanted a list of at most {maxCount} of kind {kind.ToString().ToLowerInvariant()}");
        return null;
    }

    /// <summary>A JSON object as it is.</summary>
    public JsonElement? Json(string name, bool required = false)
    {
        if (Find(name, required) is not JsonElement value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Object)
        {
            return value;
        }

        Refuse(name, "wanted an object");
        return null;
    }

    /// <summary>True or false.</summary>
    public bool? Truth(string name, bool required = false)
    {
        if (Find(name, required) is not JsonElement value)
        {
            return null;
        }

        bool truth = false;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False || (_isQuery && bool.TryParse(value.ToString(), out truth)))
        {
            return value.ValueKind == JsonValueKind.True || truth;
        }

        Refuse(name, "wanted true or false");
        return null;
    }

    /// <summary>Notes what is wrong with a field.</summary>
    public void Refuse(string name, string wanted)
    {
        if (!_errors.TryGetValue(name, out List<string>? list))
        {
            _errors.Add(name, list = []);
        }

        list.Add(wanted);
    }

    /// <summary>Refuses the request when anything is wrong with its parameters. Called once, after all were asked for.</summary>
    /// <exception cref="ApiException">400 invalid_input, which names each field.</exception>
    public void Check()
    {
        foreach (string name in _values.Keys.Where(n => !_asked.Contains(n)).Take(20))
        {
            Refuse(name.Length > 60 ? name[..60] : name, "is no parameter of this route");
        }

        if (_errors.Count > 0)
        {
            throw ApiException.Invalid(_errors);
        }
    }

    /// <summary>
    /// SHA-256 of all that was sent, whatever the order: a request that is sent again has the same.
    /// </summary>
    internal byte[] Digest() => System.Security.Cryptography.SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(
        _values.OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => new[] { v.Key, v.Value.GetRawText() })));

    /// <summary>The numbers of a page_cursor; null without one, or with one that was refused.</summary>
    /// <param name="count">Numbers in it.</param>
    internal long[]? Cursor(int count)
    {
        if (Text(Pagination.Parameter, max: Pagination.MaxCursor) is not string text)
        {
            return null;
        }

        long[] numbers = [.. text.Split('.').Select(part =>
            long.TryParse(part, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : long.MinValue)];
        if (numbers.Length == count && !numbers.Contains(long.MinValue))
        {
            return numbers;
        }

        Refuse(Pagination.Parameter, Pagination.WantedCursor);
        return null;
    }

    /// <summary>The one rule for text: what both databases store as it is.</summary>
    private static bool IsText(JsonElement value, int max) => value.ValueKind == JsonValueKind.String
        && value.GetString()!.Length is var length && length > 0 && length <= max && !value.GetString()!.Any(char.IsControl);

    private JsonElement? Find(string name, bool required)
    {
        _asked.Add(name);
        if (_values.TryGetValue(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null)
        {
            return value;
        }

        if (required)
        {
            Refuse(name, "Required");
        }

        return null;
    }

    private long? ParseTime(string name, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String && Rfc3339.TryRead(value.GetString()!, out long us))
        {
            return us;
        }

        Refuse(name, "wanted " + Rfc3339.Wanted + (_isQuery ? "; a + in a query is written %2B" : string.Empty));
        return null;
    }
}
