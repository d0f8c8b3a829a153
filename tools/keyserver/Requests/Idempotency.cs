using System.Security.Cryptography;
using System.Text;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Requests;

/// <summary>
/// The header Idempotency-Key of a request that makes something: whoever lost the answer asks again under the same key and is told of the
/// same thing. Kept 24 h, as hashes and the id of what was made.
/// </summary>
internal static class Idempotency
{
    /// <summary>Name of the header.</summary>
    public const string Header = "Idempotency-Key";

    /// <summary>For how long a key is known, in microseconds.</summary>
    public const long LifeUs = 24 * 3_600_000_000L;

    private const int MaxLength = 255;

    /// <summary>Refuses a key that is none. Before any change.</summary>
    /// <exception cref="ApiException">400.</exception>
    public static void Check(Call call)
    {
        string? key = Key(call);
        if (key != null && (key.Length is 0 or > MaxLength || key.Any(c => c is < ' ' or > '~')))
        {
            throw ApiException.Invalid(Header, $"wanted 1 to {MaxLength} printable ASCII characters, once");
        }
    }

    /// <summary>Finds what this request made before. Within the change that would make it.</summary>
    /// <returns>Its id; null without a key, or when it is not known.</returns>
    /// <exception cref="ApiException">409: the key came with another request.</exception>
    public static async Task<string?> FindAsync(Session s, Call call)
    {
        if (Key(call) is not string key)
        {
            return null;
        }

        (string Result, byte[] Request) known = await s.FirstAsync(
            "SELECT result_id, request_hash FROM idempotency_keys WHERE workspace_id = @workspace AND key_hash = @key AND created_us > @past",
            row => (row.Text(0), row.Blob(1)),
            ("workspace", call.WorkspaceId), ("key", Hash(call, key)), ("past", s.NowUs - LifeUs));
        return known.Result == null || known.Request.AsSpan().SequenceEqual(call.Parameters.Digest())
            ? known.Result
            : throw new ApiException(409, "idempotency_key_reused", $"the {Header} came with another request before: take a new one");
    }

    /// <summary>Notes what a request made. Within the change that made it.</summary>
    public static async Task NoteAsync(Session s, Call call, string resultId)
    {
        if (Key(call) is string key)
        {
            await s.ExecuteAsync(
                """
                INSERT INTO idempotency_keys (workspace_id, key_hash, request_hash, result_id, created_us) VALUES (@workspace, @key, @request, @result, @now)
                ON CONFLICT (workspace_id, key_hash) DO UPDATE SET request_hash = excluded.request_hash, result_id = excluded.result_id,
                    created_us = excluded.created_us
                """,
                ("workspace", call.WorkspaceId), ("key", Hash(call, key)), ("request", call.Parameters.Digest()), ("result", resultId), ("now", s.NowUs));
        }
    }

    private static string? Key(Call call) =>
        call.Http.Request.Headers.TryGetValue(Header, out Microsoft.Extensions.Primitives.StringValues value) ? value.ToString() : null;

    private static byte[] Hash(Call call, string key) => SHA256.HashData(Encoding.UTF8.GetBytes(call.Http.Request.Path + "\n" + key));
}
