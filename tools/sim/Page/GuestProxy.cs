using System.Text;
using Microsoft.AspNetCore.Http;

namespace DoorController.Sim.Page;

/// <summary>
/// Passes the guest's page through from the key server. Two things are changed, and nothing else: the page may stand in the desk's frame, and the desk
/// radio comes before its own scripts.
/// </summary>
/// <param name="server">The key server.</param>
internal sealed class GuestProxy(Uri server) : IDisposable
{
    private const int MaxBody = 128 * 1024;
    private const string Head = "<head>";
    private static readonly string[] Taken = ["Accept", "Authorization", "Content-Type"];
    private static readonly string[] Given = ["Cache-Control", "Content-Security-Policy", "Content-Type", "Permissions-Policy", "Referrer-Policy", "X-Content-Type-Options"];
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = server };

    /// <summary>Passes a request on and its answer back.</summary>
    public async Task PassOnAsync(HttpContext http)
    {
        using HttpRequestMessage request = new(new HttpMethod(http.Request.Method), http.Request.Path + http.Request.QueryString);
        if (http.Request.ContentLength > MaxBody)
        {
            http.Response.StatusCode = 413;
            return;
        }

        if (HttpMethods.IsPost(http.Request.Method))
        {
            request.Content = new StreamContent(http.Request.Body);
        }

        foreach (string name in Taken.Where(n => http.Request.Headers.ContainsKey(n)))
        {
            _ = request.Headers.TryAddWithoutValidation(name, http.Request.Headers[name].ToArray())
                || request.Content?.Headers.TryAddWithoutValidation(name, http.Request.Headers[name].ToArray()) == true;
        }

        using HttpResponseMessage answer = await _http.SendAsync(request, http.RequestAborted);
        await WriteAsync(http.Response, answer, http.RequestAborted);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static async Task WriteAsync(HttpResponse response, HttpResponseMessage answer, CancellationToken cancel)
    {
        response.StatusCode = (int)answer.StatusCode;
        foreach (string name in Given)
        {
            if (answer.Headers.TryGetValues(name, out IEnumerable<string>? values) || answer.Content.Headers.TryGetValues(name, out values))
            {
                response.Headers[name] = string.Join(", ", values).Replace("frame-ancestors 'none'", "frame-ancestors 'self'", StringComparison.Ordinal);
            }
        }

        byte[] body = await answer.Content.ReadAsByteArrayAsync(cancel);
        if (answer.Content.Headers.ContentType?.MediaType == "text/html")
        {
            string page = Encoding.UTF8.GetString(body);
            body = Encoding.UTF8.GetBytes(page.Replace(Head, $"{Head}\n  <script src=\"/{DeskFiles.Radio}\"></script>", StringComparison.Ordinal));
        }

        await response.Body.WriteAsync(body, cancel);
    }
}
