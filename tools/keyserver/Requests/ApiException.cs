namespace DoorController.KeyServer.Requests;

/// <summary>A request that is refused, in the error shape of the Seam-style API.</summary>
public sealed class ApiException : Exception
{
    /// <summary>A refusal without fields.</summary>
    /// <param name="status">HTTP status.</param>
    /// <param name="type">Type of the error, such as user_identity_not_found.</param>
    /// <param name="message">One line without a secret.</param>
    public ApiException(int status, string type, string message)
        : base(message)
    {
        Status = status;
        Type = type;
    }

    /// <summary>HTTP status.</summary>
    public int Status { get; }

    /// <summary>Type of the error.</summary>
    public string Type { get; }

    /// <summary>What is wrong with each field; null when no field is.</summary>
    public IReadOnlyDictionary<string, List<string>>? Fields { get; private init; }

    /// <summary>Seconds after which to try again; 0 when that would not help.</summary>
    public int RetryAfterS { get; init; }

    /// <summary>Bad fields: 400 invalid_input.</summary>
    public static ApiException Invalid(IReadOnlyDictionary<string, List<string>> fields) => new(
        400, "invalid_input", string.Join("; ", fields.Select(f => $"{f.Key}: {string.Join(", ", f.Value)}")))
    { Fields = fields };

    /// <summary>One bad field: 400 invalid_input.</summary>
    public static ApiException Invalid(string field, string wanted) => Invalid(new Dictionary<string, List<string>> { [field] = [wanted] });

    /// <summary>404, with the type <c>&lt;thing&gt;_not_found</c>.</summary>
    /// <param name="thing">Such as user_identity.</param>
    public static ApiException NotFound(string thing) => new(404, thing + "_not_found", $"no such {thing} in this workspace");
}
