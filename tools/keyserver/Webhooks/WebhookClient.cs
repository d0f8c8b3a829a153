using System.Globalization;
using System.Text;
using DoorController.KeyServer.Outside;
using DoorController.KeyServer.Root;
using StandardWebhooks;

namespace DoorController.KeyServer.Webhooks;

/// <summary>Sends one event, signed as Standard Webhooks has it. No redirect is followed, no answer's body is read, and private addresses are refused when the connection is made.</summary>
internal sealed class WebhookClient(KeyServerSettings settings, SiteKeys keys) : IDisposable
{
    /// <summary>Seconds that a try may take.</summary>
    public const int TimeoutS = 15;

    private readonly HttpClient _http = OutsideHttp.MakeForPosts(settings.IsPrivateAllowed ? _ => true : PublicAddress.IsPublic, TimeSpan.FromSeconds(TimeoutS));

    /// <summary>What the receiver verifies with. It follows from the site root, and nothing stores it.</summary>
    public static string Secret(SiteKeys keys, string webhookId) => "whsec_" + Convert.ToBase64String(keys.WebhookKey(webhookId));

    /// <summary>Sends. A server that stops waits for the answer: what was taken is not to be sent again.</summary>
    /// <param name="nowS">Unix seconds.</param>
    /// <returns>What was wrong, in a few words without an address; null when it was taken. IsGone: 410, the receiver wants no more.</returns>
    public async Task<(string? Problem, bool IsGone)> SendAsync(Webhook webhook, TellableEvent told, long nowS)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, webhook.Url) { Content = new StringContent(told.Json, Encoding.UTF8, "application/json") };
        DateTimeOffset time = DateTimeOffset.FromUnixTimeSeconds(nowS);
        request.Headers.Add("svix-id", told.Id);
        request.Headers.Add("svix-timestamp", nowS.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("svix-signature", new StandardWebhook(Secret(keys, webhook.Id)).Sign(told.Id, time, told.Json));
        try
        {
            using HttpResponseMessage response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            int status = (int)response.StatusCode;
            return (response.IsSuccessStatusCode ? null : $"answered {status}", status == 410);
        }
        catch (TaskCanceledException)
        {
            return ($"no answer within {TimeoutS} s", false);
        }
        catch (HttpRequestException e)
        {
            return ($"not reached ({e.HttpRequestError})", false);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}
