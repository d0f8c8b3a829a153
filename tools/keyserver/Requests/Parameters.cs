using System.Globalization;
using System.Text.Json;

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

        string? text = value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        if (text == null || text.Length == 0 || text.Length > max || text.Any(char.IsControl))
        {
            Refuse(name, $"wanted text of 1 to {max} characters, none of them a control character");
            return null;
        }

        return text;
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

    /// <summary>A time in ISO 8601 with its zone, as microseconds since 1970.</summary>
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
            || items.Any(i => i.ValueKind != JsonValueKind.String || i.GetString()!.Length is 0 || i.GetString()!.Length > max))
        {
            Refuse(name, $"wanted a list of at most {maxCount} texts of 1 to {max} characters");
            return null;
        }

        return [.. items.Select(i => i.GetString()!)];
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
        if (value.ValueKind == JsonValueKind.String
            && value.GetString() is { Length: >= 10 and <= 40 } text
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
            && time.Year is >= 1970 and < 2106)
        {
            return (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        }

        Refuse(name, "wanted a time in ISO 8601, as 2025-06-14T16:54:17Z, from 1970 to 2105");
        return null;
    }
}
