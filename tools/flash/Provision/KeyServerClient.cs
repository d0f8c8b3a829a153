using System;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;

namespace DoorController.Flash.Provision
{
    /// <summary>
    /// The one route of the key server that this tool needs: POST /doors/register, which makes a door and gives its provisioning files,
    /// once.
    /// </summary>
    internal sealed class KeyServerClient : IDisposable
    {
        private const int MaxAnswerBytes = 64 * 1024;

        private readonly HttpClient _http;

        /// <summary>Talks to a key server.</summary>
        /// <param name="server">Its address; https, or plain http on this machine only, since the answer holds the door's keys.</param>
        /// <param name="apiKey">An API key.</param>
        public KeyServerClient(Uri server, string apiKey)
        {
            if (server.Scheme != Uri.UriSchemeHttps && !(server.Scheme == Uri.UriSchemeHttp && server.IsLoopback))
            {
                throw FlashException.Input($"--server {server} would carry the door's keys in clear", "use https");
            }

            _http = new HttpClient { BaseAddress = server, Timeout = TimeSpan.FromSeconds(30), MaxResponseContentBufferSize = MaxAnswerBytes };
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
                using HttpResponseMessage response = await _http.PostAsJsonAsync("doors/register", request, cancel).ConfigureAwait(false);
                answer = await ReadAsync(response, cancel).ConfigureAwait(false);
                if (!response.IsSuccessStatusCode)
                {
                    throw new FlashException($"the key server refused the door ({(int)response.StatusCode}): {Reason(answer)}", "correct that and try again");
                }
            }
            catch (Exception e) when (e is HttpRequestException || (e is TaskCanceledException && !cancel.IsCancellationRequested))
            {
                throw new FlashException($"the key server at {_http.BaseAddress} does not answer ({e.Message})", "check --server and the network");
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
            string text = await response.Content.ReadAsStringAsync(cancel).ConfigureAwait(false);
            try
            {
                return JsonNode.Parse(text);
            }
            catch (JsonException)
            {
                return null;
            }
        }

        private static string Reason(JsonNode? answer)
        {
            return answer is JsonObject && answer["error"] is JsonObject error && error["message"] is JsonValue message
                ? message.ToString()
                : "no reason given";
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
