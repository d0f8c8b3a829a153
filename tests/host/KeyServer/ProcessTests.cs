using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using DoorController.KeyServer.Root;
using DoorController.KeyServer.Store;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.KeyServer
{
    /// <summary>Servers in processes of their own: killed, in pairs, and listened to.</summary>
    [TestClass]
    [DoNotParallelize]
    public sealed class ProcessTests
    {
        private const int Scope = 7;

        // One person has 1,000 instant keys at most.
        private const int KillsOfPerson = 10;

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task Killed_at_random_moments_it_loses_and_doubles_nothing_that_was_acknowledged(DatabaseKind kind)
        {
            int kills = Environment.GetEnvironmentVariable("DOOR_LONG") == "1" ? 200 : 20;
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            await rig.AddScopeAsync(Scope, false, 1);
            List<string> persons = [];
            for (int i = 0; i <= kills / KillsOfPerson; i++)
            {
                persons.Add(await rig.AddPersonAsync());
                await rig.AddRightAsync(persons[i], Scope, [1]);
            }

            await rig.CloseAsync();
            DoorController.Issuer.SiteRoot root = RootFile.Read(rig.Files.Root);
            Random random = new(kills);
            Acknowledged all = new();
            GrowingTrail trail = new(root, 1);
            for (int kill = 0; kill < kills; kill++)
            {
                int person = kill / KillsOfPerson;
                await using ServerProcess server = await ServerProcess.StartAsync(rig);
                Task[] load = [ReportAsync(server, trail), .. Enumerable.Range(0, 4).Select(_ => LoadAsync(server, rig, persons[person], root, all))];
                await UntilAsync(all.Numbers.Count + random.Next(1, 15), all);
                await Task.Delay(random.Next(0, 40));
                server.Kill();
                await Task.WhenAll(load);
            }

            Assert.IsGreaterThan(kills / 2, all.Deleted.Count, "the load was none");
            Assert.IsGreaterThan((uint)kills, trail.Acknowledged, "the load was none");
            await rig.OpenAsync();
            await AssertKeptAsync(rig, all);
            await AssertKeptAsync(rig, trail);
            TestContext.WriteLine(
                $"{kills} kills, {all.Keys.Count} keys, {all.Numbers.Count} numbers, {all.Deleted.Count} revocations, {trail.Acknowledged} audit records");
        }

        [TestMethod]
        public async Task Two_processes_on_one_PostgreSQL_give_each_number_once_and_hear_of_each_others_revocations_at_once()
        {
            await using ServerRig rig = await ServerRig.StartAsync(DatabaseKind.PostgreSql);
            await rig.AddScopeAsync(Scope, false, 1);
            string person = await rig.AddPersonAsync();
            await rig.AddRightAsync(person, Scope, [1]);
            string url = (await rig.AddKeyAsync(person, 7))["instant_key_url"]!.GetValue<string>();
            await rig.CloseAsync();
            DoorController.Issuer.SiteRoot root = RootFile.Read(rig.Files.Root);
            await using ServerProcess one = await ServerProcess.StartAsync(rig);
            await using ServerProcess two = await ServerProcess.StartAsync(rig);
            ServerProcess[] servers = [one, two];

            ConcurrentBag<uint> numbers = [];
            await Task.WhenAll(Enumerable.Range(0, 8).Select(async worker =>
            {
                for (int i = 0; i < 25; i++)
                {
                    JsonObject key = await MakeKeyAsync(servers[(worker + i) % 2], rig, person);
                    Answer redeemed = await RedeemAsync(servers[worker % 2], key);
                    numbers.Add(OpenedKey.All(root, redeemed).Single().KeyNumber);
                }
            }));
            Assert.AreEqual(200, numbers.Count);
            CollectionAssert.AreEqual(Enumerable.Range(0, 200).Select(n => (uint)n).ToArray(), numbers.Order().ToArray());

            string path = new Uri(url).AbsolutePath;
            Answer[] uses = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => servers[i % 2].SendAsync(HttpMethod.Post, path, null, Guid.NewGuid().ToString("n"))));
            Assert.AreEqual(7, uses.Count(a => a.Status == 200), "a link for 7 phones");

            for (int i = 0; i < 20; i++)
            {
                JsonObject key = await MakeKeyAsync(servers[i % 2], rig, person);
                string phone = new('a', 40);
                await servers[i % 2].SendAsync(HttpMethod.Post, Path(key), null, phone);
                await DeleteAsync(servers[i % 2], rig, key);
                Assert.AreEqual("instant_key_deleted", (await servers[(i + 1) % 2].SendAsync(HttpMethod.Post, Path(key), null, phone)).ErrorType);
            }

            Assert.IsTrue(File.Exists(rig.Files.Marks + ".2"), "each process has marks of its own");
            one.Kill();
            two.Kill();
            await rig.OpenAsync();
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task Nothing_secret_is_printed_or_told_in_an_error(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            await rig.AddScopeAsync(Scope, false, 1);
            string person = await rig.AddPersonAsync();
            await rig.AddRightAsync(person, Scope, [1]);
            await rig.CloseAsync();
            await using ServerProcess server = await ServerProcess.StartAsync(rig);
            string token = new('q', 40);
            JsonObject key = await MakeKeyAsync(server, rig, person);
            Answer redeemed = await server.SendAsync(HttpMethod.Post, Path(key), null, token);
            string credentialKey = redeemed.Of("redeemed")["keys"]![0]!["doors"]![0]!["credential_key"]!.GetValue<string>();

            List<string> errors = [];
            foreach ((HttpMethod method, string path, JsonObject? body, string? bearer) in new (HttpMethod, string, JsonObject?, string?)[]
            {
                (HttpMethod.Post, Path(key), null, new string('r', 40)),
                (HttpMethod.Put, Path(key), null, token),
                (HttpMethod.Post, Path(key) + "/x", null, token),
                (HttpMethod.Post, Path(key), new() { ["x"] = token }, token),
                (HttpMethod.Post, "/ik/" + new string('0', 24), null, token),
                (HttpMethod.Get, "/instant_keys/get?instant_key_id=" + token, null, rig.ApiKey),
                (HttpMethod.Get, "/instant_keys/get?instant_key_url=" + Path(key)[..^1] + (Path(key)[^1] == '0' ? '1' : '0'), null, rig.ApiKey),
                (HttpMethod.Get, "/instant_keys/list", null, rig.ApiKey + "x"),
            })
            {
                Answer answer = await server.SendAsync(method, path, body, bearer);
                Assert.IsGreaterThanOrEqualTo(400, answer.Status, path);
                errors.Add(answer.Body.ToJsonString());
            }

            if (kind == DatabaseKind.Sqlite)
            {
                errors.Add(await BreakAsync(server, rig));
            }

            server.Kill();
            string root = (await File.ReadAllLinesAsync(rig.Files.Root))[1];
            string all = server.Output + string.Join('\n', errors);
            foreach (string secret in new[] { token, Path(key)["/ik/".Length..], rig.ApiKey, root, credentialKey, rig.DatabaseSettings.ConnectionString })
            {
                Assert.IsFalse(all.Contains(secret, StringComparison.OrdinalIgnoreCase), all);
            }
        }

        public TestContext TestContext { get; set; } = null!;

        /// <summary>A request that fails in the middle of the database.</summary>
        private static async Task<string> BreakAsync(ServerProcess server, ServerRig rig)
        {
            await using (Database database = new(rig.DatabaseSettings, rig.Clock))
            {
                await database.AppendAsync(s => s.ExecuteAsync("DROP TABLE events"));
            }

            Answer answer = await server.SendAsync(HttpMethod.Get, "/events/list?since=2020-01-01T00:00:00Z", null, rig.ApiKey);
            Assert.AreEqual((500, "internal_error"), (answer.Status, answer.ErrorType));
            string id = answer.Headers.GetValues("seam-request-id").Single();
            for (int i = 0; i < 50 && !server.Output.Contains(id, StringComparison.Ordinal); i++)
            {
                await Task.Delay(100);
            }

            StringAssert.Contains(server.Output, $"request {id} failed: SqliteException", StringComparison.Ordinal);
            return answer.Body.ToJsonString();
        }

        private static string Path(JsonObject key) => new Uri(key["instant_key_url"]!.GetValue<string>()).AbsolutePath;

        private static async Task<JsonObject> MakeKeyAsync(ServerProcess server, ServerRig rig, string person)
        {
            Answer answer = await server.SendAsync(
                HttpMethod.Post, "/user_identities/generate_instant_key", new() { ["user_identity_id"] = person }, rig.ApiKey);
            return answer.Status == 200 ? answer.Of("instant_key") : throw new InvalidOperationException(answer.Body.ToJsonString());
        }

        private static async Task<Answer> RedeemAsync(ServerProcess server, JsonObject key)
        {
            Answer answer = await server.SendAsync(HttpMethod.Post, Path(key), null, Guid.NewGuid().ToString("n"));
            return answer.Status == 200 ? answer : throw new InvalidOperationException(answer.Body.ToJsonString());
        }

        private static async Task DeleteAsync(ServerProcess server, ServerRig rig, JsonObject key)
        {
            Answer answer = await server.SendAsync(
                HttpMethod.Delete, "/instant_keys/delete?instant_key_id=" + key["instant_key_id"], null, rig.ApiKey);
            if (answer.Status != 200)
            {
                throw new InvalidOperationException(answer.Body.ToJsonString());
            }
        }

        /// <summary>A kill comes in the midst of work, however slow the machine is.</summary>
        private static async Task UntilAsync(int numbers, Acknowledged all)
        {
            for (int i = 0; all.Numbers.Count < numbers; i++)
            {
                Assert.IsLessThan(6000, i, "the server acknowledges nothing for a minute");
                await Task.Delay(10);
            }
        }

        /// <summary>Makes, redeems and deletes keys until the server is gone. A refusal is a failure; a broken connection is the end.</summary>
        private static async Task LoadAsync(
            ServerProcess server, ServerRig rig, string person, DoorController.Issuer.SiteRoot root, Acknowledged all)
        {
            try
            {
                for (int i = 0; ; i++)
                {
                    JsonObject key = await MakeKeyAsync(server, rig, person);
                    string id = key["instant_key_id"]!.GetValue<string>();
                    all.Keys[id] = key["instant_key_url"]!.GetValue<string>()[^24..];
                    uint number = OpenedKey.All(root, await RedeemAsync(server, key)).Single().KeyNumber;
                    Assert.IsTrue(all.Numbers.TryAdd(number, id), $"number {number} was given out twice");
                    if (i % 2 == 0)
                    {
                        all.Asked[id] = number;
                        await DeleteAsync(server, rig, key);
                        all.Deleted[id] = number;
                    }
                }
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                // Killed.
            }
        }

        /// <summary>A door that brings its trail up, and sends again what was not acknowledged.</summary>
        private static async Task ReportAsync(ServerProcess server, GrowingTrail trail)
        {
            try
            {
                while (true)
                {
                    using ByteArrayContent page = new(trail.NextPage());
                    using HttpResponseMessage response = await server.Http.PostAsync("/door/audit", page);
                    Assert.AreEqual(200, (int)response.StatusCode);
                    trail.Take(await response.Content.ReadAsByteArrayAsync());
                }
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                // Killed.
            }
        }

        private static async Task AssertKeptAsync(ServerRig rig, GrowingTrail trail)
        {
            List<(uint Sequence, byte[] Chain)> rows = await rig.Site.Database.QueryAsync(s => s.QueryAsync(
                "SELECT sequence, chain FROM audit_records WHERE door_id = 1 ORDER BY sequence",
                row => ((uint)row.GetInt64(0), row.GetFieldValue<byte[]>(1))));
            Assert.IsGreaterThanOrEqualTo(trail.Acknowledged, (uint)rows.Count);
            for (int i = 0; i < rows.Count; i++)
            {
                Assert.AreEqual((uint)i + 1, rows[i].Sequence, "each once, in a row");
                CollectionAssert.AreEqual(trail.ChainOf(i + 1), rows[i].Chain);
            }
        }

        private static async Task AssertKeptAsync(ServerRig rig, Acknowledged all)
        {
            byte[] list = await rig.ListAsync(Scope);
            List<(uint Number, string Key)> rows = await rig.Site.Database.QueryAsync(
                s => s.QueryAsync("SELECT key_number, instant_key_id FROM keys", row => ((uint)row.GetInt64(0), row.GetString(1))));
            Dictionary<uint, string> kept = rows.ToDictionary(r => r.Number, r => r.Key);
            foreach ((uint number, string id) in all.Numbers)
            {
                Assert.AreEqual(id, kept.GetValueOrDefault(number), $"number {number}");
                if (!all.Asked.ContainsKey(id))
                {
                    Assert.IsFalse(ServerRig.IsSet(list, number), $"number {number} was never revoked");
                }
            }

            foreach ((string id, uint number) in all.Deleted)
            {
                Assert.IsTrue(ServerRig.IsSet(list, number), $"number {number} opens again");
            }

            foreach ((string id, string code) in all.Keys.Where(k => !all.Asked.ContainsKey(k.Key)))
            {
                Answer answer = await rig.GetAsync("/instant_keys/get?instant_key_id=" + id);
                Assert.AreEqual(200, answer.Status, id);
                StringAssert.EndsWith(answer.Of("instant_key")["instant_key_url"]!.GetValue<string>(), code, StringComparison.Ordinal);
            }
        }

        /// <summary>What a client was told, across all kills. Asked: the deletion was sent, and may or may not have happened.</summary>
        private sealed class Acknowledged
        {
            public ConcurrentDictionary<string, string> Keys { get; } = new();

            public ConcurrentDictionary<uint, string> Numbers { get; } = new();

            public ConcurrentDictionary<string, uint> Asked { get; } = new();

            public ConcurrentDictionary<string, uint> Deleted { get; } = new();
        }
    }
}
