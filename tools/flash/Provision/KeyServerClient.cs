using System;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using DoorController.Flash.Console;
using DoorController.Issuer;

namespace DoorController.Flash.Provision
{
    /// <summary>
    /// The one route of the key server that this tool needs: POST /doors/register, which makes a door and gives its provisioning files,
    /// once.
    /// </summary>
    internal sealed class KeyServerClient : IDisposable
    {
        private const int MaxAnswerBytes = 64 * 1024;

        private const int MaxShownReason = 300;

        private readonly HttpClient _http;
        private readonly string _requestKey;

        /// <summary>Talks to a key server.</summary>
        /// <param name="server">
        /// Its address; https, or plain http on this machine only, since the answer holds the door's keys. A path is kept: the routes lie below it.
        /// </param>
        /// <param name="apiKey">An API key.</param>
        /// <param name="requestKey">What an earlier run, whose answer was lost, called its request; null for a new one.</param>
        public KeyServerClient(Uri server, string apiKey, string? requestKey = null)
        {
            if (server.Scheme != Uri.UriSchemeHttps && !(server.Scheme == Uri.UriSchemeHttp && server.IsLoopback))
            {
                throw FlashException.Input($"--server {server} would carry the door's keys in clear", "use https");
            }

            if (server.Query.Length > 0 || server.Fragment.Length > 0 || server.UserInfo.Length > 0)
            {
                throw FlashException.Input("--server has a name, a query or a mark beside its address", "give one such as https://keys.example.com/site/");
            }

            if (requestKey != null && !Guid.TryParseExact(requestKey, "D", out _))
            {
                throw FlashException.Input($"{Options.RequestKey.Name} {requestKey} is none", "copy it from the line that told it");
            }

            _requestKey = requestKey ?? Guid.NewGuid().ToString();
            Uri folder = server.AbsolutePath.EndsWith('/') ? server : new Uri(server.AbsoluteUri + "/");
            _http = new HttpClient { BaseAddress = folder, Timeout = TimeSpan.FromSeconds(30), MaxResponseContentBufferSize = MaxAnswerBytes };
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", apiKey);
        }

        /// <summary>Registers a door and takes its provisioning files.</summary>
        /// <param name="request">The body: a JSON object as the key server's README describes it.</param>
        /// <param name="cancel">Gives up.</param>
        public async Task<ProvisioningSet> RegisterAsync(JsonObject request, CancellationToken cancel)
        {
            JsonNode? answer;
            try
            {
                using HttpRequestMessage post = new(HttpMethod.Post, "doors/register") { Content = JsonContent.Create(request) };
                post.Headers.Add("Idempotency-Key", _requestKey);
                using HttpResponseMessage response = await _http.SendAsync(post, cancel).ConfigureAwait(false);
                answer = await ReadAsync(response, cancel).ConfigureAwait(false);
                if (!response.IsSuccessStatusCode)
                {
                    throw new FlashException($"the key server refused the door ({(int)response.StatusCode}): {Reason(answer)}", "correct that and try again");
                }
            }
            catch (Exception e) when (e is HttpRequestException || (e is TaskCanceledException && !cancel.IsCancellationRequested))
            {
                throw new FlashException(
                    $"the key server at {_http.BaseAddress} does not answer ({e.Message.Split('\n')[0]})",
                    $"check --server and the network; the door may be registered: within 24 h, {Options.RequestKey.Name} {_requestKey} gets the same one");
            }

            return Take(answer);
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            _http.Dispose();
        }

        private static async Task<JsonNode?> ReadAsync(HttpResponseMessage response, CancellationToken cancel)
        {
            byte[] text = await response.Content.ReadAsByteArrayAsync(cancel).ConfigureAwait(false);
            try
            {
                return JsonText.ParseNode(text);
            }
            catch (OutsideTextException)
            {
                return null;
            }
        }

        private static string Reason(JsonNode? answer)
        {
            string text = answer is JsonObject && answer["error"] is JsonObject error && error["message"] is JsonValue message
                ? ConsoleBridge.Printable(message.ToString()).ReplaceLineEndings(" ")
                : "no reason given";
            return text.Length > MaxShownReason ? text[..MaxShownReason] + "…" : text;
        }

        private ProvisioningSet Take(JsonNode? answer)
        {
            try
            {
                JsonArray lists = answer?["lists"]?.AsArray() ?? [];
                byte[] bundle = Convert.FromBase64String(answer?["provision"]?.GetValue<string>() ?? throw new FormatException());
                return ProvisioningSet.Make(
                    bundle,
                    slot => slot < lists.Count && lists[slot] is JsonNode list ? Convert.FromBase64String(list.GetValue<string>()) : null,
                    $"the answer of {_http.BaseAddress}");
            }
            catch (Exception e) when (e is FormatException or InvalidOperationException)
            {
                throw new FlashException($"the key server at {_http.BaseAddress} answered something that is no door", "check --server: is that the key server?");
            }
        }
    }
}
