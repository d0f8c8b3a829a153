using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using DoorController.KeyServer.Carry;
using DoorController.KeyServer.Store;
using DoorController.Tests.KeyServer.Doors;
using DoorController.Tests.Sync;
using DoorController.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.KeyServer.Carry
{
    /// <summary>A phone that redeemed a link, in the hands of somebody who means harm.</summary>
    [TestClass]
    public sealed class PhoneThiefTests
    {
        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task Only_doors_of_a_living_right_are_answered_and_any_other_one_is_not_there(DatabaseKind kind)
        {
            await using OfflineDoor site = await OfflineDoor.StartAsync(kind);
            (ServerRig server, RegisteredDoor mine) = (site.Server, site.Registered);
            RegisteredDoor other = await server.RegisterAsync();
            RelayPhone thief = await site.TakePhoneAsync();
            Assert.AreEqual(200, (await thief.AskAsync()).Status);
            Answer his = await thief.AskAsync(other.Id);
            Answer nobodys = await thief.AskAsync(4000000000);
            Assert.AreEqual((404, 404), (his.Status, nobodys.Status));
            Assert.AreEqual(his.Body["error"]!.ToJsonString(), nobodys.Body["error"]!.ToJsonString());
            Answer stranger = await server.SendAsync(HttpMethod.Post, "/phone/door", $"{{\"door_id\":{mine.Id}}}", new string('x', 40));
            Assert.AreEqual((401, "unauthorized"), (stranger.Status, stranger.ErrorType));
            Assert.AreEqual(400, (await server.SendAsync(HttpMethod.Post, "/phone/door", $"{{\"door_id\":{mine.Id}}}", "short")).Status);

            RelayPhone two = await site.TakePhoneAsync();
            await server.TakeAwayAsync(two.RightId);
            Assert.AreEqual((410, "right_ended"), Told(await two.AskAsync()));
            server.Clock.Move(TimeSpan.FromDays(11));
            Assert.AreEqual((410, "instant_key_expired"), Told(await thief.AskAsync()));
        }

        [TestMethod]
        public async Task Phones_of_a_key_that_was_taken_back_are_told_that_it_ended()
        {
            await using OfflineDoor site = await OfflineDoor.StartAsync();
            (ServerRig server, RegisteredDoor mine, NetDoor door) = (site.Server, site.Registered, site.Door);
            RelayPhone thief = await site.TakePhoneAsync();
            string key = (await server.GetAsync("/instant_keys/list")).Body["instant_keys"]![0]!["instant_key_id"]!.GetValue<string>();
            await server.DoAsync("/instant_keys/delete", new JsonObject { ["instant_key_id"] = key });
            Assert.AreEqual((410, "instant_key_expired"), Told(await thief.AskAsync()));
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task Whatever_he_says_of_a_door_nothing_that_is_kept_changes(DatabaseKind kind)
        {
            await using OfflineDoor site = await OfflineDoor.StartAsync(kind);
            (ServerRig server, RegisteredDoor registered, NetDoor door) = (site.Server, site.Registered, site.Door);
            RelayPhone thief = await site.TakePhoneAsync();
            thief.Visit();
            await thief.GoOnlineAsync();
            await server.DoAsync("/doors/floor_reset", new JsonObject { ["door_id"] = registered.Id });
            byte[] hello = thief.Hello!;
            byte[] status = thief.Status!;
            string before = await AllRows.OfAsync(server);
            Random random = new(7);
            List<int> statuses = [];
            for (int i = 0; i < 300; i++)
            {
                server.Clock.Move(TimeSpan.FromSeconds(2));
                Answer answer = await thief.AskAsync(hello: Lie(random, hello), status: Lie(random, status));
                statuses.Add(answer.Status);
                if (answer.Status == 200)
                {
                    Assert.IsFalse(RelayPhone.Read(answer).Exists(e => e.Blob[0] == BlobType.FloorReset));
                }
            }

            Assert.AreEqual(before, await AllRows.OfAsync(server));
            Assert.IsTrue(statuses.All(s => s is 200 or 400), string.Join(" ", statuses.Distinct()));
            Assert.IsGreaterThan(50, statuses.Count(s => s == 200));
            Assert.IsGreaterThan(10, statuses.Count(s => s == 400));
        }

        [TestMethod]
        public async Task Asked_10000_times_it_answers_60_a_minute_and_others_are_answered_meanwhile()
        {
            await using OfflineDoor site = await OfflineDoor.StartAsync();
            (ServerRig server, RegisteredDoor registered, NetDoor door) = (site.Server, site.Registered, site.Door);
            RelayPhone thief = await site.TakePhoneAsync();
            RelayPhone guest = await site.TakePhoneAsync();
            thief.Visit();
            DateTimeOffset began = server.Clock.GetUtcNow();
            int tokens = 0;
            int answered = 0;
            await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
            {
                for (int i = 0; i < 1250; i++)
                {
                    Answer answer = await thief.AskAsync();
                    if (answer.Status == 200)
                    {
                        System.Threading.Interlocked.Increment(ref answered);
                        System.Threading.Interlocked.Add(ref tokens, RelayPhone.Read(answer).Count(e => e.Type == "time_token"));
                    }
                    else
                    {
                        Assert.AreEqual((429, "too_many_requests"), Told(answer));
                    }
                }
            }));
            int minutes = (int)(server.Clock.GetUtcNow() - began).TotalMinutes + 1;
            Assert.IsTrue(answered >= PhoneBudget.AsksAMinute && answered <= minutes * PhoneBudget.AsksAMinute, $"{answered} answers in {minutes} minutes");
            Assert.IsTrue(tokens >= 1 && tokens <= minutes, $"{tokens} tokens in {minutes} minutes");
            Assert.AreEqual(200, (await guest.AskAsync()).Status);
        }

        [TestMethod]
        [DataRow(1)]
        [DataRow(2)]
        [DataRow(3)]
        [DataRow(4)]
        [DataRow(5)]
        [DataRow(6)]
        [DataRow(7)]
        [DataRow(8)]
        public async Task Replayed_mixed_and_withheld_blobs_shut_no_door_and_the_next_guest_ends_his_key(int seed)
        {
            await using OfflineDoor site = await OfflineDoor.StartAsync(seed: seed);
            (ServerRig server, RegisteredDoor registered, NetDoor door) = (site.Server, site.Registered, site.Door);
            Random random = new(seed);
            RegisteredDoor neighbour = await server.RegisterAsync();
            using NetDoor beside = OfflineDoor.Boot(server, neighbour, seed);
            RelayPhone thief = await site.TakePhoneAsync();
            RelayPhone guest = await site.TakePhoneAsync();
            RelayPhone friend = await RelayPhone.TakeAsync(server, beside, neighbour);
            List<byte[]> loot = [];
            for (int i = 0; i < 4; i++)
            {
                thief.Visit();
                friend.Visit();
                await ChangeAsync(server, registered, random);
                await ChangeAsync(server, neighbour, random);
                await thief.GoOnlineAsync();
                await friend.GoOnlineAsync();
                loot.AddRange(thief.Errands.Concat(friend.Errands).Select(e => e.Blob));
                thief.Errands.RemoveAll(_ => random.Next(2) == 0);
            }

            await server.TakeAwayAsync(thief.RightId);
            for (int visit = 0; visit < 12; visit++)
            {
                Play(door, loot, random);
                thief.Visit();
                AssertNotAhead(server, door);
            }

            await guest.RedeemAsync();
            for (int i = 0; i < 3; i++)
            {
                await guest.GoOnlineAsync();
                Assert.AreEqual(Verdict.Granted, guest.Visit(), $"seed {seed}, visit {i}: {string.Join(" ", guest.Answers)}");
            }

            Play(door, loot, random);
            Assert.AreNotEqual(Verdict.Granted, thief.Visit());
            Assert.AreEqual(Verdict.Granted, guest.Visit());
            Assert.AreEqual(0, door.Rig.Host.Faults.Count, door.Rig.Host.Faults.ToString());
        }

        private static (int Status, string? Type) Told(Answer answer) => (answer.Status, answer.ErrorType);

        /// <summary>What happens at a site: keys are taken back, and sometimes a scope is re-keyed.</summary>
        private static async Task ChangeAsync(ServerRig server, RegisteredDoor door, Random random)
        {
            (_, string right, _) = await server.GiveKeyAsync(await server.AddPersonAsync(), door.ScopeId, door.Id);
            await server.TakeAwayAsync(right);
            if (random.Next(3) == 0)
            {
                await server.DoAsync("/scopes/rekey", new JsonObject { ["scope_id"] = door.ScopeId, ["previous_for_hours"] = 200 });
            }

            server.Clock.Move(TimeSpan.FromMinutes(random.Next(1, 600)));
        }

        /// <summary>Brings old blobs, blobs of another door, and blobs with a bit changed, in any order.</summary>
        private static void Play(NetDoor door, List<byte[]> loot, Random random)
        {
            door.Rig.Connect();
            CarryPhone carry = new(door.Rig);
            for (int i = 0; i < 6; i++)
            {
                byte[] blob = [.. loot[random.Next(loot.Count)]];
                if (random.Next(3) == 0)
                {
                    blob[random.Next(blob.Length)] ^= (byte)(1 << random.Next(8));
                }

                if (carry.Bring(blob) is CarryState.NotAllowed)
                {
                    break;
                }
            }

            door.Rig.Phone.Disconnect();
            door.Run(10000);
        }

        private static void AssertNotAhead(ServerRig server, NetDoor door)
        {
            Assert.IsLessThanOrEqualTo((uint)server.Clock.GetUtcNow().ToUnixTimeSeconds() + 3600, door.Memory.Time.Estimate);
        }

        private static byte[] Lie(Random random, byte[] truth)
        {
            byte[] lie = [.. truth];
            for (int i = random.Next(3); i >= 0; i--)
            {
                lie[random.Next(lie.Length)] = (byte)random.Next(256);
            }

            return random.Next(10) == 0 ? lie[..random.Next(lie.Length)] : lie;
        }
    }
}
