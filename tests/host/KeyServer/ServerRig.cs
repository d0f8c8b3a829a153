using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using DoorController.KeyServer;
using DoorController.KeyServer.Issue;
using DoorController.KeyServer.Root;
using DoorController.KeyServer.Store;
using DoorController.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using KeySite = DoorController.KeyServer.Root.Site;

namespace DoorController.Tests.KeyServer
{
    /// <summary>An answer of the server.</summary>
    internal sealed record Answer(int Status, JsonObject Body, HttpResponseHeaders Headers)
    {
        public string? ErrorType => Body["error"]?["type"]?.GetValue<string>();

        public JsonObject Of(string property) => Body[property]!.AsObject();
    }

    /// <summary>A key server in this process, on a port of its own and a new database of either kind.</summary>
    internal sealed class ServerRig : IAsyncDisposable
    {
        private readonly DatabaseSettings _database;
        private WebApplication? _app;
        private HttpClient? _http;

        private ServerRig(DatabaseSettings database, string folder)
        {
            _database = database;
            Folder = folder;
        }

        public string Folder { get; }

        public MovingClock Clock { get; } = new();

        public SiteFiles Files => new(Path.Combine(Folder, "site.root"));

        public DatabaseSettings DatabaseSettings => _database;

        public KeyServerSettings Settings { get; set; } = null!;

        public KeySite Site { get; private set; } = null!;

        public string ApiKey { get; private set; } = string.Empty;

        public Uri Address { get; private set; } = null!;

        public static string NewFolder() => Directory.CreateTempSubdirectory("door-keyserver-").FullName;

        /// <summary>Begins a site and starts its server.</summary>
        public static async Task<ServerRig> StartAsync(DatabaseKind kind, Func<KeyServerSettings, KeyServerSettings>? change = null)
        {
            ServerRig rig = await BeginAsync(kind);
            rig.Settings = change?.Invoke(rig.Settings) ?? rig.Settings;
            await rig.OpenAsync();
            return rig;
        }

        /// <summary>Begins a site without a server.</summary>
        public static async Task<ServerRig> BeginAsync(DatabaseKind kind)
        {
            string folder = NewFolder();
            DatabaseSettings database = kind == DatabaseKind.Sqlite
                ? DatabaseSettings.File(Path.Combine(folder, "keyserver.db"))
                : DatabaseSettings.Server(PostgresServer.NewDatabase());
            ServerRig rig = new(database, folder);
            rig.Settings = new KeyServerSettings(database, rig.Files) { Listen = new IPEndPoint(IPAddress.Loopback, 0) };
            await using Database empty = new(database, rig.Clock);
            await KeySite.BeginAsync(empty, rig.Files);
            rig.ApiKey = (await File.ReadAllTextAsync(rig.Files.FirstApiKey)).Trim();
            return rig;
        }

        public async Task OpenAsync()
        {
            Site = await KeySite.OpenAsync(new Database(_database, Clock), Files);
            Site.Database.Clock.Accept();
            _app = KeyServerApp.Build(Settings, Site);
            await _app.StartAsync();
            Address = new Uri(_app.Urls.First());
            _http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(60) };
        }

        /// <summary>Path and methods of every route.</summary>
        public IReadOnlyList<(string Path, IReadOnlyList<string> Methods)> Routes =>
        [
            .. _app!.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
                .Select(e => ("/" + e.RoutePattern.RawText!.TrimStart('/'), e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? [])),
        ];

        /// <summary>Writes down what doors said of themselves, which the server does by itself every ten seconds.</summary>
        public Task FlushSeenAsync() => _app!.Services.GetRequiredService<DoorController.KeyServer.Doors.SeenBook>().FlushAsync();

        /// <summary>Sends a body as it is.</summary>
        public async Task<Answer> PostRawAsync(string path, byte[] body)
        {
            using HttpRequestMessage request = new(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + ApiKey);
            using HttpResponseMessage response = await _http!.SendAsync(request);
            return new Answer((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsObject(), response.Headers);
        }

        public async Task CloseAsync()
        {
            _http?.Dispose();
            if (_app != null)
            {
                await _app.StopAsync();
                await _app.DisposeAsync();
                await Site.DisposeAsync();
                _app = null;
            }
        }

        public async ValueTask DisposeAsync()
        {
            await CloseAsync();
            SqliteConnection.ClearAllPools();
            Directory.Delete(Folder, recursive: true);
        }

        public Task<Answer> PostAsync(string path, JsonObject? body = null) => SendAsync(HttpMethod.Post, path, body?.ToJsonString() ?? "{}", ApiKey);

        public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path, null, ApiKey);

        public async Task<Answer> SendAsync(
            HttpMethod method, string path, string? body, string? token, string? cookie = null, params (string Name, string Value)[] headers)
        {
            using HttpRequestMessage request = new(method, path);
            foreach ((string name, string value) in headers)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }

            if (token != null)
            {
                request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
            }

            if (cookie != null)
            {
                request.Headers.Add("Cookie", cookie);
            }

            if (body != null)
            {
                request.Content = new StringContent(body, Encoding.UTF8, "application/json");
            }

            using HttpResponseMessage response = await _http!.SendAsync(request);
            string text = await response.Content.ReadAsStringAsync();
            return new Answer((int)response.StatusCode, JsonNode.Parse(text)!.AsObject(), response.Headers);
        }

        /// <summary>Redeems as a phone does; without a token or a cookie as a new one.</summary>
        public Task<Answer> RedeemAsync(string url, string? token = null, string? cookie = null) =>
            SendAsync(HttpMethod.Post, new Uri(url).AbsolutePath, null, token ?? (cookie == null ? Guid.NewGuid().ToString("n") : null), cookie);

        /// <summary>Makes a person.</summary>
        /// <returns>The id.</returns>
        public async Task<string> AddPersonAsync(string? key = null)
        {
            Answer answer = await PostAsync("/user_identities/create", new() { ["user_identity_key"] = key, ["full_name"] = "Ada" });
            return answer.Of("user_identity")["user_identity_id"]!.GetValue<string>();
        }

        /// <summary>Makes an instant key.</summary>
        public async Task<JsonObject> AddKeyAsync(string person, int? uses = null)
        {
            JsonObject body = new() { ["user_identity_id"] = person };
            if (uses != null)
            {
                body["max_use_count"] = uses;
            }

            Answer answer = await PostAsync("/user_identities/generate_instant_key", body);
            return answer.Status == 200 ? answer.Of("instant_key") : throw new InvalidOperationException(answer.Body.ToJsonString());
        }

        /// <summary>A scope with doors of the indexes 0, 1, …, written as the routes for doors would.</summary>
        public Task AddScopeAsync(int scopeId, bool isAllowedMode = false, params uint[] doors) => Site.Database.WriteAsync(async s =>
        {
            string workspace = (await s.FirstAsync("SELECT workspace_id FROM workspaces", row => row.GetString(0)))!;
            await s.ExecuteAsync(
                """
                INSERT INTO scopes (scope_id, workspace_id, name, kind, generation, minimum_generation, previous_generation, previous_until_s,
                    next_door_index, next_key_number, watermark, list_version, list_mode, created_us)
                VALUES (@id, @workspace, @name, 'bank', 1, 0, 0, 0, @next, 0, 0, @now, @mode, @nowUs)
                """,
                ("id", scopeId), ("workspace", workspace), ("name", "scope " + scopeId), ("next", doors.Length), ("now", s.NowS),
                ("mode", isAllowedMode), ("nowUs", s.NowUs));
            for (int index = 0; index < doors.Length; index++)
            {
                await AddDoorAsync(s, workspace, scopeId, doors[index], index);
            }

            return 0;
        });

        /// <summary>Gives a person doors of a scope.</summary>
        /// <param name="fromS">Seconds from now.</param>
        /// <param name="toS">Seconds from now.</param>
        public Task<Right> AddRightAsync(string person, int scopeId, uint[] doors, int fromS = 0, int toS = 86400, ulong? floors = null) =>
            Site.Database.WriteAsync(async s =>
            {
                string workspace = (await s.FirstAsync("SELECT workspace_id FROM workspaces", row => row.GetString(0)))!;
                return await RightsBook.AssignAsync(
                    s, workspace, person, scopeId, new RightTerms(doors, floors, (uint)(s.NowS + fromS), (uint)(s.NowS + toS)));
            });

        /// <summary>Changes a right of a person.</summary>
        public Task ChangeRightAsync(Right right, Func<RightTerms, RightTerms> change) => Site.Database.WriteAsync(async s =>
        {
            string workspace = (await s.FirstAsync("SELECT workspace_id FROM workspaces", row => row.GetString(0)))!;
            Right now = (await RightsBook.FindAsync(s, workspace, right.Id))!;
            return await RightsBook.ChangeAsync(s, workspace, now, change(now.Terms));
        });

        /// <summary>The list of a scope as it is now.</summary>
        public Task<byte[]> ListAsync(int scopeId) => Site.Database.ReadAsync(s => DoorController.KeyServer.Lists.ListBodies.FullAsync(s, scopeId));

        /// <summary>True when a key number is revoked by a list in mode revoked.</summary>
        public static bool IsSet(byte[] list, uint number)
        {
            long bit = number - BitConverter.ToUInt32(list, 16);
            return bit < 0 || ((bit / 8) < list.Length - 24 && (list[24 + (bit / 8)] >> (int)(bit % 8) & 1) == 1);
        }

        private static async Task AddDoorAsync(Session s, string workspace, int scopeId, uint door, int index)
        {
            await s.ExecuteAsync(
                """
                INSERT INTO doors (door_id, workspace_id, name, generation, held_generation, bundle_version, floors, settings, created_us, retired_us)
                VALUES (@door, @workspace, @name, 1, 1, 1, 0, '{}', @now, NULL) ON CONFLICT (door_id) DO NOTHING
                """,
                ("door", door), ("workspace", workspace), ("name", "DOOR " + door), ("now", s.NowUs));
            if (await s.NumberAsync("SELECT COUNT(*) FROM entrances WHERE door_id = @door", ("door", door)) == 0)
            {
                await DoorController.KeyServer.Doors.EntranceBook.AddAsync(s, workspace, door, 0);
            }

            await s.ExecuteAsync(
                """
                INSERT INTO scope_members (scope_id, generation, door_index, door_id, slot, added_us, removed_us)
                SELECT CAST(@scope AS BIGINT), 1, CAST(@index AS BIGINT), CAST(@door AS BIGINT), COUNT(*), CAST(@now AS BIGINT), NULL
                FROM scope_members WHERE door_id = @door
                """,
                ("scope", scopeId), ("index", index), ("door", door), ("now", s.NowUs));
        }
    }

    /// <summary>A record of a credential, opened with the keys of its site.</summary>
    internal sealed record OpenedKey(int ScopeId, uint KeyNumber, uint IssuedAt, uint NotBefore, uint ExpiresAt, ulong Mask, bool IsForFloors, uint ListVersion)
    {
        public static IReadOnlyList<OpenedKey> All(ServerRig rig, Answer redeemed) => All(rig.Site.Keys.Root, redeemed);

        public static IReadOnlyList<OpenedKey> All(DoorController.Issuer.SiteRoot root, Answer redeemed) =>
            [.. redeemed.Of("redeemed")["keys"]!.AsArray().Select(key => Open(root, Convert.FromBase64String(key!["credential"]!.GetValue<string>())))];

        public static OpenedKey Open(DoorController.Issuer.SiteRoot root, byte[] credential)
        {
            int scope = credential[0] | (credential[1] << 8) | (credential[2] << 16);
            byte[] record = DoorController.Issuer.ServerCrypto.Instance.Decrypt(
                root.SealKey(scope, credential[3]), credential[4..20], credential[20..]);
            return new OpenedKey(
                scope, BitConverter.ToUInt32(record, 4), BitConverter.ToUInt32(record, 8), BitConverter.ToUInt32(record, 12),
                BitConverter.ToUInt32(record, 16), BitConverter.ToUInt64(record, 20), (record[1] & 1) == 1, BitConverter.ToUInt32(record, 28));
        }
    }
}
