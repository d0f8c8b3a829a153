using DoorController.KeyServer.Outside;
using DoorController.KeyServer.Requests;

namespace DoorController.KeyServer.Look;

/// <summary>
/// Fetches a logo once, when a profile names it. PNG, JPEG and WebP by their first bytes, whatever the header says; SVG is refused, since a document with
/// scripts is nothing to serve from the address that holds keys.
/// </summary>
/// <param name="http">Reaches the public Internet alone.</param>
/// <param name="isHttpAllowed">True on a test bench.</param>
internal sealed class LogoFetcher(HttpClient http, bool isHttpAllowed) : IDisposable
{
    /// <summary>Bytes of a logo at most.</summary>
    public const int MaxBytes = 64 * 1024;

    private const string Field = "logo_url";

    /// <summary>Fetches it.</summary>
    /// <exception cref="ApiException">400 with the field: no such address, no answer, too large, or no picture.</exception>
    public async Task<Logo> FetchAsync(string url, CancellationToken cancel)
    {
        Uri address = Uri.TryCreate(url, UriKind.Absolute, out Uri? uri) && uri.UserInfo.Length == 0
            && (uri.Scheme == Uri.UriSchemeHttps || (isHttpAllowed && uri.Scheme == Uri.UriSchemeHttp))
                ? uri
                : throw ApiException.Invalid(Field, "wanted an https address");
        byte[] bytes = await ReadAsync(address, cancel);
        return new Logo(bytes, KindOf(bytes) ?? throw ApiException.Invalid(Field, "wanted a PNG, JPEG or WebP picture"));
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    private async Task<byte[]> ReadAsync(Uri address, CancellationToken cancel)
    {
        using CancellationTokenSource late = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        late.CancelAfter(TimeSpan.FromSeconds(OutsideHttp.TimeoutS));
        try
        {
            using HttpResponseMessage response = await http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, late.Token);
            if (!response.IsSuccessStatusCode)
            {
                throw ApiException.Invalid(Field, $"could not be fetched: answered {(int)response.StatusCode}");
            }

            using Stream body = await response.Content.ReadAsStreamAsync(late.Token);
            byte[] buffer = new byte[MaxBytes + 1];
            int length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, late.Token);
            return length <= MaxBytes ? buffer[..length] : throw ApiException.Invalid(Field, $"wanted at most {MaxBytes} bytes");
        }
        catch (HttpRequestException e)
        {
            throw ApiException.Invalid(Field, "could not be fetched: " + (e.InnerException ?? e).Message.TrimEnd('.'));
        }
        catch (Exception e) when (e is IOException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            throw ApiException.Invalid(Field, $"could not be fetched within {OutsideHttp.TimeoutS} s");
        }
    }

    private static string? KindOf(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith<byte>([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]) ? "image/png"
        : bytes.StartsWith<byte>([0xFF, 0xD8, 0xFF]) ? "image/jpeg"
        : bytes.Length > 12 && bytes.StartsWith("RIFF"u8) && bytes[8..12].SequenceEqual("WEBP"u8) ? "image/webp"
        : null;
}
