using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using DoorController.Hal.Host;
using DoorController.Issuer;
using DoorController.KeyServer.Issue;
using DoorController.KeyServer.Store;
using DoorController.Memory;
using DoorController.Tests.Support;

namespace DoorController.Tests.KeyServer.Doors
{
    /// <summary>A door that was registered by the route, and what went onto its board.</summary>
    internal sealed record RegisteredDoor(uint Id, int ScopeId, byte[] Provision, IReadOnlyList<byte[]> Lists);

    /// <summary>The routes for doors, as tests use them.</summary>
    internal static class DoorsOfServer
    {
        private static int _named;

        /// <summary>Calls a route and wants its answer to be good.</summary>
        public static async Task<JsonObject> DoAsync(this ServerRig rig, string path, JsonObject body)
        {
            Answer answer = await rig.PostAsync(path, body);
            return answer.Status == 200 ? answer.Body : throw new InvalidOperationException(path + ": " + answer.Body.ToJsonString());
        }

        /// <summary>Registers a door; without scopes it gets one of its own.</summary>
        /// <param name="name">Null: one that no other door has.</param>
        public static async Task<RegisteredDoor> RegisterAsync(this ServerRig rig, string? name = null, params int[] scopes) =>
            Read(await rig.DoAsync("/doors/register", new JsonObject { ["name"] = name ?? "DOOR " + Interlocked.Increment(ref _named), ["scope_ids"] = new JsonArray([.. scopes.Select(s => (JsonNode)s)]) }));

        public static RegisteredDoor Read(JsonObject answer) => new(
            answer["door"]!["door_id"]!.GetValue<uint>(),
            answer["door"]!["scopes"]![0]!["scope_id"]!.GetValue<int>(),
            Convert.FromBase64String(answer["provision"]!.GetValue<string>()),
            [.. answer["lists"]!.AsArray().Select(l => Convert.FromBase64String(l!.GetValue<string>()))]);

        public static async Task<int> AddBankAsync(this ServerRig rig, string name = "bank", string mode = "revoked") =>
            (await rig.DoAsync("/scopes/create", new JsonObject { ["name"] = name, ["list_mode"] = mode }))["scope"]!["scope_id"]!.GetValue<int>();

        public static async Task<int> AddStaffScopeAsync(this ServerRig rig) => (await rig.DoAsync(
            "/scopes/create", new JsonObject { ["name"] = "staff", ["kind"] = "staff", ["offline_hours"] = 168 }))["scope"]!["scope_id"]!.GetValue<int>();

        /// <summary>What gives a person one door for two days.</summary>
        public static JsonObject Wish(this ServerRig rig, string person, RegisteredDoor door, int startsInHours = 0)
        {
            DateTimeOffset starts = rig.Clock.GetUtcNow().AddHours(startsInHours);
            return new JsonObject
            {
                ["user_identity_id"] = person,
                ["scope_id"] = door.ScopeId,
                ["door_ids"] = new JsonArray(door.Id),
                ["starts_at"] = starts.ToString("o"),
                ["ends_at"] = starts.AddDays(2).ToString("o"),
            };
        }

        /// <summary>Gives a person a door and takes the key at once.</summary>
        public static async Task<(PhoneKey Key, string RightId, uint Number)> GiveKeyAsync(
            this ServerRig rig, string person, int scope, uint door, int hours = 48)
        {
            DateTimeOffset now = rig.Clock.GetUtcNow();
            JsonObject answer = await rig.DoAsync("/emergency_keys/create", new JsonObject
            {
                ["user_identity_id"] = person,
                ["scope_id"] = scope,
                ["door_ids"] = new JsonArray(door),
                ["starts_at"] = now.AddMinutes(-1).ToString("o"),
                ["ends_at"] = now.AddHours(hours).ToString("o"),
                ["offline_hours"] = hours + 1,
            });
            JsonNode key = answer["emergency_key"]!;
            return (
                KeyOf(key, door),
                key["right_id"]!.GetValue<string>(),
                key["key_number"]!.GetValue<uint>());
        }

        /// <summary>The key of an answer for its first door.</summary>
        public static PhoneKey KeyOf(JsonNode key, uint door) => new(
            door, Convert.FromBase64String(key["credential"]!.GetValue<string>()),
            Convert.FromBase64String(key["doors"]![0]!["credential_key"]!.GetValue<string>()));

        /// <summary>Takes a right away: its keys are revoked.</summary>
        public static Task<JsonObject> TakeAwayAsync(this ServerRig rig, string rightId) =>
            rig.DoAsync("/rights/delete", new JsonObject { ["right_id"] = rightId });

        /// <summary>Revokes keys that were never given out, as one change of the list.</summary>
        /// <returns>The version of the list that has them.</returns>
        public static async Task<uint> RevokeAsync(Session s, int bank, int first, int count, int step)
        {
            uint version = await KeyNumbers.RaiseListVersionAsync(s, bank);
            await s.ExecuteAsync(
                """
                INSERT INTO keys (scope_id, key_number, key_id, instant_key_id, right_id, issued_s, expires_s, revoked_us, list_version)
                WITH RECURSIVE n (i) AS (SELECT CAST(@first AS BIGINT) UNION ALL SELECT i + CAST(@step AS BIGINT) FROM n WHERE i + CAST(@step AS BIGINT) <= @last)
                SELECT CAST(@scope AS BIGINT), i, CAST(@scope AS TEXT) || ':' || CAST(i AS TEXT), '', '', 0, 0, 1, CAST(@version AS BIGINT) FROM n
                """,
                ("scope", bank), ("version", version), ("first", first), ("step", step), ("last", first + ((count - 1) * step)));
            return version;
        }

        /// <summary>Posts bytes as a door does.</summary>
        public static (int Status, byte[] Body) PostBytes(this ServerRig rig, string path, byte[] body)
        {
            using HttpClient http = new() { BaseAddress = rig.Address };
            return Post(http, path, body);
        }

        public static (int Status, byte[] Body) Post(HttpClient http, string path, byte[] body)
        {
            using HttpRequestMessage request = new(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
            using HttpResponseMessage response = http.Send(request);
            using System.IO.MemoryStream copy = new();
            response.Content.CopyTo(copy, null, default);
            return ((int)response.StatusCode, copy.ToArray());
        }

        /// <summary>Syncs as a door that has nothing, or these lists.</summary>
        public static SyncReply? Sync(this ServerRig rig, SyncRequest request)
        {
            (int status, byte[] body) = rig.PostBytes("/door/sync", request.Seal(rig.Site.Keys.Root));
            return status == 200 ? SyncReply.Open(rig.Site.Keys.Root, body) : null;
        }

        public static SyncRequest Request(uint door, int generation, params KnownList[] lists) => new(door, generation, new byte[16], lists)
        {
            AuditEpoch = 1,
            NextSequence = 1,
            BundleVersion = 1,
            TimeChallenge = [1, 2, 3, 4, 5, 6, 7, 8],
        };
    }

    /// <summary>A real door on virtual hardware, provisioned by a key server and with a network to it.</summary>
    internal sealed class NetDoor : IDisposable
    {
        private readonly ServerRig _server;
        private readonly HttpClient _http;
        private long _movedMs;

        public NetDoor(ServerRig server, RegisteredDoor door, int seed = 1)
        {
            _server = server;
            _http = new HttpClient { BaseAddress = server.Address };
            MemoryFiles flash = new();
            flash.Replace("provision", door.Provision, 0, door.Provision.Length);
            for (int slot = 0; slot < door.Lists.Count; slot++)
            {
                flash.Replace("list" + slot, door.Lists[slot], 0, door.Lists[slot].Length);
            }

            Settings settings = new();
            Rig = new DoorRig(settings: settings, flash: flash, seed: seed);
            Rig.Host.Network.Server = Serve;
            settings.HasServer = true;
        }

        public DoorRig Rig { get; }

        public DoorMemory Memory => Rig.Door.Memory;

        /// <summary>The server is out of reach.</summary>
        public bool IsServerDown { get; set; }

        /// <summary>What arrives at the door instead of an answer.</summary>
        public Func<string, NetworkAnswer, NetworkAnswer> Twist { get; set; } = (_, answer) => answer;

        public int Syncs { get; private set; }

        public void Run(long milliseconds) => Rig.Run(milliseconds);

        public void RunLong(long milliseconds) => Rig.Host.Run(Rig.Poll, milliseconds, 100);

        public int Tap(PhoneKey key) => Rig.Tap(key)[0];

        public void Dispose()
        {
            _http.Dispose();
            Rig.Dispose();
        }

        /// <summary>The server lives in the time of the simulation.</summary>
        public void MoveServerClock()
        {
            long now = Rig.Host.Clock.WorldMs;
            _server.Clock.Move(TimeSpan.FromMilliseconds(now - _movedMs));
            _movedMs = now;
        }

        private NetworkAnswer Serve(string path, byte[] body)
        {
            MoveServerClock();
            if (IsServerDown)
            {
                return new NetworkAnswer(502, []);
            }

            Syncs += path == "/door/sync" ? 1 : 0;
            (int status, byte[] answer) = DoorsOfServer.Post(_http, path, body);
            return Twist(path, new NetworkAnswer(status, answer));
        }
    }
}
