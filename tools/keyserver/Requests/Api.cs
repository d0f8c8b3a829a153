using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using DoorController.Issuer;
using DoorController.KeyServer.Root;
using Microsoft.Extensions.Primitives;

namespace DoorController.KeyServer.Requests;

/// <summary>
/// What all routes of the JSON API have in common: an API key, parameters from the query or the body, <c>ok</c> in every answer,
/// one shape for every error, a <c>seam-request-id</c>.
/// </summary>
public static class Api
{
    /// <summary>Bytes of any request's body at most, whatever the route allows.</summary>
    public const int MaxRequestBytes = 128 * 1024;

    /// <summary>Bytes of a JSON body at most.</summary>
    public const int MaxBodyBytes = 64 * 1024;

    /// <summary>Parameters of a query at most.</summary>
    public const int MaxQueryParameters = 200;

    /// <summary>Name of the header that names a request.</summary>
    public const string RequestIdHeader = "seam-request-id";

    /// <summary>Property names as the API writes them; what is null is left out unless it says otherwise.</summary>
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DictionaryKeyPolicy = null,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        MaxDepth = 32,

        // The default writes + and every letter beyond ASCII as an escape, for the sake of JSON within HTML: this is never that.
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Adds a route that wants an API key of one of its roles.</summary>
    /// <param name="methods">Such as GET and POST.</param>
    /// <param name="handler">Gives the answer's properties as an object; <c>ok</c> is added.</param>
    public static void MapApi(this WebApplication app, string[] methods, string path, Func<Call, Task<object>> handler) =>
        app.MapMethods(path, methods, async http =>
        {
            Site site = http.RequestServices.GetRequiredService<Site>();
            (string workspace, Role role) = await ApiKeys.AuthenticateAsync(site, http);
            Roles.Check(role, path);
            Call call = new(http, workspace, role, await ReadAsync(http), site);
            await WriteAsync(http, 200, await handler(call));
        });

    /// <summary>Writes an answer.</summary>
    public static async Task WriteAsync(HttpContext http, int status, object properties)
    {
        Dictionary<string, object?> answer = [];
        foreach (System.Reflection.PropertyInfo property in properties.GetType().GetProperties())
        {
            answer.Add(property.Name, property.GetValue(properties));
        }

        answer.Add("ok", status < 400);
        http.Response.StatusCode = status;
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        await http.Response.WriteAsJsonAsync(answer, Json, http.RequestAborted);
    }

    /// <summary>Reads a body whole.</summary>
    /// <exception cref="ApiException">413 when it is longer than the limit.</exception>
    public static async Task<byte[]> ReadBodyAsync(HttpContext http, int limit)
    {
        if (http.Request.ContentLength > limit)
        {
            throw TooLarge(limit);
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent(limit + 1);
        try
        {
            int length = 0;
            int read;
            while ((read = await http.Request.Body.ReadAsync(buffer.AsMemory(length, limit + 1 - length), http.RequestAborted)) > 0)
            {
                length += read;
                if (length > limit)
                {
                    throw TooLarge(limit);
                }
            }

            return buffer.AsSpan(0, length).ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    private static ApiException TooLarge(int limit) => new(413, "payload_too_large", $"body: wanted at most {limit} bytes");

    /// <summary>The parameters of a request, from its query or its body.</summary>
    /// <exception cref="ApiException">400 or 413: it is none.</exception>
    internal static async Task<Parameters> ReadAsync(HttpContext http)
    {
        Dictionary<string, JsonElement> values = ReadQuery(http.Request.Query);
        bool hasBody = !HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsDelete(http.Request.Method);
        byte[] body = hasBody ? await ReadBodyAsync(http, MaxBodyBytes) : [];
        if (body.Length == 0)
        {
            return new Parameters(values, isQuery: true);
        }

        if (values.Count > 0)
        {
            throw ApiException.Invalid("query", "wanted all parameters in the body");
        }

        return new Parameters(ReadJson(body), isQuery: false);
    }

    /// <summary>
    /// The official clients add <c>_strict=true</c>, which asks for what is done here anyway, and write null and an empty list as nothing.
    /// </summary>
    private static Dictionary<string, JsonElement> ReadQuery(IQueryCollection query)
    {
        if (query.Sum(q => q.Value.Count) > MaxQueryParameters)
        {
            throw ApiException.Invalid("query", $"wanted at most {MaxQueryParameters} parameters");
        }

        Dictionary<string, JsonElement> values = [];
        foreach (KeyValuePair<string, StringValues> parameter in query.Where(q => q.Key != "_strict"))
        {
            bool isList = parameter.Key.EndsWith("[]", StringComparison.Ordinal);
            string name = isList ? parameter.Key[..^2] : parameter.Key;
            JsonElement value = parameter.Value.Count > 1 || isList
                ? JsonSerializer.SerializeToElement(parameter.Value.ToArray())
                : JsonSerializer.SerializeToElement(parameter.Value[0] is { Length: > 0 } text ? text : null);
            if (!values.TryAdd(name, value))
            {
                throw ApiException.Invalid(name, "is there with and without []");
            }
        }

        return values;
    }

    private static Dictionary<string, JsonElement> ReadJson(byte[] body)
    {
        try
        {
            using JsonDocument document = JsonText.Parse(body);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.Clone())
                : throw ApiException.Invalid("body", "wanted a JSON object, is another JSON value");
        }
        catch (OutsideTextException e)
        {
            throw ApiException.Invalid("body", "wanted a JSON object, " + e.Message);
        }
    }
}
