using System;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using DoorController.Issuer;
using DoorController.KeyServer.Store;
using DoorController.Tests.Access;
using DoorController.Tests.KeyServer.Doors;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.KeyServer.Redeem
{
    /// <summary>A right with early_hours: no phone holds its key before that.</summary>
    [TestClass]
    public sealed class EarlyHoursTests
    {
        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task A_key_is_held_back_until_so_long_before_its_start(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            RegisteredDoor door = await rig.RegisterAsync();
            string person = await rig.AddPersonAsync();
            JsonObject wish = Wish(rig, person, door, 10, 2);
            JsonObject right = (await rig.DoAsync("/rights/assign", wish))["right"]!.AsObject();
            Assert.AreEqual(2, right["early_hours"]!.GetValue<int>());
            string url = (await rig.AddKeyAsync(person))["instant_key_url"]!.GetValue<string>();

            JsonObject redeemed = (await rig.RedeemAsync(url, "phone-of-this-guest-0123456789abcdef")).Of("redeemed");
            Assert.IsEmpty(redeemed["keys"]!.AsArray());
            DateTimeOffset next = DateTimeOffset.Parse(redeemed["next_key_at"]!.GetValue<string>(), null);
            Assert.AreEqual(8 * 60, (int)Math.Round((next - rig.Clock.GetUtcNow()).TotalMinutes));
            rig.Clock.Move(TimeSpan.FromHours(8) + TimeSpan.FromSeconds(5));
            redeemed = (await rig.RedeemAsync(url, "phone-of-this-guest-0123456789abcdef")).Of("redeemed");
            Assert.HasCount(1, redeemed["keys"]!.AsArray());
            Assert.IsNull(redeemed["next_key_at"]);
        }

        [TestMethod]
        [DataRow(DatabaseKind.Sqlite)]
        [DataRow(DatabaseKind.PostgreSql)]
        public async Task A_right_that_is_held_back_from_now_on_revokes_what_was_given_out(DatabaseKind kind)
        {
            await using ServerRig rig = await ServerRig.StartAsync(kind);
            RegisteredDoor door = await rig.RegisterAsync();
            string person = await rig.AddPersonAsync();
            JsonObject wish = Wish(rig, person, door, 10, null);
            JsonObject right = (await rig.DoAsync("/rights/assign", wish))["right"]!.AsObject();
            Assert.IsNull(right["early_hours"]);
            string url = (await rig.AddKeyAsync(person))["instant_key_url"]!.GetValue<string>();
            Assert.HasCount(1, (await rig.RedeemAsync(url)).Of("redeemed")["keys"]!.AsArray());

            wish["right_id"] = right["right_id"]!.GetValue<string>();
            wish["early_hours"] = 1;
            await rig.DoAsync("/rights/change", wish);
            SyncReply reply = rig.Sync(DoorsOfServer.Request(door.Id, 1, new KnownList(door.ScopeId, 1)))!;
            ListFields list = ListFields.Read(reply.Blobs[0].AsSpan(0, reply.Blobs[0].Length - 16))!;
            Assert.HasCount(1, list.Keys.Where(k => k.IsSet).ToArray());
        }

        [TestMethod]
        public async Task Bad_hours_are_refused_by_field()
        {
            await using ServerRig rig = await ServerRig.StartAsync(DatabaseKind.Sqlite);
            RegisteredDoor door = await rig.RegisterAsync();
            string person = await rig.AddPersonAsync();
            foreach (int hours in new[] { -1, 721 })
            {
                Answer answer = await rig.PostAsync("/rights/assign", Wish(rig, person, door, 10, hours));
                Assert.AreEqual(400, answer.Status);
                Assert.Contains("early_hours", answer.Body.ToJsonString());
            }

            Answer emergency = await rig.PostAsync("/emergency_keys/create", Wish(rig, person, door, 10, 1));
            Assert.AreEqual(400, emergency.Status);
            Assert.Contains("early_hours", emergency.Body.ToJsonString());
        }

        private static JsonObject Wish(ServerRig rig, string person, RegisteredDoor door, int startsInHours, int? early)
        {
            JsonObject wish = rig.Wish(person, door, startsInHours);
            if (early != null)
            {
                wish["early_hours"] = early;
            }

            return wish;
        }
    }
}
